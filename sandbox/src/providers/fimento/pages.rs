//! The consent pages, the calls that they make to their own server, and the visualisation tool.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::{ApiError, Fields};
use super::process::{Code, Process};
use super::scenario::Scenario;
use super::store::Tables;
use super::{BAD_SSN, Fimento, GOOD_SSN, Shared, insights};
use crate::providers::leave::Leave;
use crate::providers::page;
use crate::urls::{with_query, with_wrong_state};

/// Name, and what it says of itself.
type Bank = (&'static str, &'static str);

const SWEDISH_BANKS: [Bank; 4] = [
    ("Norrskensbanken", "Privat och företag"),
    ("Mälarbanken", "Stockholm och Mälardalen"),
    ("Västkustens Sparbank", "Sedan 1834"),
    ("Lingon Bank", "Bara i mobilen"),
];
const FINNISH_BANKS: [Bank; 3] = [
    ("Aurora Pankki", "Henkilö- ja yritysasiakkaat"),
    ("Saimaan Osuuspankki", "Jäsentensä omistama"),
    ("Rannikkopankki", "Turku ja saaristo"),
];

const APP_NAME: &str = "Ledgerly";
/// The code that the sandbox's ID app shows.
pub(super) const SECURITY_CODE: &str = "123456";
/// The code with which the bank refuses the sign-in.
pub(super) const REFUSED_CODE: &str = "000000";
const PAGE: &str = "fimento/consent.html";

pub(super) fn router(fimento: Arc<Fimento>) -> Router {
    Router::new()
        .route("/consent/{token}", get(open))
        .route("/consent/play", post(play))
        .route("/consent/bank", post(choose_bank))
        .route("/consent/sign-in", post(sign_in))
        .route("/consent/decide", post(decide))
        .route("/visualisation/{token}", get(visualisation))
        .with_state(fimento)
}

/// The banks of a market.
pub(super) fn banks(market: &str) -> &'static [Bank] {
    if market == "FI" { &FINNISH_BANKS } else { &SWEDISH_BANKS }
}

async fn open(State(fimento): Shared, Path(token): Path<String>) -> Response {
    let process = {
        let mut tables = fimento.tables();
        tables.process_of_link(&token).map(|process| {
            if process.is_open() {
                fimento.advance(process, Code::ConsentLinkOpened);
                process.signed_in = false;
            }
            process.clone()
        })
    };
    let Some(process) = process else {
        return (StatusCode::NOT_FOUND, page::page(PAGE, &json!({ "open": false }))).into_response();
    };
    if !process.is_open() {
        let given = json!({ "open": false, "plays": process.scenario.is_some(), "back": back(&process) });
        return (StatusCode::GONE, page::page(PAGE, &given)).into_response();
    }
    if process.scenario == Some(Scenario::NeverLoads) {
        return std::future::pending().await;
    }
    let named = |(name, note): &Bank| json!({ "name": name, "note": note });
    let given = json!({
        "open": true,
        "token": token,
        "app": APP_NAME,
        "plays": process.scenario.is_some(),
        "market": process.market,
        "banks": banks(&process.market).iter().map(named).collect::<Vec<_>>(),
        "numberIsKnown": process.social_security_number.is_some(),
        "testNumbers": [
            { "number": GOOD_SSN, "title": "Good data" },
            { "number": BAD_SSN, "title": "Bad data" },
        ],
        "securityCode": SECURITY_CODE,
        "refusedCode": REFUSED_CODE,
    });
    page::severed(page::page(PAGE, &given), process.scenario == Some(Scenario::SuccessSevered))
}

/// Where the person can go from a link that is over.
fn back(process: &Process) -> Option<String> {
    let expired = [("error", "link_expired"), ("processId", process.id.as_str())];
    let over = [("status", process.history.current().name()), ("processId", process.id.as_str())];
    let query = if process.is_unused() { &expired } else { &over };
    process.redirect_url.as_deref().and_then(|url| with_query(url, query))
}

/// Ends as the scenario of the process says, without a click.
async fn play(State(fimento): Shared, body: Bytes) -> Result<Json<Leave>, ApiError> {
    let mut fields = Fields::of(&body);
    let mut tables = fimento.tables();
    let process = open_process(&mut tables, &mut fields)?;
    let scenario = process.scenario.ok_or_else(|| wrong("The process has no scenario"))?;
    let bank = banks(&process.market)[0].0;
    match scenario {
        Scenario::ClosesItself => return Ok(Json(Leave::Close)),
        Scenario::NeverAnswers | Scenario::NeverLoads | Scenario::ExpiredLink => {
            return Ok(Json(Leave::Wait));
        }
        Scenario::AuthError => {
            fimento.choose_bank(process, bank);
            fimento.refuse(process);
        }
        Scenario::Denied => {
            fimento.choose_bank(process, bank);
            fimento.signed_in(process);
            fimento.deny(process);
        }
        Scenario::Revoked => {
            fimento.choose_bank(process, bank);
            fimento.signed_in(process);
            fimento.approve(process);
            fimento.deny(process);
        }
        _ => {
            fimento.choose_bank(process, bank);
            fimento.signed_in(process);
            fimento.approve(process);
            fimento.work(&process.id);
        }
    }
    Ok(Json(end(&fimento, process)))
}

