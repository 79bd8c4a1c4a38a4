//! The calls that a merchant's server makes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::Url;

use super::error::{Answer, ApiError, Body};
use super::scenario::Scenario;
use super::store::{Access, Flow, HOUR, NINETY_DAYS, Payment, Purpose, Stage, Tables};
use super::{CLIENT_ID, CLIENT_SECRET, Finx, Shared, data};
use crate::control::act;
use crate::scenario::Scenario as _;
use crate::tokens::{credentials, uuid};

type Created = Result<(StatusCode, Json<Value>), ApiError>;

const LANGUAGES: [&str; 5] = ["de", "en", "es", "fr", "ar"];
const SYNC_PERIOD: u32 = 90;

pub(super) fn router(finx: Arc<Finx>) -> Router {
    Router::new()
        .route("/onetime/access", post(create_access))
        .route("/onetime/account-verification", post(create_access))
        .route("/onetime/income-report", post(create_access))
        .route("/onetime/risk-report", post(create_access))
        .route("/onetime/payment", post(create_payment))
        .route("/ongoing/access", post(create_access))
        .route("/ongoing/risk-report", post(create_access))
        .route("/ongoing/payment", post(create_payment))
        .route("/ongoing/sync", post(create_sync))
        .route("/payment-receipts/{id}", get(receipt))
        .route("/auth/token", post(token))
        .route("/rest/accounts", get(accounts))
        .route("/rest/transactions", get(transactions))
        .route("/__sandbox/expire-tokens", act(|finx: &Finx| finx.tables().access_tokens.clear()))
        .with_state(finx)
}

/// One time or for good: what differs is how long the merchant keeps the refresh token. What a report or a verification makes of
/// the accounts is not simulated.
async fn create_access(State(finx): Shared, headers: HeaderMap, body: Bytes) -> Created {
    require_client(&headers)?;
    let body = Body::read(&body)?;
    create(&finx, &body, known_account(&body)?, Purpose::Share)
}

/// guess: the fields. With `readout` a code comes of it, for the accounts.
async fn create_payment(State(finx): Shared, headers: HeaderMap, body: Bytes) -> Created {
    require_client(&headers)?;
    let body = Body::read(&body)?;
    let payment = Payment {
        amount: body.required("amount")?.into(),
        currency: body.optional("currency")?.unwrap_or("EUR").into(),
        recipient_name: body.required("recipient_name")?.into(),
        recipient_iban: body.required("recipient_iban")?.into(),
        purpose: body.optional("purpose")?.map(Into::into),
    };
    let reads = body["readout"] == true;
    create(&finx, &body, known_account(&body)?, Purpose::Pay { payment, reads })
}

/// What was paid in a flow. guess: by the client's credentials, and the fields.
async fn receipt(State(finx): Shared, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    require_client(&headers)?;
    let tables = finx.tables();
    let payment =
        tables.receipts.get(&id).ok_or_else(|| ApiError::not_found("Nothing was paid in this flow"))?;
    let mut receipt = json!(payment);
    receipt["id"] = id.into();
    receipt["status"] = "accepted".into();
    Ok(Json(receipt))
}

/// The person comes back to accounts that they have shared, at their bank.
async fn create_sync(State(finx): Shared, headers: HeaderMap, body: Bytes) -> Created {
    require_client(&headers)?;
    let body = Body::read(&body)?;
    let wrong =
        || ApiError::invalid("account_ids must be a list of accounts that were shared, all of one bank");
    let ids = body["account_ids"].as_array().filter(|ids| !ids.is_empty()).ok_or_else(wrong)?;
    let account = {
        let tables = finx.tables();
        let shared = ids.iter().map(|id| tables.shared.get(id.as_str()?));
        let shared: Vec<_> = shared.collect::<Option<_>>().ok_or_else(wrong)?;
        if shared.iter().any(|access| access.bank != shared[0].bank) {
            return Err(wrong());
        }
        data::shared(shared[0]).into_iter().find(|account| account.id == ids[0])
    };
    create(&finx, &body, account.map(|account| account.iban), Purpose::Sync)
}

