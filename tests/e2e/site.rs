//! The pages of the cases: a merchant's, and pages that do as they are told, on several origins.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, CONTENT_TYPE, HeaderName,
    REFERER,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::services::{ServeDir, ServeFile};

use crate::vectors;

/// Where everything is. Hosts differ as well as ports, since browsers keep hosts in processes of their own.
#[derive(Clone)]
pub struct Origins {
    pub merchant: String,
    /// Serves what the flows open.
    pub provider: String,
    /// Of the provider's host, another port.
    pub elsewhere: String,
    /// Of nobody's.
    pub attacker: String,
}

/// The policy that the merchant's pages have unless their address asks for another: as strict as the package allows.
const STRICT: &str = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    frame-src http://localhost:* http://127.0.0.1:*; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// The headers that `?csp=` asks for.
fn policies(name: &str) -> Vec<(HeaderName, String)> {
    let enforced = |policy: String| (CONTENT_SECURITY_POLICY, policy);
    match name {
        "" => vec![enforced(STRICT.into())],
        "none" => vec![],
        "no-wasm" => vec![enforced(STRICT.replace(" 'wasm-unsafe-eval'", ""))],
        "no-frame" => vec![enforced(STRICT.replace("http://localhost:*", "https://bank.example"))],
        "report-only" => {
            vec![enforced(STRICT.into()), (CONTENT_SECURITY_POLICY_REPORT_ONLY, "frame-src 'none'".into())]
        }
        other => panic!("no policy is called {other}"),
    }
}

#[derive(Clone)]
struct Site {
    origins: Arc<Origins>,
    /// Whether the merchant's policy must allow WebAssembly.
    needs_wasm: bool,
    /// Pages that wait to be released.
    held: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

impl Site {
    fn held(&self, key: String) -> Arc<Semaphore> {
        self.held.lock().unwrap().entry(key).or_insert_with(|| Arc::new(Semaphore::new(0))).clone()
    }

    /// The policies of a page of the merchant's, as its address asks for them.
    fn headers(&self, query: &HashMap<String, String>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, mut policy) in policies(query.get("csp").map_or("", String::as_str)) {
            if !self.needs_wasm {
                policy = policy.replace(" 'wasm-unsafe-eval'", "");
            }
            headers.insert(name, policy.parse().expect("a header"));
        }
        add_opener_policy(&mut headers, query);
        if let Some(policy) = query.get("embedder") {
            headers.insert("cross-origin-embedder-policy", policy.parse().expect("a header"));
        }
        headers
    }
}

/// Serves every page on every origin, until the runtime ends.
/// `entry`: the file of the package that the pages import as `index.js`.
pub async fn serve(root: PathBuf, entry: &'static str) -> anyhow::Result<Origins> {
    let mut listeners = Vec::new();
    let mut urls = Vec::new();
    for host in ["127.0.0.1", "localhost", "localhost", "127.0.0.1"] {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        urls.push(format!("http://{host}:{}", listener.local_addr()?.port()));
        listeners.push(listener);
    }
    let [merchant, provider, elsewhere, attacker] = urls.try_into().expect("four origins");
    let origins = Origins { merchant, provider, elsewhere, attacker };
    let needs_wasm = entry == "index.js";
    let site = Site { origins: Arc::new(origins.clone()), held: Arc::default(), needs_wasm };
    let router = Router::new()
        .route("/", get(merchant_page))
        .route("/kit.js", get(|| asset("text/javascript", include_str!("pages/kit.js"))))
        .route("/person.js", get(|| asset("text/javascript", include_str!("pages/person.js"))))
        .route("/merchant.css", get(|| asset("text/css", include_str!("pages/merchant.css"))))
        .route("/puppet", get(puppet))
        .route("/callback", get(callback_page))
        .route("/callback.js", get(|| asset("text/javascript", include_str!("pages/callback.js"))))
        .route("/referer", get(referer))
        // a browser stays where it is
        .route("/nothing", get(|| async { StatusCode::NO_CONTENT }))
        .route("/answer", get(answer))
        .route("/hold/{key}", get(hold))
        .route("/release/{key}", get(release))
        .route_service("/pkg/index.js", ServeFile::new(root.join("pkg").join(entry)))
        .nest_service("/pkg", ServeDir::new(root.join("pkg")))
        .nest_service("/cases", ServeDir::new(root.join("tests/e2e/pages/cases")))
        .nest_service("/vectors", ServeDir::new(root.join("tests/vectors")))
        .with_state(site);
    for listener in listeners {
        let router = router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    Ok(origins)
}

async fn merchant_page(
    State(site): State<Site>,
    Query(query): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    let Origins { merchant, provider, elsewhere, attacker } = &*site.origins;
    let origins =
        json!({ "merchant": merchant, "provider": provider, "elsewhere": elsewhere, "attacker": attacker });
    let doctype = if query.contains_key("quirks") { "" } else { "<!doctype html>" };
    let page = include_str!("pages/merchant.html")
        .replace("<!doctype html>", doctype)
        .replace("{{origins}}", &origins.to_string())
        .replace("{{providers}}", &vectors::flows().to_string());
    (site.headers(&query), asset("text/html", page).await)
}

async fn callback_page(
    State(site): State<Site>,
    Query(query): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    (site.headers(&query), asset("text/html", include_str!("pages/callback.html")).await)
}

async fn puppet(Query(query): Query<HashMap<String, String>>) -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    if query.contains_key("sandboxed") {
        headers.insert(CONTENT_SECURITY_POLICY, "sandbox allow-scripts".parse().expect("a header"));
    }
    if let Some(who) = query.get("xfo") {
        headers.insert("x-frame-options", who.parse().expect("a header"));
    }
    if let Some(who) = query.get("ancestors") {
        let policy = format!("frame-ancestors '{who}'");
        headers.insert(CONTENT_SECURITY_POLICY, policy.parse().expect("a header"));
    }
    add_opener_policy(&mut headers, &query);
    (headers, asset("text/html", include_str!("pages/puppet.html")).await)
}

/// The Cross-Origin-Opener-Policy that `coop=` asks for.
fn add_opener_policy(headers: &mut HeaderMap, query: &HashMap<String, String>) {
    if let Some(policy) = query.get("coop") {
        headers.insert("cross-origin-opener-policy", policy.parse().expect("a header"));
    }
}

/// The Referer that came.
async fn referer(headers: HeaderMap) -> String {
    headers.get(REFERER).and_then(|referer| referer.to_str().ok()).unwrap_or_default().to_owned()
}

/// A puppet that comes when it is released.
async fn hold(State(site): State<Site>, Path(key): Path<String>) -> impl IntoResponse {
    drop(site.held(key).acquire().await);
    puppet(Query(HashMap::new())).await
}

async fn release(State(site): State<Site>, Path(key): Path<String>) {
    site.held(key).add_permits(1);
}

/// A page that may come a thousand times, from the browser's cache.
async fn answer() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "max-age=600")];
    (headers, include_str!("pages/answer.html"))
}

async fn asset(kind: &'static str, text: impl Into<String>) -> impl IntoResponse {
    // not `no-store`, for which a browser does not keep a page as it was for the Back button
    ([(CONTENT_TYPE, format!("{kind}; charset=utf-8")), (CACHE_CONTROL, "no-cache".into())], text.into())
}
