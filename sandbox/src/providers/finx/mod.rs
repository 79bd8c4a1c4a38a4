//! finX: its API, and its widget at `/?token=`. See `contracts/finx.md`.

use axum::Router;

use crate::Origins;

pub(crate) fn router(_origins: &Origins) -> Router {
    Router::new()
}
