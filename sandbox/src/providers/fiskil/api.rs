//! The calls that a merchant's server makes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router, middleware};
use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::error::{Answer, ApiError, Body};
use super::scenario::Scenario;
use super::store::{Consent, EndUser, Session, Stage, id};
use super::{CLIENT_ID, CLIENT_SECRET, Fiskil, Shared, pages, webhooks};
use crate::bank;
use crate::control::act;
use crate::fields::Parameters;
use crate::scenario::Scenario as _;
use crate::urls::is_web_url;

/// How long a consent lasts, in seconds: a year.
const CONSENT_SECONDS: i64 = 365 * 24 * 3600;

pub(super) fn router(fiskil: Arc<Fiskil>) -> Router {
    let with_token = Router::new()
        .route("/v1/end-users", post(create_end_user))
        .route("/v1/auth/session", post(create_session))
        .route("/v1/institutions", get(institutions))
        .route("/v1/consent", get(consents))
        // guess: no public documentation has the path of one consent
        .route("/v1/consent/{arrangement_id}", delete(revoke_consent))
        .route("/v1/accounts", get(accounts))
        .route("/v1/transactions", get(transactions))
        .route("/v1/energy/usage", get(energy_usage))
        .route_layer(middleware::from_fn_with_state(fiskil.clone(), require_token));
    Router::new()
        .route("/v1/token", post(create_token))
        .route("/__sandbox/expire-tokens", act(|fiskil: &Fiskil| fiskil.tables().tokens.clear()))
        .merge(with_token)
        .with_state(fiskil)
}

async fn create_token(State(fiskil): Shared, body: Body) -> Answer {
    if body.required("client_id")? != CLIENT_ID || body.required("client_secret")? != CLIENT_SECRET {
        return Err(ApiError::unauthorized("The client credentials are wrong"));
    }
    let token = id("tok_");
    let lifetime = fiskil.setup.config.token_lifetime;
    fiskil.tables().tokens.insert(token.clone(), (), lifetime);
    Ok(Json(json!({ "token": token, "token_type": "Bearer", "expires_in": lifetime.as_secs() })))
}

async fn require_token(State(fiskil): Shared, request: Request, next: Next) -> Response {
    if fiskil.tables().tokens.bearer(request.headers()).is_none() {
        return ApiError::unauthorized("The access token is missing, wrong or expired").into_response();
    }
    next.run(request).await
}

