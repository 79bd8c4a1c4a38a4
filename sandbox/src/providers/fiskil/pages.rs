//! The consent pages, and the calls that they make to their own server.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::Utc;
use serde_json::{Value, json};
use strum::EnumMessage;

use super::ending::{Ending, ending, failure};
use super::error::{ApiError, Body};
use super::scenario::Scenario;
use super::store::{Consent, Session, Stage, Tables, id};
use super::{Fiskil, Shared, webhooks};
use crate::bank;
use crate::fields::Parameters;
use crate::providers::page;
use crate::scenario::Scenario as _;

/// ID, name, and what it says of itself.
pub(super) const INSTITUTIONS: [(&str, &str, &str); 5] = [
    ("11", "Harbourside Bank", "Personal and business banking"),
    ("22", "Wattle Mutual", "Owned by its members since 1961"),
    ("40", "Bank of the Ranges", "Regional Australia"),
    ("57", "Coral Coast Credit Union", "Queensland"),
    ("63", "Tidewater Bank", "Banking and energy"),
];

/// The name of the merchant, as it stands in the provider's console.
const APP_NAME: &str = "Ledgerly";
pub(super) const PASSWORD: &str = "sandbox";
pub(super) const ONE_TIME_PASSWORD: &str = "123456";
const WRONG_CODES_ALLOWED: u8 = 3;

pub(super) fn router(fiskil: Arc<Fiskil>) -> Router {
    Router::new()
        .route("/", get(open))
        .route("/consent/play", post(play))
        .route("/consent/sign-in", post(sign_in))
        .route("/consent/one-time-password", post(one_time_password))
        .route("/consent/decide", post(decide))
        .route("/consent/ended", page::ended(&fiskil.setup.record))
        .with_state(fiskil)
}

async fn open(State(fiskil): Shared, Query(query): Parameters) -> Response {
    let sess_id = query.get("sess_id").map_or("", String::as_str);
    let session = {
        let mut tables = fiskil.tables();
        let session = tables.sessions.get_mut(sess_id);
        // a reload starts again at the first step
        session.map(|session| {
            if session.is_valid() {
                session.stage = Stage::Open;
            }
            session.clone()
        })
    };
    let Some(session) = session.as_ref().filter(|session| session.is_valid()) else {
        return invalid(session.as_ref());
    };
    if session.scenario == Some(Scenario::NeverLoads) {
        return std::future::pending().await;
    }
    let locked = session.institution_id.as_deref();
    let institutions = INSTITUTIONS.iter().filter(|(id, ..)| locked.is_none_or(|locked| locked == *id));
    let customers =
        Scenario::typed().map(|scenario| json!({ "id": scenario.name(), "title": scenario.get_message() }));
    let given = json!({
        "sessId": session.id,
        "app": APP_NAME,
        "plays": session.scenario.is_some(),
        "renews": session.renews.is_some(),
        "institutions": institutions.map(|(id, name, note)| json!({ "id": id, "name": name, "note": note })).collect::<Vec<_>>(),
        "customers": customers.collect::<Vec<_>>(),
        "password": PASSWORD,
        "oneTimePassword": ONE_TIME_PASSWORD,
    });
    page::severed(
        page::page("fiskil/consent.html", &given),
        session.scenario == Some(Scenario::SuccessSevered),
    )
}

/// The page for a session that is unknown, expired or used: it says so to whoever embeds it, and stays.
fn invalid(session: Option<&Session>) -> Response {
    let ending = failure("LINK_INVALID_SESSION", session.and_then(|session| session.cancel_uri.as_deref()));
    let plays = session.is_some_and(|session| session.scenario.is_some());
    (
        if session.is_some() { StatusCode::GONE } else { StatusCode::NOT_FOUND },
        page::page("fiskil/invalid.html", &json!({ "ending": ending, "plays": plays })),
    )
        .into_response()
}

/// Ends as the scenario of the session says, without a click.
async fn play(State(fiskil): Shared, body: Body) -> Result<Json<Ending>, ApiError> {
    let mut tables = fiskil.tables();
    let session = valid(&mut tables, &body)?.clone();
    let scenario = session.scenario.ok_or_else(|| ApiError::conflict("The session has no scenario"))?;
    let all = on_offer(&session).into_iter().map(|account| account.id).collect();
    let bank = session.institution_id.as_deref().unwrap_or(INSTITUTIONS[0].0).to_owned();
    Ok(Json(end(&fiskil, &mut tables, &session, scenario, &bank, all)))
}

async fn sign_in(State(fiskil): Shared, body: Body) -> Result<Json<Value>, ApiError> {
    let institution_id = body.required("institution_id")?;
    let customer = body.required("customer_id")?.trim().to_lowercase();
    let password = body.required("password")?;
    let mut tables = fiskil.tables();
    let session = valid(&mut tables, &body)?;
    let known = INSTITUTIONS.iter().any(|(id, ..)| *id == institution_id);
    if !known || session.institution_id.as_deref().is_some_and(|locked| locked != institution_id) {
        return Err(ApiError::not_found("institution"));
    }
    let customer =
        Scenario::from_name(&customer).filter(|scenario| scenario.is_typed() && password == PASSWORD);
    let Some(customer) = customer else {
        return Err(ApiError::unauthorized("This customer ID and password do not go together."));
    };
    if customer.ends_at_sign_in() {
        let session = session.clone();
        let ending = end(&fiskil, &mut tables, &session, customer, institution_id, Vec::new());
        return Ok(Json(json!({ "ending": ending })));
    }
    session.stage = Stage::SignedIn { institution_id: institution_id.into(), customer, wrong_codes: 0 };
    Ok(Json(json!({})))
}

