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
use crate::record::BODY_LIMIT;

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
