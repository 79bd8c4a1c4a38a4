//! The calls that a merchant's server makes. Every one but the login needs its token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use chrono::Utc;
use serde_json::{Value, json};

use super::error::{Answer, ApiError, Fields, count};
use super::process::object_id;
use super::{Fimento, NAME, PASSWORD, Shared, insights, processes};
use crate::control::act;
use crate::fields::Parameters;
use crate::urls::is_web_url;

pub(super) fn router(fimento: Arc<Fimento>) -> Router {
    let with_token = Router::new()
        .route("/partner-bank", post(create_partner_bank).get(partner_banks))
        .route("/partner-bank/{id}", put(update_partner_bank))
        .route("/webhook", post(register_webhook))
        .route("/process", post(processes::create))
        .route("/process/{id}", get(processes::get).delete(processes::delete))
        .route("/process/{id}/consent-link", post(processes::renew_link))
        .route("/process/{id}/consent", post(processes::another_consent))
        .route("/process/{id}/consent-status", post(processes::automate))
        .route("/insights", get(insights::insights))
        .route("/insights/transactions", get(insights::transactions))
        .route("/insights/visualisation-link", get(insights::visualisation_link))
        .route_layer(middleware::from_fn_with_state(fimento.clone(), require_token));
    Router::new()
        .route("/login", post(login))
        .route("/__sandbox/expire-tokens", act(|fimento: &Fimento| fimento.tables().tokens.clear()))
        .route("/__sandbox/expire-links", post(expire_links))
        .merge(with_token)
        .with_state(fimento)
}

/// `valid_until` is in milliseconds since 1970: the documentation shows a number and no unit.
async fn login(State(fimento): Shared, body: Bytes) -> Answer {
    let mut fields = Fields::of(&body);
    let (name, password) = (fields.required("name"), fields.required("password"));
    fields.check()?;
    if name != NAME || password != PASSWORD {
        return Err(ApiError::unauthorized("name or password is wrong"));
    }
    let token = fimento.tables().tokens.issue((), fimento.setup.config.token_lifetime);
    let valid_until = (Utc::now() + fimento.setup.config.token_lifetime).timestamp_millis();
    Ok(Json(json!({ "access_token": token, "valid_until": valid_until })))
}

async fn require_token(State(fimento): Shared, request: Request, next: Next) -> Response {
    if fimento.tables().tokens.bearer(request.headers()).is_none() {
        return ApiError::unauthorized("The access token is missing, wrong or expired").into_response();
    }
    next.run(request).await
}

async fn create_partner_bank(State(fimento): Shared, body: Bytes) -> Result<impl IntoResponse, ApiError> {
    let mut bank = described(&body)?;
    bank["_id"] = object_id().into();
    fimento.tables().partner_banks.push(bank.clone());
    Ok((StatusCode::CREATED, Json(bank)))
}

async fn update_partner_bank(State(fimento): Shared, Path(id): Path<String>, body: Bytes) -> Answer {
    let mut bank = described(&body)?;
    bank["_id"] = id.as_str().into();
    let mut tables = fimento.tables();
    let kept = tables.partner_banks.iter_mut().find(|bank| bank["_id"] == id);
    *kept.ok_or_else(|| ApiError::not_found("There is no such partner bank"))? = bank.clone();
    Ok(Json(bank))
}

fn described(body: &[u8]) -> Result<Value, ApiError> {
    let mut fields = Fields::of(body);
    let (name, logo) = (fields.required("name"), fields.optional("logoUrl"));
    let broker = match fields.value("isBroker") {
        Value::Null => false,
        Value::Bool(broker) => *broker,
        _ => {
            fields.complain("isBroker must be a boolean value");
            false
        }
    };
    fields.check()?;
    Ok(json!({ "name": name, "isBroker": broker, "logoUrl": logo }))
}

async fn partner_banks(State(fimento): Shared, Query(query): Parameters) -> Answer {
    let (page, limit) = (count(&query, "page", 1)?, count(&query, "limit", 10)?);
    let tables = fimento.tables();
    let rows = tables.partner_banks.iter().skip((page - 1).saturating_mul(limit)).take(limit);
    Ok(Json(rows.cloned().collect()))
}

async fn register_webhook(State(fimento): Shared, body: Bytes) -> Result<impl IntoResponse, ApiError> {
    let mut fields = Fields::of(&body);
    let url = fields.required("webhookUrl");
    if !url.is_empty() && !is_web_url(&url) {
        fields.complain("webhookUrl must be a URL address");
    }
    fields.check()?;
    fimento.webhooks.register(url.clone());
    Ok((StatusCode::CREATED, Json(json!({ "webhookUrl": url }))))
}

/// Sandbox only: every consent link and every link to the visualisation tool ends now.
async fn expire_links(State(fimento): Shared) -> StatusCode {
    let mut tables = fimento.tables();
    for process in tables.processes.values_mut() {
        process.link.expires_at = Utc::now();
    }
    tables.visualisations.clear();
    StatusCode::NO_CONTENT
}