/// `scenario` in the body is the sandbox's own: the widget then plays it by itself.
fn create(finx: &Finx, body: &Body, known_account: Option<String>, purpose: Purpose) -> Created {
    let redirect_uri = body.required("redirect_uri")?;
    let is_good = Url::parse(redirect_uri).is_ok_and(|url| {
        !url.cannot_be_a_base() && !matches!(url.scheme(), "javascript" | "data" | "blob" | "file" | "about")
    });
    if !is_good {
        return Err(ApiError::invalid("redirect_uri must be an absolute URL"));
    }
    let language = body.optional("language")?.unwrap_or("de");
    if !LANGUAGES.contains(&language) {
        return Err(ApiError::invalid("language must be de, en, es, fr or ar"));
    }
    let scenario = body
        .optional("scenario")?
        .map(|name| Scenario::from_name(name).ok_or_else(|| ApiError::invalid("There is no such scenario")))
        .transpose()?
        .or(finx.scenario);
    let flow = Flow {
        id: uuid(),
        redirect_uri: redirect_uri.into(),
        state: body.optional("state")?.map(Into::into),
        german: language == "de",
        known_account,
        sync_period: sync_period(body)?,
        purpose,
        scenario,
        stage: Stage::Open,
    };
    let token = finx.signer.sign(&flow.id, "link");
    let answer = json!({ "location": format!("{}/?token={token}", finx.setup.origin), "id": flow.id });
    finx.tables().flows.insert(flow.id.clone(), flow);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The first of `accounts`, each `{ id }`.
fn known_account(body: &Body) -> Result<Option<String>, ApiError> {
    let wrong = || ApiError::invalid("accounts must be a list of objects with an id");
    let rows = match &body["accounts"] {
        Value::Null => return Ok(None),
        Value::Array(rows) => rows,
        _ => return Err(wrong()),
    };
    let ids: Option<Vec<&str>> =
        rows.iter().map(|row| row["id"].as_str().filter(|id| !id.is_empty())).collect();
    Ok(ids.ok_or_else(wrong)?.first().map(|id| id.replace(' ', "")))
}

fn sync_period(body: &Body) -> Result<u32, ApiError> {
    match &body["sync_period"] {
        Value::Null => Ok(SYNC_PERIOD),
        days => days
            .as_u64()
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| *days > 0)
            .ok_or_else(|| ApiError::invalid("sync_period must be a number of days")),
    }
}

async fn token(State(finx): Shared, headers: HeaderMap, body: Bytes) -> Answer {
    require_client(&headers)?;
    let body = Body::read(&body)?;
    let mut tables = finx.tables();
    let access = match body.required("grant_type")? {
        "authorization_code" => {
            let code = body.required("code")?;
            let redirect_uri = body.required("redirect_uri")?;
            let access = tables
                .codes
                .take(code)
                .ok_or_else(|| ApiError::invalid_grant("The code is unknown, used or expired"))?;
            if access.redirect_uri != redirect_uri {
                return Err(ApiError::invalid_grant("The redirect_uri is not the one of the flow"));
            }
            access
        }
        "refresh_token" => tables
            .refresh_tokens
            .take(body.required("refresh_token")?)
            .ok_or_else(|| ApiError::invalid_grant("The refresh token is unknown, used or expired"))?,
        _ => return Err(ApiError::unsupported_grant_type()),
    };
    Ok(Json(issue(&mut tables, access)))
}

/// A refresh token is new each time: the one before it has been used up.
fn issue(tables: &mut Tables, access: Access) -> Value {
    json!({
        "access_token": tables.access_tokens.issue(access.clone(), HOUR),
        "expires_in": HOUR.as_secs(),
        "scope": "accounts=ro balance=ro transactions=ro offline",
        "token_type": "Bearer",
        "refresh_token": tables.refresh_tokens.issue(access, NINETY_DAYS),
    })
}

async fn accounts(State(finx): Shared, headers: HeaderMap) -> Answer {
    let access = require_token(&finx, &headers)?;
    Ok(Json(json!({ "accounts": data::account_rows(&access) })))
}

async fn transactions(State(finx): Shared, headers: HeaderMap) -> Answer {
    let access = require_token(&finx, &headers)?;
    Ok(Json(json!({ "transactions": data::transaction_rows(&access) })))
}

/// HTTP Basic, as RFC 6749, section 2.3.1.
fn require_client(headers: &HeaderMap) -> Result<(), ApiError> {
    let credentials = credentials(headers, "Basic").and_then(|text| BASE64_STANDARD.decode(text).ok());
    if credentials.as_deref() == Some(format!("{CLIENT_ID}:{CLIENT_SECRET}").as_bytes()) {
        return Ok(());
    }
    Err(ApiError::invalid_client())
}

fn require_token(finx: &Finx, headers: &HeaderMap) -> Result<Access, ApiError> {
    finx.tables().access_tokens.bearer(headers).cloned().ok_or_else(ApiError::invalid_token)
}
