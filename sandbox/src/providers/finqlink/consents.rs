//! Consents: leave to read a person's accounts.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::Shared;
use super::error::{Answer, ApiError, Body, answer};
use super::link::{Asked, Link};
use super::links::{created, new_link, parse_id, relay};
use super::status::Status;
use super::store::Tables;

const FULL_SCOPE: [&str; 3] = ["accounts", "balances", "transactions"];
const DEFAULT_VALID_DAYS: i64 = 90;
const LONGEST_VALID_DAYS: i64 = 180;

pub(super) async fn create(State(finqlink): Shared, body: Body) -> Answer {
    let scope: Vec<String> = match &body["scope"] {
        Value::Null => FULL_SCOPE.map(Into::into).into(),
        scope => serde_json::from_value(scope.clone()).unwrap_or_default(),
    };
    if scope != FULL_SCOPE && scope != FULL_SCOPE[..2] {
        return Err(ApiError::validation(
            "scope must be [\"accounts\", \"balances\", \"transactions\"] or [\"accounts\", \"balances\"]",
        ));
    }
    let valid_days = match &body["valid_days"] {
        Value::Null => DEFAULT_VALID_DAYS,
        days => days.as_i64().filter(|days| (1..=LONGEST_VALID_DAYS).contains(days)).ok_or_else(|| {
            ApiError::validation(format!("valid_days must be a whole number from 1 to {LONGEST_VALID_DAYS}"))
        })?,
    };
    let asked = Asked::Consent { scope, valid_days };
    let link = new_link(&finqlink, &body, asked, body.optional("ais_method.provider_id")?)?;
    Ok(created(&finqlink, link))
}

pub(super) async fn get(State(finqlink): Shared, body: Body) -> Answer {
    Ok(answer(find(&mut finqlink.tables(), &body)?.to_json()))
}

pub(super) async fn revoke(State(finqlink): Shared, body: Body) -> Answer {
    let mut tables = finqlink.tables();
    let consent = active(&mut tables, &body)?;
    finqlink.advance(consent, Status::Revoked);
    Ok(answer(consent.to_json()))
}

pub(super) async fn redirect(
    State(finqlink): Shared,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    relay(&finqlink, &body, false)
}

fn find<'a>(tables: &'a mut Tables, body: &Body) -> Result<&'a mut Link, ApiError> {
    let id = parse_id(body.required("consent_id")?);
    id.and_then(|id| tables.links.get_mut(&id))
        .filter(|link| !link.pays())
        .ok_or_else(|| ApiError::not_found("consent"))
}

/// The consent that `consent_id` names, which data may be read with.
pub(super) fn active<'a>(tables: &'a mut Tables, body: &Body) -> Result<&'a mut Link, ApiError> {
    let consent = find(tables, body)?;
    if consent.status != Status::Active {
        let message = format!("The consent is {}", consent.status.name());
        return Err(ApiError::of("consent_not_active", message));
    }
    Ok(consent)
}
