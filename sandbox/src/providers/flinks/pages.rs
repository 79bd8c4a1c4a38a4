//! Flinks Connect, and the calls that it makes to its own server.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::institutions::{ANSWER, INSTITUTION, INSTITUTIONS, PASSWORD, QUESTIONS, USERNAME};
use super::options::{OAuth, Options};
use super::scenario::Scenario;
use super::session::Session;
use super::store::Request;
use super::turn::{Action, Turn};
use super::{Flinks, Shared};
use crate::fields::Parameters;
use crate::providers::page::{self, PageBody as Body, PageError};
use crate::scenario::Scenario as _;

/// The name of the merchant, where `customerName` gives no other.
const APP_NAME: &str = "Ledgerly";
/// The usernames of the documentation's test users, with the name in the page's words of what each does.
const TEST_USERS: [(&str, &str); 4] = [
    (USERNAME, "user-success"),
    ("greatday_nomfa", "user-no-question"),
    ("test_disabled_account", "user-disabled"),
    ("test_service_unavailable", "user-later"),
];

const CONNECT_PAGE: &str = "flinks/connect.html";
const BANK_PAGE: &str = "flinks/bank.html";
const WORDS: &str = "flinks/words.json";

pub(super) fn router(flinks: Arc<Flinks>) -> Router {
    Router::new()
        .route("/v2", get(open))
        .route("/v2/", get(open))
        .route("/v2/Credential/{institution}", get(open_at))
        .route("/v2/Credential/{institution}/", get(open_at))
        .route("/v2/oauth", get(open_oauth))
        .route("/v2/bank", get(bank))
        .route("/v2/act", post(act))
        .route("/v2/play", post(play))
        .route("/v2/said", post(said))
        .with_state(flinks)
}

async fn open(State(flinks): Shared, Query(query): Parameters) -> Response {
    show(&flinks, &query, None).await
}

/// At a bank's sign-in, without the choice of banks. The path is that of two public integrations; no documentation names it.
async fn open_at(
    State(flinks): Shared,
    Path(institution): Path<String>,
    Query(query): Parameters,
) -> Response {
    show(&flinks, &query, Some(institution)).await
}

/// Where `/OAuth/Authorize` leads: what it was asked for stands in the address.
async fn open_oauth(State(flinks): Shared, Query(query): Parameters) -> Result<Response, ApiError> {
    let oauth = OAuth::read(&query)?;
    let scenario = oauth.scenario.or_else(|| flinks.next_scenario());
    // there is no token that could be refused
    let scenario =
        scenario.filter(|scenario| !matches!(scenario, Scenario::TokenInvalid | Scenario::TokenInvalidOnce));
    if scenario == Some(Scenario::NeverLoads) {
        return std::future::pending().await;
    }
    Ok(begin(&flinks, oauth.options(), scenario))
}

/// Opening the page uses the authorize token. With `demo=true` alone none is needed, as on the provider's own demo page;
/// nor with a `requestId`, for which a token was used already.
async fn show(flinks: &Flinks, query: &HashMap<String, String>, institution: Option<String>) -> Response {
    let options = Options { institution, ..Options::read(query) };
    let request_id = query.get("requestId");
    let token = match query.get("authorizeToken") {
        Some(token) => flinks.tables().tokens.take(token),
        None => (options.demo || request_id.is_some()).then_some(None),
    };
    let scenario = token.and_then(|scenario| scenario.or_else(|| flinks.next_scenario()));
    let refused =
        token.is_none() || matches!(scenario, Some(Scenario::TokenInvalid | Scenario::TokenInvalidOnce));
    if scenario == Some(Scenario::NeverLoads) {
        return std::future::pending().await;
    }
    if refused {
        let given = given(&options, "", false, &Session::refused());
        return (StatusCode::UNAUTHORIZED, connect_page(&options, given)).into_response();
    }
    if let Some(request_id) = request_id {
        return resume(flinks, options, request_id);
    }
    begin(flinks, options, scenario)
}

