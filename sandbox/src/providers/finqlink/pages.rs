//! The WebUI at `/w/<web_id>`, the banks' own pages at `/bank/`, and the calls that both make to their own server.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use strum::EnumMessage;
use url::Url;

use super::banks::{self, BANKS, Bank};
use super::error::{ApiError, Body};
use super::link::{Asked, Flow, Link, Stage};
use super::scenario::Scenario;
use super::status::Status;
use super::store::Tables;
use super::{APP_NAME, Finqlink, Shared, decimal};
use crate::fields::Parameters;
use crate::providers::leave::Leave;
use crate::providers::page;
use crate::scenario::Scenario as _;
use crate::tokens::random;
use crate::urls::{with_query, with_wrong_state};

const PAGE: &str = "finqlink/webui.html";
const WRONG_PINS_ALLOWED: u8 = 3;

pub(super) fn router(finqlink: Arc<Finqlink>) -> Router {
    Router::new()
        .route("/w/{web_id}", get(open))
        .route("/bank/{provider_id}/authorize", get(open_bank))
        .route("/w/play", post(play))
        .route("/w/bank", post(choose_bank))
        .route("/w/sign-in", post(sign_in))
        .route("/w/pin", post(pin))
        .route("/w/decide", post(decide))
        .with_state(finqlink)
}

/// Where the person is to go first: to the WebUI or straight to the bank.
pub(super) fn url(origin: &str, link: &Link) -> String {
    match (link.flow, &link.provider_id) {
        (Flow::DirectSca | Flow::RedirectSca, Some(bank)) => {
            let mut url = Url::parse(&format!("{origin}/bank/{bank}/authorize")).expect("an origin of ours");
            url.query_pairs_mut().extend_pairs([
                ("response_type", "code"),
                ("client_id", "finqlink"),
                ("request", &link.web_id),
                ("state", &link.sca_state),
            ]);
            url.into()
        }
        _ => format!("{origin}/w/{}", link.web_id),
    }
}

/// The bank is asked for leave, and answers with the URL of its own page.
pub(super) fn ask_bank(finqlink: &Finqlink, link: &mut Link) {
    if link.pays() {
        return;
    }
    for status in [Status::Started, Status::Requested, Status::ScaUrlRetrieved, Status::AwaitingAuthz] {
        // with another bank chosen, or the link opened again, some of it has happened already
        if link.status < status {
            finqlink.advance(link, status);
        }
    }
}

/// The bank's answer was relayed: the payment is made, the consent becomes active, or neither. It is good for once.
pub(super) fn redeem(finqlink: &Finqlink, link: &mut Link) {
    if link.status.is_over() {
        return;
    }
    let denied = link.sca_query.as_deref().is_some_and(|query| query.starts_with("error="));
    let scenario = if denied { Scenario::Denied } else { Scenario::Success };
    for status in scenario.statuses(link.pays()).unwrap_or_default() {
        finqlink.advance(link, *status);
    }
}

async fn open(State(finqlink): Shared, Path(web_id): Path<String>) -> Response {
    show(&finqlink, &web_id, false).await
}

/// `state` must be the one that the link's URL carries.
async fn open_bank(
    State(finqlink): Shared,
    Path(provider_id): Path<String>,
    Query(query): Parameters,
) -> Response {
    let web_id = query.get("request").map_or("", String::as_str);
    let known = finqlink.tables().link_on_the_web(web_id).is_some_and(|link| {
        link.provider_id.as_deref() == Some(&provider_id) && query.get("state") == Some(&link.sca_state)
    });
    show(&finqlink, if known { web_id } else { "" }, true).await
}

async fn show(finqlink: &Finqlink, web_id: &str, at_bank: bool) -> Response {
    let link = {
        let mut tables = finqlink.tables();
        tables.link_on_the_web(web_id).map(|link| {
            if link.is_open() {
                // a reload starts again at the first step
                link.stage = Stage::Outside;
                if !link.pays() && link.status == Status::Created {
                    finqlink.advance(link, Status::Started);
                }
            } else if !link.status.is_over() {
                finqlink.advance(link, Status::Expired);
            }
            link.clone()
        })
    };
    let Some(link) = link else {
        return (StatusCode::NOT_FOUND, page::page(PAGE, &json!({ "open": false }))).into_response();
    };
    if !link.is_open() {
        let given = json!({ "open": false, "plays": link.scenario.is_some(), "back": back(&link) });
        return (StatusCode::GONE, page::page(PAGE, &given)).into_response();
    }
    if matches!(link.scenario, Some(Scenario::NeverLoads | Scenario::NeverLoadsPopup)) {
        return std::future::pending().await;
    }
    page::severed(page::page(PAGE, &given(&link, at_bank)), link.scenario == Some(Scenario::SuccessSevered))
}

