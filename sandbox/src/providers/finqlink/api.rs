//! The calls that a merchant's server makes, under `/v2` with an access token and under `/test` also with a client secret;
//! those of payments under `/v1` as well, in the older form.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::error::{Answer, ApiError, Body, answer};
use super::{CLIENT_ID, CLIENT_SECRET, Finqlink, Shared, banks, consents, data, links};
use crate::provider::{Endpoint, endpoint};
use crate::record::BODY_LIMIT;

/// What the origin answers, for its guide. A row a line.
#[rustfmt::skip]
pub(super) const ENDPOINTS: [Endpoint; 28] = [
    endpoint("POST", "/oauth2/v1/token", "client_id, grant_type, scope, client_assertion_type and client_assertion, or client_secret", "A bearer token, from a form.", "the path"),
    endpoint("POST", "/v2/providers/list", "options.show_ais_methods?, options.ais_methods_filter?", "The banks.", "the filter leaves out methods, not banks"),
    endpoint("POST", "/v2/providers/get", "provider_id, options as of list?", "One bank.", "provider_id"),
    endpoint("POST", "/v2/links/create", "intent: { amount, currency, creditor: { name, iban }, details? }, payment_method.provider_id?, options.type?, options.redirect_url?, options.webhook_url?, options.state?, options.expires_in?, options.ux_template?, scenario?", "A payment link: link_id, web_id, web_url.", "web_url, options.redirect_url, options.webhook_url, options.state"),
    endpoint("POST", "/v2/links/get", "link_id", "A payment link.", ""),
    endpoint("POST", "/v2/links/list", "filter.status?, filter.inserted_at_from?, filter.inserted_at_to?, pagination?: { limit, after }", "Payment links, the newest first.", ""),
    endpoint("POST", "/v2/links/redirect", "query_string, sync?", "Relays what a bank returned with direct_sca.", ""),
    endpoint("POST", "/v2/ais/consents/create", "scope?, valid_days?, ais_method.provider_id?, options.type?, options.redirect_url?, options.webhook_url?, options.state?, options.expires_in?, options.ux_template?, scenario?", "A consent link: consent_id, web_id, web_url.", "web_url, valid_days, ais_method, options.redirect_url, options.webhook_url, options.state"),
    endpoint("POST", "/v2/ais/consents/get", "consent_id", "A consent.", ""),
    endpoint("POST", "/v2/ais/consents/revoke", "consent_id", "Ends a consent.", ""),
    endpoint("POST", "/v2/ais/consents/redirect", "query_string, sync?", "Relays what a bank returned with direct_sca.", ""),
    endpoint("POST", "/v2/ais/accounts/list", "consent_id, filter?: { currency, type }, pagination?", "The shared accounts.", "the names in the filter"),
    endpoint("POST", "/v2/ais/balances/list", "consent_id, filter?: { account_id, currency, type }, pagination?", "Balances day by day.", "the names in the filter"),
    endpoint("POST", "/v2/ais/transactions/list", "consent_id, filter?: { account_id, amount_from, amount_to, booking_date_from, booking_date_to, credit_debit_indicator, status }, pagination?", "Transactions of 90 days.", "the names in the filter"),
    endpoint("POST", "/v2/ais/jobs/create", "consent_id", "Fetches new data; at most once a minute.", ""),
    endpoint("POST", "/v2/ais/jobs/get", "job_id", "How far that is.", ""),
    endpoint("POST", "/v1/providers/list", "", "The banks, remitter_type a string.", ""),
    endpoint("POST", "/v1/providers/get", "provider_id", "One bank.", "provider_id"),
    endpoint("POST", "/v1/links/create", "as of /v2", "A payment link.", ""),
    endpoint("POST", "/v1/links/get", "link_id", "A payment link.", ""),
    endpoint("POST", "/v1/links/list", "", "All payment links, without pagination.", ""),
    endpoint("POST", "/v1/links/redirect", "as of /v2", "Relays what a bank returned.", ""),
    endpoint("POST", "/test/consents/create", "client_id, client_secret, as of /v2/ais/consents/create", "Every call of /v2 is under /test too, where the secret in the body will do.", ""),
    endpoint("GET", "/.well-known/jwks.json", "", "The two keys of the webhooks’ signatures.", ""),
    endpoint("GET", "/w/{web_id}", "", "The WebUI.", "the path"),
    endpoint("POST", "/__sandbox/expire-tokens", "", "Every token that is out ends.", ""),
    endpoint("POST", "/__sandbox/keys", "", "Registers the public key in the body, PEM or JWK.", ""),
    endpoint("POST", "/__sandbox/rotate-keys", "", "A new key signs the webhooks.", ""),
];