async fn choose_bank(State(fimento): Shared, body: Bytes) -> Result<Json<Value>, ApiError> {
    let mut fields = Fields::of(&body);
    let name = fields.required("bank");
    let mut tables = fimento.tables();
    let process = open_process(&mut tables, &mut fields)?;
    let bank = banks(&process.market).iter().find(|(known, _)| *known == name);
    fimento.choose_bank(process, bank.ok_or_else(|| wrong("There is no such bank"))?.0);
    Ok(Json(json!({})))
}

/// What a person does with their ID app: says who they are, and confirms it with a code.
async fn sign_in(State(fimento): Shared, body: Bytes) -> Result<Json<Value>, ApiError> {
    let mut fields = Fields::of(&body);
    let (number, code) = (fields.optional("number").unwrap_or_default(), fields.required("code"));
    let mut tables = fimento.tables();
    let process = open_process(&mut tables, &mut fields)?;
    if process.banks.last().is_none_or(|bank| bank.history.current() != Code::BankAddedNotCompletedAuthFlow) {
        return Err(wrong("No bank has been chosen"));
    }
    // written with and without the hyphen
    let number: String = number.chars().filter(char::is_ascii_digit).collect();
    if process.social_security_number.is_none() && ![GOOD_SSN, BAD_SSN].contains(&number.as_str()) {
        return Err(wrong("The bank does not know this personal number."));
    }
    match code.trim() {
        SECURITY_CODE => {}
        REFUSED_CODE => {
            fimento.refuse(process);
            return Ok(Json(json!({ "leave": end(&fimento, process) })));
        }
        _ => return Err(wrong("This code is not right. Please try again.")),
    }
    process.social_security_number.get_or_insert(number);
    fimento.signed_in(process);
    let accounts: Vec<Value> = insights::computed(process)["accountsInfo"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|account| json!({ "name": account["name"], "number": account["accountNumber"] }))
        .collect();
    Ok(Json(json!({ "accounts": accounts })))
}

/// `decision`: approve, deny or cancel. guess: who cancels before any bank was asked has denied it.
async fn decide(State(fimento): Shared, body: Bytes) -> Result<Json<Leave>, ApiError> {
    let mut fields = Fields::of(&body);
    let decision = fields.required_one_of("decision", &["approve", "deny", "cancel"]);
    let mut tables = fimento.tables();
    let process = open_process(&mut tables, &mut fields)?;
    match (decision.as_str(), process.signed_in) {
        ("cancel", _) | ("deny", true) => fimento.deny(process),
        ("approve", true) => {
            fimento.approve(process);
            fimento.work(&process.id);
        }
        _ => return Err(wrong("Nobody has signed in yet")),
    }
    Ok(Json(end(&fimento, process)))
}

fn open_process<'a>(tables: &'a mut Tables, fields: &mut Fields) -> Result<&'a mut Process, ApiError> {
    let token = fields.required("token");
    fields.check()?;
    let process =
        tables.process_of_link(&token).ok_or_else(|| ApiError::not_found("There is no such link"))?;
    if process.is_open() { Ok(process) } else { Err(wrong("This link is over.")) }
}

fn wrong(message: &str) -> ApiError {
    ApiError::bad_request(vec![message.into()])
}

/// The documentation names no parameter of the return URL: the statuses' own names are used.
fn end(fimento: &Fimento, process: &Process) -> Leave {
    let Some(url) = &process.redirect_url else { return Leave::Done };
    let id = ("processId", process.id.as_str());
    let status = ("status", process.history.current().name());
    let url = match process.scenario {
        Some(Scenario::WrongState) => with_wrong_state(url).and_then(|url| with_query(&url, &[status, id])),
        Some(Scenario::Revoked) => with_query(url, &[("consent", "revoked"), id]),
        _ => with_query(url, &[status, id]),
    };
    let Some(url) = url else { return Leave::Done };
    fimento.setup.record.add("return", json!({ "processId": process.id, "url": url }));
    match process.scenario {
        Some(Scenario::OtherTab | Scenario::ColdCallback) => Leave::Elsewhere { url },
        _ => Leave::Return { url },
    }
}

async fn visualisation(State(fimento): Shared, Path(token): Path<String>) -> Response {
    let given = {
        let tables = fimento.tables();
        let process = tables.visualisations.get(&token).and_then(|id| tables.processes.get(id));
        process.filter(|process| process.has_insights).map(insights::computed)
    };
    let status = if given.is_some() { StatusCode::OK } else { StatusCode::GONE };
    (status, page::page("fimento/visualisation.html", &json!({ "insights": given }))).into_response()
}
