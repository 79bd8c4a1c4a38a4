//! The demo merchant: its page, the npm package, and the back end that makes the calls which need a secret.

mod environment;
mod error;
pub(crate) mod fimento;
pub(crate) mod finqlink;
pub(crate) mod finx;
pub(crate) mod fiskil;
pub(crate) mod flinks;
mod links;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::json;
use tower_http::services::{ServeDir, ServeFile};
use url::Url;

use crate::record::Log;
use crate::{Config, Origins};
use error::MerchantError;

const NO_DEMO: &str = "The demo page is part of the repository: start the sandbox there after `cargo xtask build`, or with --root.\n\
The five providers and the back end under /api/ are here without it.\n";

/// The limits of the scenarios in which one runs out, in milliseconds: nobody wants to wait for the real ones.
const TIMEOUT_MS: u64 = 2000;
const LOAD_TIMEOUT_MS: u64 = 1500;

/// What the demo page may choose from at one provider.
#[derive(Clone, Serialize)]
pub(crate) struct Listing {
    pub id: &'static str,
    pub name: &'static str,
    pub country: &'static str,
    /// The real provider, with credentials from the environment.
    pub live: bool,
    pub modes: &'static [&'static str],
    pub scenarios: Vec<ScenarioListing>,
}

/// A scenario on the demo page.
#[derive(Clone, Serialize)]
pub(crate) struct ScenarioListing {
    pub id: String,
    pub title: &'static str,
    /// `completed`, or the code of the LinkError.
    pub expect: &'static str,
    pub hint: &'static str,
    /// The modes in which it ends as expected.
    pub modes: &'static [&'static str],
}

/// One provider as the merchant sees it.
pub(crate) struct Provider {
    pub listing: Listing,
    /// Its routes under `/api/<id>/` and `/webhooks/<id>`.
    pub routes: Router,
    /// What `frame-src` must allow.
    pub frames: Vec<String>,
}

pub(crate) fn router(origins: &Origins, config: &Config, log: Arc<Log>) -> anyhow::Result<Router> {
    let providers = [
        fiskil::provider(origins, config)?,
        flinks::provider(origins, config)?,
        finx::provider(origins, config)?,
        finqlink::provider(origins, config)?,
        fimento::provider(origins, config)?,
    ];
    let listings: Vec<Listing> = providers.iter().map(|provider| provider.listing.clone()).collect();
    let frames: Vec<String> = providers.iter().flat_map(|provider| provider.frames.clone()).collect();
    let mut router = Router::new().route(
        "/api/providers",
        get(move || {
            let providers = json!({ "providers": listings });
            async move { Json(providers) }
        }),
    );
    router = router.route("/__sandbox/log", get(move || async move { log.show(None) }));
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
        .fallback_service(ServeDir::new(config.root.join("www")))
        .layer(middleware::from_fn_with_state(headers(&frames, config)?, add_headers))
        .layer(middleware::from_fn_with_state(own_hosts(&origins.merchant), require_own_host)))
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

/// The origins by which a browser on this machine reaches the merchant.
pub(crate) fn own_origins(merchant: &str) -> [String; 2] {
    [merchant.to_owned(), merchant.replace("127.0.0.1", "localhost")]
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

/// Where the provider sends the user back to: a page of the merchant's own.
pub(crate) fn own_url(merchant: &str, url: &str) -> Result<Url, MerchantError> {
    let parsed = Url::parse(url)
        .ok()
        .filter(|url| own_origins(merchant).contains(&url.origin().ascii_serialization()));
    parsed.ok_or_else(|| MerchantError::bad_request("returnUrl must be a page of this origin"))
}
