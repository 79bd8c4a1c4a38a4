//! An origin that belongs to no provider. It posts whatever its fragment says to the window that embeds or opened it.

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use super::page;

/// `/#<JSON>`: posts the JSON.
pub(crate) fn router() -> Router {
    let router = Router::new().route(
        "/",
        get(|| async { page::page(include_str!("../../pages/stranger/stranger.html"), &Value::Null) }),
    );
    page::common_assets(page::asset(router, "stranger.js", include_str!("../../pages/stranger/stranger.js")))
}