fn given(link: &Link, at_bank: bool) -> Value {
    let banks: Vec<Value> = BANKS
        .iter()
        .filter(|bank| !link.bank_is_given || link.provider_id.as_deref() == Some(bank.id))
        .map(|bank| {
            let fields = bank.fields.iter().map(|field| {
                json!({ "name": field.name, "label": field.label, "value": field.value, "secret": field.secret })
            });
            let fields: Vec<Value> = fields.collect();
            json!({ "id": bank.id, "name": bank.name, "fields": fields, "pin": bank.pin })
        })
        .collect();
    let endings: Vec<Value> = Scenario::typed()
        .filter(|scenario| link.pays() || *scenario != Scenario::FundsRejected)
        .map(|scenario| json!({ "id": scenario.name(), "title": scenario.get_message() }))
        .collect();
    let mut given = json!({
        "open": true,
        "webId": link.web_id,
        "app": APP_NAME,
        "plays": link.scenario.is_some(),
        "atBank": at_bank,
        "banks": banks,
        "endings": endings,
    });
    match &link.asked {
        Asked::Consent { scope, valid_days } => {
            given["consent"] = json!({ "scope": scope, "days": valid_days })
        }
        Asked::Payment { amount, creditor_name, creditor_iban, details } => {
            let bani = decimal::parse(amount).unwrap_or_default();
            given["payment"] = json!({
                "amount": format!("{} RON", decimal::print(bani)),
                "to": creditor_name,
                "iban": creditor_iban,
                "details": details,
            });
        }
    }
    given
}

/// Where the person can go from a link that is over.
fn back(link: &Link) -> Option<String> {
    let query = [("status", link.status.name()), ("web_id", &link.web_id)];
    link.redirect_url.as_deref().and_then(|url| with_query(url, &query))
}

/// Ends as the scenario of the link says, without a click.
async fn play(State(finqlink): Shared, body: Body) -> Result<Json<Leave>, ApiError> {
    let mut tables = finqlink.tables();
    let link = open_link(&mut tables, &body)?;
    let scenario = link.scenario.ok_or_else(|| ApiError::of("bad_request", "The link has no scenario"))?;
    if link.provider_id.is_none() {
        link.provider_id = Some(BANKS[0].id.into());
    }
    let bank = link.provider_id.as_deref().and_then(banks::find).unwrap_or(&BANKS[0]);
    if scenario.statuses(link.pays()).is_some() {
        ask_bank(&finqlink, link);
    }
    share(link, bank, |_| true);
    Ok(Json(end(&finqlink, link, scenario)))
}

async fn choose_bank(State(finqlink): Shared, body: Body) -> Result<Json<Value>, ApiError> {
    let mut tables = finqlink.tables();
    let link = open_link(&mut tables, &body)?;
    let bank = bank(link, &body)?;
    link.provider_id = Some(bank.id.into());
    link.stage = Stage::Outside;
    ask_bank(&finqlink, link);
    Ok(Json(json!({})))
}

async fn sign_in(State(finqlink): Shared, body: Body) -> Result<Json<Value>, ApiError> {
    let mut tables = finqlink.tables();
    let link = open_link(&mut tables, &body)?;
    let bank = bank(link, &body)?;
    if link.provider_id.as_deref() != Some(bank.id) {
        return Err(ApiError::of("bad_request", "This bank has not been chosen"));
    }
    let (name, others) = bank.fields.split_first().expect("every bank asks for something");
    let user = body.required(name.name)?.trim();
    let ending = Scenario::from_name(&user.to_lowercase()).filter(|scenario| scenario.is_typed());
    let mut right = user == name.value || ending.is_some();
    for field in others {
        let typed = body.required(field.name)?;
        // people write an IBAN in groups
        let typed = if field.name == "iban" { typed.replace(' ', "").to_uppercase() } else { typed.into() };
        right &= typed == field.value;
    }
    if !right {
        return Err(ApiError::of("method_input_validation_error", "These details do not go together."));
    }
    if bank.pin.is_some() {
        link.stage = Stage::NeedsPin { ending, wrong: 0 };
        return Ok(Json(json!({ "next": "pin" })));
    }
    Ok(Json(signed_in(&finqlink, link, bank, ending)))
}

async fn pin(State(finqlink): Shared, body: Body) -> Result<Json<Value>, ApiError> {
    let typed = body.required("pin")?;
    let mut tables = finqlink.tables();
    let link = open_link(&mut tables, &body)?;
    let bank = bank(link, &body)?;
    let Stage::NeedsPin { ending, wrong } = link.stage.clone() else {
        return Err(ApiError::of("bad_request", "Nobody has signed in yet"));
    };
    if bank.pin == Some(typed.trim()) {
        return Ok(Json(signed_in(&finqlink, link, bank, ending)));
    }
    let wrong = wrong + 1;
    if wrong == WRONG_PINS_ALLOWED {
        return Ok(Json(json!({ "leave": end(&finqlink, link, Scenario::Failed) })));
    }
    link.stage = Stage::NeedsPin { ending, wrong };
    let left = match WRONG_PINS_ALLOWED - wrong {
        1 => "One try is left".to_owned(),
        left => format!("{left} tries are left"),
    };
    Err(ApiError::of("method_input_validation_error", format!("This PIN is not right. {left}.")))
}

