//! Fimento. See `contracts/fimento.md`.

use axum::Router;

use crate::record::Record;
use crate::{Config, Origins};

pub(crate) fn router(_origins: &Origins, _config: &Config) -> Router {
    Record::default().observe(Router::new())
}
