//! An origin that belongs to no provider. It posts whatever its fragment says to the window that embeds or opened it.

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use super::page;

/// `/#<JSON>`: posts the JSON.
pub(crate) fn router() -> Router {
    let router =
        Router::new().route("/", get(|| async { page::page("stranger/stranger.html", &Value::Null) }));
    page::with_assets(router, "stranger")
}