async fn one_time_password(State(fiskil): Shared, body: Body) -> Result<Json<Value>, ApiError> {
    let code = body.required("code")?;
    let mut tables = fiskil.tables();
    let session = valid(&mut tables, &body)?;
    let Stage::SignedIn { institution_id, customer, wrong_codes } = session.stage.clone() else {
        return Err(ApiError::conflict("Nobody has signed in yet"));
    };
    if code.trim() != ONE_TIME_PASSWORD || customer == Scenario::OtpFailure {
        let wrong_codes = wrong_codes + 1;
        if wrong_codes == WRONG_CODES_ALLOWED {
            let session = session.clone();
            let ending =
                end(&fiskil, &mut tables, &session, Scenario::OtpFailure, &institution_id, Vec::new());
            return Ok(Json(json!({ "ending": ending })));
        }
        session.stage = Stage::SignedIn { institution_id, customer, wrong_codes };
        let left = match WRONG_CODES_ALLOWED - wrong_codes {
            1 => "One try is left".to_owned(),
            left => format!("{left} tries are left"),
        };
        return Err(ApiError::unauthorized(&format!("This code is not right. {left}.")));
    }
    session.stage = Stage::Verified { institution_id, customer };
    let accounts = on_offer(session)
        .into_iter()
        .map(|account| json!({ "id": account.id, "name": account.product, "number": account.number }));
    Ok(Json(json!({ "accounts": accounts.collect::<Vec<_>>() })))
}

/// `decision`: agree (with `account_ids`), decline or cancel.
async fn decide(State(fiskil): Shared, body: Body) -> Result<Json<Ending>, ApiError> {
    let decision = body.required("decision")?;
    let mut tables = fiskil.tables();
    let session = valid(&mut tables, &body)?.clone();
    let (scenario, institution_id, chosen) = match (decision, &session.stage) {
        ("cancel", _) => (Scenario::Cancelled, String::new(), Vec::new()),
        ("decline", Stage::Verified { .. }) => (Scenario::Denied, String::new(), Vec::new()),
        ("agree", Stage::Verified { institution_id, customer }) => {
            let wanted = body.list("account_ids");
            let mut own: Vec<String> = on_offer(&session).into_iter().map(|account| account.id).collect();
            own.retain(|id| wanted.contains(&id.as_str()));
            if own.is_empty() {
                return Err(ApiError::invalid("Choose at least one account."));
            }
            (*customer, institution_id.clone(), own)
        }
        ("agree" | "decline", _) => {
            return Err(ApiError::conflict("The one-time password has not been given yet"));
        }
        _ => return Err(ApiError::invalid("The decision parameter must be agree, decline or cancel")),
    };
    Ok(Json(end(&fiskil, &mut tables, &session, scenario, &institution_id, chosen)))
}

/// The accounts that a person may share: those that they have shared, where a consent is renewed.
fn on_offer(session: &Session) -> Vec<bank::Account> {
    let mut accounts = bank::accounts(&session.end_user_id);
    accounts.retain(|account| {
        session.renews.as_ref().is_none_or(|consent| consent.account_ids.contains(&account.id))
    });
    accounts
}

fn valid<'a>(tables: &'a mut Tables, body: &Body) -> Result<&'a mut Session, ApiError> {
    let session =
        tables.sessions.get_mut(body.required("sess_id")?).ok_or_else(|| ApiError::not_found("session"))?;
    if !session.is_valid() {
        return Err(ApiError::conflict("This session has ended."));
    }
    Ok(session)
}

fn end(
    fiskil: &Arc<Fiskil>,
    tables: &mut Tables,
    session: &Session,
    scenario: Scenario,
    institution_id: &str,
    account_ids: Vec<String>,
) -> Ending {
    let consent = scenario.consents().then(|| match &session.renews {
        Some(consent) => Consent { last_consent: Utc::now(), ..consent.clone() },
        None => {
            let now = Utc::now();
            Consent {
                id: id("arr_"),
                end_user_id: session.end_user_id.clone(),
                institution_id: institution_id.into(),
                account_ids,
                created_at: now,
                last_consent: now,
                active: true,
            }
        }
    });
    let ending = ending(
        scenario,
        session,
        consent.as_ref().map(|consent| consent.id.as_str()),
        &fiskil.setup.stranger,
    );
    if let Some(consent) = consent {
        webhooks::announce(fiskil.clone(), consent.id.clone());
        tables.consents.insert(consent.id.clone(), consent);
    }
    if let Some(session) = tables.sessions.get_mut(&session.id) {
        session.stage = if scenario.spends() { Stage::Used } else { Stage::Open };
    }
    ending
}