pub(super) fn router(finqlink: Arc<Finqlink>) -> Router {
    let live = |calls: Router<Arc<Finqlink>>| {
        calls.route_layer(middleware::from_fn_with_state(finqlink.clone(), require_token))
    };
    let test = |calls: Router<Arc<Finqlink>>| {
        calls.route_layer(middleware::from_fn_with_state(finqlink.clone(), require_token_or_secret))
    };
    let v2_test = || test(v2().route("/consents/create", post(consents::create)));
    Router::new()
        .nest("/test", v2_test())
        .nest("/v2/test", v2_test())
        .nest("/v2", live(v2()))
        .nest("/v1/test", test(v1()))
        .nest("/v1", live(v1()))
        .with_state(finqlink)
}

/// There are no `/ais` calls in it.
fn v1() -> Router<Arc<Finqlink>> {
    payments()
        .route("/providers/list", post(providers_v1))
        .route("/providers/get", post(provider_v1))
        .route("/links/list", post(links::list_v1))
}

fn v2() -> Router<Arc<Finqlink>> {
    payments()
        .route("/providers/list", post(providers))
        .route("/providers/get", post(provider))
        .route("/links/list", post(links::list))
        .route("/ais/consents/create", post(consents::create))
        .route("/ais/consents/get", post(consents::get))
        .route("/ais/consents/revoke", post(consents::revoke))
        .route("/ais/consents/redirect", post(consents::redirect))
        .route("/ais/accounts/list", post(data::accounts))
        .route("/ais/balances/list", post(data::balances))
        .route("/ais/transactions/list", post(data::transactions))
        .route("/ais/jobs/create", post(data::create_job))
        .route("/ais/jobs/get", post(data::get_job))
}

fn payments() -> Router<Arc<Finqlink>> {
    Router::new()
        .route("/links/create", post(links::create))
        .route("/links/get", post(links::get))
        .route("/links/redirect", post(links::redirect))
}

async fn require_token(State(finqlink): Shared, request: Request, next: Next) -> Response {
    match has_token(&finqlink, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The internal method for test calls: `client_id` and `client_secret` in each body.
async fn require_token_or_secret(State(finqlink): Shared, request: Request, next: Next) -> Response {
    if has_token(&finqlink, request.headers()).is_ok() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    match has_secret(&body) {
        Ok(()) => next.run(Request::from_parts(parts, body.into())).await,
        Err(error) => error.into_response(),
    }
}

fn has_token(finqlink: &Finqlink, headers: &HeaderMap) -> Result<(), ApiError> {
    if finqlink.tables().tokens.bearer(headers).is_some() {
        return Ok(());
    }
    Err(ApiError::unauthorized("The access token is missing, wrong or expired"))
}

fn has_secret(body: &[u8]) -> Result<(), ApiError> {
    let body = Body::read(body)?;
    if body["client_id"] == CLIENT_ID && body["client_secret"] == CLIENT_SECRET {
        return Ok(());
    }
    Err(ApiError::unauthorized("There is no access token, and the client_id and client_secret are wrong"))
}

async fn providers(body: Body) -> Answer {
    let rows: Vec<Value> = banks::BANKS.iter().map(|bank| banks::listing(bank, &body["options"])).collect();
    Ok(answer(json!({ "providers": rows })))
}

async fn provider(body: Body) -> Answer {
    Ok(answer(json!({ "provider": banks::listing(named(&body)?, &body["options"]) })))
}

async fn providers_v1(_: Body) -> Answer {
    let rows: Vec<Value> = banks::BANKS.iter().map(banks::listing_v1).collect();
    Ok(answer(json!({ "providers": rows })))
}

async fn provider_v1(body: Body) -> Answer {
    Ok(answer(json!({ "provider": banks::listing_v1(named(&body)?) })))
}

fn named(body: &Body) -> Result<&'static banks::Bank, ApiError> {
    banks::find(body.required("provider_id")?).ok_or_else(|| ApiError::not_found("provider"))
}