/// A user name that stands for an ending ends it here; the others go on to decide.
fn signed_in(finqlink: &Finqlink, link: &mut Link, bank: &Bank, ending: Option<Scenario>) -> Value {
    if let Some(ending) = ending {
        return json!({ "leave": end(finqlink, link, ending) });
    }
    link.stage = Stage::SignedIn;
    let accounts: Vec<Value> = banks::accounts(bank)
        .into_iter()
        .map(|account| json!({ "iban": account.iban, "name": account.name, "currency": account.currency }))
        .collect();
    json!({ "next": "decide", "accounts": accounts })
}

/// `decision`: approve (a consent with `ibans`), decline or cancel.
async fn decide(State(finqlink): Shared, body: Body) -> Result<Json<Leave>, ApiError> {
    let mut tables = finqlink.tables();
    let link = open_link(&mut tables, &body)?;
    let scenario = match (body.required("decision")?, &link.stage) {
        ("cancel", _) | ("decline", Stage::SignedIn) => Scenario::Denied,
        ("approve", Stage::SignedIn) => {
            let bank = bank(link, &body)?;
            let wanted = body.list("ibans");
            share(link, bank, |iban| wanted.contains(&iban));
            if link.ibans.is_empty() && !link.pays() {
                return Err(ApiError::validation("Choose at least one account."));
            }
            Scenario::Success
        }
        ("approve" | "decline", _) => return Err(ApiError::of("bad_request", "Nobody has signed in yet")),
        _ => return Err(ApiError::validation("decision must be approve, decline or cancel")),
    };
    Ok(Json(end(&finqlink, link, scenario)))
}

fn share(link: &mut Link, bank: &Bank, wanted: impl Fn(&str) -> bool) {
    let all = banks::accounts(bank).into_iter().map(|account| account.iban);
    link.ibans = all.filter(|iban| wanted(iban)).collect();
}

fn open_link<'a>(tables: &'a mut Tables, body: &Body) -> Result<&'a mut Link, ApiError> {
    let link = tables.link_on_the_web(body.required("web_id")?).ok_or_else(|| ApiError::not_found("link"))?;
    if !link.is_open() {
        return Err(ApiError::of("link_expired", "This link is over."));
    }
    Ok(link)
}

/// The bank that the page names, unless another one was given at creation.
fn bank(link: &Link, body: &Body) -> Result<&'static Bank, ApiError> {
    banks::find(body.required("provider_id")?)
        .filter(|bank| !link.bank_is_given || link.provider_id.as_deref() == Some(bank.id))
        .ok_or_else(|| ApiError::of("method_selection_error", "This bank cannot be used with this link"))
}

fn end(finqlink: &Finqlink, link: &mut Link, scenario: Scenario) -> Leave {
    let Some(statuses) = scenario.statuses(link.pays()) else {
        return if scenario == Scenario::ClosesItself { Leave::Close } else { Leave::Wait };
    };
    if link.flow == Flow::DirectSca {
        return to_merchant(finqlink, link, scenario);
    }
    for status in statuses {
        finqlink.advance(link, *status);
    }
    let Some(url) = &link.redirect_url else {
        return Leave::Done;
    };
    let web_id = ("web_id", link.web_id.as_str());
    let url = match scenario {
        Scenario::WrongState => {
            with_wrong_state(url).and_then(|url| with_query(&url, &[("status", "active"), web_id]))
        }
        Scenario::Denied | Scenario::DirectScaDenied => with_query(
            url,
            &[("error", "access_denied"), ("error_description", "The user declined at the bank"), web_id],
        ),
        Scenario::ProviderError => with_query(
            url,
            &[("error", "server_error"), ("error_description", "The bank did not answer"), web_id],
        ),
        _ => {
            // that the funds arrived is known later than the person returns
            let said = if link.status == Status::FundsReceived { Status::Completed } else { link.status };
            with_query(url, &[("status", said.name()), web_id])
        }
    };
    let Some(url) = url else { return Leave::Done };
    finqlink.setup.record.add("return", json!({ "web_id": link.web_id, "url": url }));
    match scenario {
        Scenario::OtherTab | Scenario::ColdCallback => Leave::Elsewhere { url },
        _ => Leave::Return { url },
    }
}

/// The bank itself sends the person to the merchant, who relays the query string. Until then nothing changes.
fn to_merchant(finqlink: &Finqlink, link: &mut Link, scenario: Scenario) -> Leave {
    let succeeds = matches!(scenario, Scenario::Success | Scenario::Payment | Scenario::DirectSca);
    let state: String = url::form_urlencoded::byte_serialize(link.sca_state.as_bytes()).collect();
    let query = if succeeds {
        // escaped in a way of the bank's own: whoever decodes and encodes it again gets another string
        format!("code={}%2f{}%2B%7e&scope=AIS%20PIS&state={state}", random(27), random(27))
    } else {
        format!("error=access_denied&error_description=Refuzat%20de%20client&state={state}")
    };
    let Some(url) = &link.redirect_url else { return Leave::Done };
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{joint}{query}");
    link.sca_query = Some(query);
    finqlink.setup.record.add("return", json!({ "web_id": link.web_id, "url": url }));
    Leave::Return { url }
}
