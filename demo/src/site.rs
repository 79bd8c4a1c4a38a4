//! What the shop's origin serves: the demo page, the npm package, and the back end.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use sandbox::{Simulation, guide, no_endpoint};
use serde_json::json;
use tower_http::services::{ServeDir, ServeFile};

use crate::Config;
use crate::backends;
use crate::shop::own_origins;

const NO_DEMO: &str = "The demo page is part of the repository: start the sandbox there after `cargo xtask build`, or with --root.\n\
The five providers and the back end under /api/ are here without it.\n";

const ENDPOINTS: &str = include_str!("endpoints.json");

/// Everything but `POST /__sandbox/reset`. `origin`: the shop's own.
pub(crate) fn router(origin: &str, config: &Config, simulation: &Simulation) -> anyhow::Result<Router> {
    let providers = backends::all(&config.environment, origin, simulation.origins())?;
    let listings: Vec<_> = providers.iter().map(|provider| provider.listing.clone()).collect();
    let listings = json!({ "providers": listings });
    let mut frames: Vec<_> = simulation.origins().0.iter().map(|(_, origin)| origin.clone()).collect();
    if providers.iter().any(|provider| provider.live) {
        // a real bank's own pages may come up inside the frame
        frames.push("https:".into());
    }
    let log = simulation.clone();
    let mut router = Router::new()
        .route("/api/providers", get(async move || Json(listings)))
        .route("/__sandbox/log", get(async move || Json(log.log())));
    if !config.has_demo() {
        router = router.route("/", get(|| async { (StatusCode::NOT_FOUND, NO_DEMO) }));
    }
    for provider in providers {
        router = router.merge(provider.routes);
    }
    let package = config.root.join("pkg");
    let entry = if config.without_webassembly { "csp.js" } else { "index.js" };
    Ok(router
        .route_service("/pkg/index.js", ServeFile::new(package.join(entry)))
        .nest_service("/pkg", ServeDir::new(package))
        .merge(guide("The demo shop", ENDPOINTS))
        .method_not_allowed_fallback(wrong_method)
        .fallback_service(ServeDir::new(config.root.join("www")).not_found_service(any(missing)))
        .layer(middleware::from_fn_with_state(headers(&frames, config)?, add_headers))
        .layer(middleware::from_fn_with_state(own_hosts(origin), require_own_host)))
}

async fn missing(request: Request) -> Response {
    no_endpoint(ENDPOINTS, StatusCode::NOT_FOUND, &request)
}

async fn wrong_method(request: Request) -> Response {
    no_endpoint(ENDPOINTS, StatusCode::METHOD_NOT_ALLOWED, &request)
}

fn headers(frames: &[String], config: &Config) -> anyhow::Result<HeaderMap> {
    let engine = if config.without_webassembly { "" } else { " 'wasm-unsafe-eval'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'{engine}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self' {}; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
         require-trusted-types-for 'script'",
        frames.join(" ")
    );
    let fixed = [
        (CACHE_CONTROL, "no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // the provider's popup keeps its opener, other pages that open ours do not
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups"),
    ];
    let mut headers: HeaderMap =
        fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy)?);
    Ok(headers)
}

async fn add_headers(State(headers): State<HeaderMap>, request: Request, next: Next) -> Response {
    // a policy of its own would cut the popup that comes back to it off from the page that waits
    let is_callback = request.uri().path() == "/callback.html";
    let mut response = next.run(request).await;
    response.headers_mut().extend(headers);
    if is_callback {
        response.headers_mut().remove("cross-origin-opener-policy");
    }
    response
}

fn own_hosts(merchant: &str) -> Vec<String> {
    own_origins(merchant).iter().map(|origin| origin.replace("http://", "")).collect()
}

/// A name of somebody else's that resolves to loopback must not reach the back end, which acts with the merchant's secrets.
/// Webhooks may come through a tunnel: they are signed.
async fn require_own_host(State(hosts): State<Vec<String>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if request.uri().path().starts_with("/webhooks/") || hosts.iter().any(|own| own == host) {
        return next.run(request).await;
    }
    StatusCode::MISDIRECTED_REQUEST.into_response()
}