async fn create_end_user(State(fiskil): Shared, body: Body) -> Result<impl IntoResponse, ApiError> {
    let email = body.required("email")?;
    if !email.contains('@') {
        return Err(ApiError::invalid("The email parameter must be an email address"));
    }
    let user = EndUser {
        id: id("end_user_"),
        email: email.into(),
        name: body.optional("name")?.map(Into::into),
        phone: body.optional("phone")?.map(Into::into),
    };
    // `id` in the guide, `end_user_id` in the reference
    let answer = json!({ "id": user.id, "end_user_id": user.id, "email": user.email, "name": user.name, "phone": user.phone });
    fiskil.tables().end_users.insert(user.id.clone(), user);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Of the documented fields those that there is something to say of: no icon, no logo, no status.
async fn institutions() -> Json<Value> {
    let rows = pages::INSTITUTIONS.iter().enumerate().map(|(index, (id, name, _))| {
        json!({ "id": id, "name": name, "industry": "banking", "is_accessible": true, "priority": index + 1 })
    });
    Json(rows.collect())
}

async fn create_session(State(fiskil): Shared, body: Body) -> Result<impl IntoResponse, ApiError> {
    let end_user_id = body.required("end_user_id")?;
    let uri = |name| body.optional(name)?.map(|uri| absolute(uri, name)).transpose();
    let (cancel_uri, redirect_uri) = (uri("cancel_uri")?, uri("redirect_uri")?);
    let institution_id = body.optional("institution_id")?;
    if institution_id.is_some_and(|id| !pages::INSTITUTIONS.iter().any(|(known, ..)| *known == id)) {
        return Err(ApiError::not_found("institution"));
    }
    let scenario = body
        .optional("scenario")?
        .map(|name| Scenario::from_name(name).ok_or_else(|| ApiError::not_found("scenario")))
        .transpose()?
        .or(fiskil.scenario);
    let mut tables = fiskil.tables();
    if !tables.end_users.contains_key(end_user_id) {
        return Err(ApiError::not_found("end user"));
    }
    let renews = match body.optional("arrangement_id")? {
        Some(id) => {
            let own = tables.consents.get(id);
            let own = own.filter(|consent| consent.active && consent.end_user_id == end_user_id);
            Some(own.ok_or_else(|| ApiError::not_found("consent"))?.clone())
        }
        None => None,
    };
    let institution_id = renews.as_ref().map(|consent| consent.institution_id.as_str()).or(institution_id);
    let lifetime = match scenario {
        Some(Scenario::ExpiredSession) => Duration::ZERO,
        _ => fiskil.setup.config.session_lifetime,
    };
    let session = Session {
        id: id(""),
        end_user_id: end_user_id.into(),
        cancel_uri,
        redirect_uri,
        institution_id: institution_id.map(Into::into),
        renews,
        scenario,
        expires_at: Utc::now() + lifetime,
        stage: if scenario == Some(Scenario::UsedSession) { Stage::Used } else { Stage::Open },
    };
    let answer = json!({
        "session_id": session.id,
        // not the session: a field that clients mix up with it
        "id": CLIENT_ID,
        "auth_url": format!("{}?sess_id={}", fiskil.setup.origin, session.id),
        "expires_at": session.expires_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    tables.sessions.insert(session.id.clone(), session);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `active` leaves those that are, or those that are not. guess: without it all come.
async fn consents(State(fiskil): Shared, Query(query): Parameters) -> Answer {
    let end_user_id = parameter(&query, "end_user_id")?;
    let active: Option<bool> = query
        .get("active")
        .map(|active| active.parse())
        .transpose()
        .map_err(|_| ApiError::invalid("The active parameter must be true or false"))?;
    let tables = fiskil.tables();
    let user = tables.end_users.get(end_user_id).ok_or_else(|| ApiError::not_found("end user"))?;
    let own = tables.consents.values().filter(|consent| consent.end_user_id == end_user_id);
    let mut own: Vec<&Consent> =
        own.filter(|consent| active.is_none_or(|active| consent.active == active)).collect();
    own.sort_by_key(|consent| consent.created_at);
    let rows = own.iter().map(|consent| {
        let expires_at = consent.last_consent + TimeDelta::seconds(CONSENT_SECONDS);
        json!({
            "arrangement_id": consent.id,
            "active": consent.active,
            "end_user_id": consent.end_user_id,
            "end_user_email": user.email,
            "institution_id": consent.institution_id,
            "account_ids": consent.account_ids,
            "created_at": consent.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "last_consent": consent.last_consent.to_rfc3339_opts(SecondsFormat::Millis, true),
            "expires_at": expires_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "duration": CONSENT_SECONDS,
            "permissions": ["accounts", "balances", "transactions", "energy_usage"],
        })
    });
    Ok(Json(rows.collect()))
}

/// Ends a consent, and tells the merchant by a webhook. guess: the name `consent.revoked`, and that its data is gone at once.
async fn revoke_consent(
    State(fiskil): Shared,
    Path(arrangement_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let mut tables = fiskil.tables();
    let consent = tables.consents.get_mut(&arrangement_id).filter(|consent| consent.active);
    consent.ok_or_else(|| ApiError::not_found("consent"))?.active = false;
    webhooks::announce_end(fiskil.clone(), arrangement_id);
    Ok(StatusCode::NO_CONTENT)
}

async fn accounts(State(fiskil): Shared, Query(query): Parameters) -> Answer {
    let consent = consent(&fiskil, &query)?;
    let rows = shared_accounts(&consent).into_iter().map(|account| {
        json!({
            "id": account.id,
            "name": account.name,
            "account_number": account.number,
            "bsb": account.branch,
            "product_name": account.product,
            "product_category": account.category,
            "balance": { "current": bank::decimal(account.balance), "currency": "AUD" },
            "institution_id": consent.institution_id,
            "consent_id": consent.id,
            "is_owned": true,
            "open_status": "OPEN",
            "creation_date": account.opened,
        })
    });
    Ok(Json(json!({ "accounts": rows.collect::<Vec<_>>(), "links": {} })))
}

async fn transactions(State(fiskil): Shared, Query(query): Parameters) -> Answer {
    let consent = consent(&fiskil, &query)?;
    let mut rows = Vec::new();
    for account in shared_accounts(&consent) {
        for transaction in bank::transactions(&account, Utc::now().date_naive(), bank::TRANSACTION_DAYS) {
            rows.push(json!({
                "transaction_id": transaction.id,
                "account_id": account.id,
                "amount": bank::decimal(transaction.amount),
                "currency": "AUD",
                "description": transaction.description,
                "merchant_name": transaction.merchant,
                "category": transaction.category,
                "type": if transaction.amount < 0 { "DEBIT" } else { "CREDIT" },
                "status": "POSTED",
                "posting_date_time": format!("{}T00:00:00Z", transaction.date),
                "institution_id": consent.institution_id,
                "consent_id": consent.id,
            }));
        }
    }
    rows.sort_by(|one, other| other["posting_date_time"].as_str().cmp(&one["posting_date_time"].as_str()));
    Ok(Json(json!({ "transactions": rows, "links": {} })))
}

async fn energy_usage(State(fiskil): Shared, Query(query): Parameters) -> Answer {
    let consent = consent(&fiskil, &query)?;
    let rows = bank::readings(&consent.end_user_id, Utc::now().date_naive()).into_iter().map(|reading| {
        json!({
            "service_point_id": "6305000001",
            "register_id": "E1",
            "read_start_date": reading.date,
            "read_end_date": reading.date,
            "value": f64::from(reading.watt_hours) / 1000.0,
            "unit_of_measure": "kWh",
            "quality": "ACTUAL",
            "consent_id": consent.id,
        })
    });
    Ok(Json(json!({ "usage": rows.collect::<Vec<_>>(), "links": {} })))
}

fn consent(fiskil: &Fiskil, query: &HashMap<String, String>) -> Result<Consent, ApiError> {
    let consent_id = parameter(query, "consent_id")?;
    let tables = fiskil.tables();
    let consent = tables.consents.get(consent_id).filter(|consent| consent.active);
    consent.cloned().ok_or_else(|| ApiError::not_found("consent"))
}

fn shared_accounts(consent: &Consent) -> Vec<bank::Account> {
    let mut accounts = bank::accounts(&consent.end_user_id);
    accounts.retain(|account| consent.account_ids.contains(&account.id));
    accounts
}

fn parameter<'a>(query: &'a HashMap<String, String>, name: &str) -> Result<&'a str, ApiError> {
    match query.get(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(ApiError::invalid(format!("The {name} parameter is required"))),
    }
}

fn absolute(uri: &str, name: &str) -> Result<String, ApiError> {
    if is_web_url(uri) {
        return Ok(uri.into());
    }
    Err(ApiError::invalid(format!("The {name} parameter must be an absolute http or https URL")))
}
