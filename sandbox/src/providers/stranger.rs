//! An origin that belongs to no provider. It posts whatever its fragment says to the window that embeds or opened it.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::Value;

use super::guide::{guide_alone, no_endpoint};
use super::page;

/// `/#<JSON>`: posts the JSON.
pub(crate) fn router() -> Router {
    let router =
        Router::new().route("/", get(|| async { page::page("stranger/stranger.html", &Value::Null) }));
    let table = page::text("stranger/endpoints.json");
    let router = router.route("/__sandbox", guide_alone("A stranger", table));
    page::with_assets(router, "stranger")
        .fallback(async move |request: Request| no_endpoint(table, StatusCode::NOT_FOUND, &request))
}