/// The page at its first step.
fn begin(flinks: &Flinks, options: Options, scenario: Option<Scenario>) -> Response {
    let (session, first) =
        Session::start(options.clone(), scenario, &flinks.setup.origin, &flinks.setup.stranger);
    let mut given = given(&options, &session.request_id, scenario.is_some(), &first);
    given["bank"] = session.bank().into();
    let institutions = INSTITUTIONS.iter().filter(|(id, ..)| *id != INSTITUTION || session.shows_demo());
    given["institutions"] = institutions
        .map(|(id, name, notes)| json!({ "id": id, "name": name, "note": notes[options.language()] }))
        .collect();
    flinks.tables().sessions.insert(session.request_id.clone(), session);
    page::severed(connect_page(&options, given), scenario == Some(Scenario::Severed))
}

/// Somebody comes back: after an interruption, or since the bank asks again. See `contracts/flinks.md`, `requestId`.
fn resume(flinks: &Flinks, options: Options, request_id: &str) -> Response {
    let mut tables = flinks.tables();
    let session = tables.sessions.get_mut(request_id);
    let Some((session, first)) =
        session.and_then(|session| session.resume(options.clone()).map(|first| (session, first)))
    else {
        return connect_page(&options, given(&options, "", false, &Session::gone(request_id)));
    };
    let mut given = given(&options, request_id, false, &first);
    given["bank"] = session.bank().into();
    connect_page(&options, given)
}

fn given(options: &Options, session: &str, plays: bool, first: &Turn) -> Value {
    let test_users = TEST_USERS.map(|(name, what)| json!({ "name": name, "what": what }));
    let typed = Scenario::typed().map(Scenario::name);
    let typed = typed.map(|name| json!({ "name": name, "what": format!("user-{name}") }));
    json!({
        "session": session,
        "app": options.customer_name.as_deref().unwrap_or(APP_NAME),
        "plays": plays,
        "stringify": options.stringify,
        "webview": options.webview,
        "closeEnable": options.close,
        "backEnable": options.back,
        "several": options.several_accounts,
        "institutions": [],
        "users": test_users.into_iter().chain(typed).collect::<Vec<_>>(),
        "username": USERNAME,
        "password": PASSWORD,
        "answer": ANSWER,
        "answers": QUESTIONS.map(|(asked, answer)| (asked[options.language()], answer)),
        "first": first,
    })
}

fn connect_page(options: &Options, given: Value) -> Response {
    page::worded(CONNECT_PAGE, WORDS, options.language(), given)
}

/// The page of a bank that signs people in by itself. The window that opened it is told what they decided.
async fn bank(State(flinks): Shared, Query(query): Parameters) -> Response {
    let tables = flinks.tables();
    let Some(session) = query.get("session").and_then(|id| tables.sessions.get(id)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let app = session.options.customer_name.as_deref().unwrap_or(APP_NAME);
    page::worded(BANK_PAGE, WORDS, session.options.language(), json!({ "app": app }))
}

async fn act(State(flinks): Shared, body: Body) -> Result<Json<Turn>, PageError> {
    let action: Action =
        Action::deserialize(&*body).map_err(|_| ApiError::invalid("There is no such action"))?;
    turn(&flinks, &body, |session| session.act(action))
}

/// Goes the whole way as the token's scenario says, without a click.
async fn play(State(flinks): Shared, body: Body) -> Result<Json<Turn>, PageError> {
    turn(&flinks, &body, Session::play)
}

fn turn(
    flinks: &Flinks,
    body: &Body,
    next: impl FnOnce(&mut Session) -> Option<Turn>,
) -> Result<Json<Turn>, PageError> {
    let mut tables = flinks.tables();
    let session = tables.sessions.get_mut(body.required("session")?).ok_or_else(ApiError::no_session)?;
    let turn = next(session).ok_or_else(|| ApiError::invalid("It is not the time for this"))?;
    let request_id = session.request_id.clone();
    if let Some(login) = &turn.login {
        tables.requests.insert(request_id, Request { login_id: login.id.clone(), asked: 0 });
        tables.logins.insert(login.id.clone(), login.clone());
    }
    Ok(Json(turn))
}

/// What the page says that it did, for the record.
async fn said(State(flinks): Shared, body: Body) -> Result<StatusCode, PageError> {
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    for message in messages {
        flinks.setup.record.add("message", json!({ "to": body["to"], "message": message }));
    }
    if body["url"].is_string() {
        flinks.setup.record.add("message", json!({ "to": "url", "url": body["url"] }));
    }
    Ok(StatusCode::NO_CONTENT)
}
