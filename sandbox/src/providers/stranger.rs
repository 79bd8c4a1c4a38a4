//! An origin that belongs to no provider. It posts whatever its fragment says to the window that embeds or opened it.

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use serde_json::Value;

use super::guide::{guide, not_found};
use super::page;
use crate::provider::{Endpoint, endpoint};

const ENDPOINTS: [Endpoint; 2] = [
    endpoint("GET", "/", "#JSON", "Posts the JSON to the window that embeds or opened it.", ""),
    endpoint("GET", "/__sandbox", "", "This page.", ""),
];

/// `/#<JSON>`: posts the JSON.
pub(crate) fn router() -> Router {
    let router = Router::new().route(
        "/",
        get(|| async { page::page(include_str!("../../pages/stranger/stranger.html"), &Value::Null) }),
    );
    page::asset(router, "stranger.js", include_str!("../../pages/stranger/stranger.js"))
        .merge(guide("A stranger", &ENDPOINTS))
        .fallback(|request: Request| async move { not_found(&ENDPOINTS, request.uri().path()) })
}
