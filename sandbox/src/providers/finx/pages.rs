//! The widget, and the calls that it makes to its own server.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use strum::EnumProperty;

use super::ending::{Ending, ending};
use super::error::ApiError;
use super::scenario::Scenario;
use super::store::{Access, Flow, HOUR, Purpose, Stage, Tables};
use super::{Finx, Shared, data};
use crate::fields::Parameters;
use crate::providers::page::{self, PageBody as Body, PageError};
use crate::scenario::Scenario as _;

/// The name of the merchant, as it stands in the provider's records.
const APP_NAME: &str = "Ledgerly";
pub(super) const PASSWORD: &str = "sandbox";
pub(super) const TAN: &str = "123456";
/// The logins of the vendor's own test banks, which are right at any bank here.
const DOCUMENTED: [(&str, &str); 2] = [("figo01", "654321"), ("demo", "demo")];
const WRONG_TANS_ALLOWED: u8 = 3;

pub(super) fn router(finx: Arc<Finx>) -> Router {
    Router::new()
        .route("/", get(open))
        .route("/widget/play", post(play))
        .route("/widget/sign-in", post(sign_in))
        .route("/widget/tan", post(tan))
        .route("/widget/share", post(share))
        .route("/widget/cancel", post(cancel))
        .route("/widget/ended", page::ended(&finx.setup.record))
        .with_state(finx)
}

async fn open(State(finx): Shared, Query(query): Parameters) -> Response {
    let flow = query.get("token").and_then(|token| finx.signer.flow_of(token)).and_then(|id| {
        let mut tables = finx.tables();
        let flow = tables.flows.get_mut(&id)?;
        // a reload starts again at the first step
        if flow.stage != Stage::Over {
            flow.stage = Stage::Open;
        }
        Some(flow.clone())
    });
    let german = flow.as_ref().is_none_or(|flow| flow.german);
    let Some(flow) = flow.filter(|flow| flow.stage != Stage::Over) else {
        let given = json!({ "dead": true, "app": APP_NAME, "banks": [], "customers": [] });
        return (StatusCode::GONE, widget_page(german, given)).into_response();
    };
    if flow.scenario == Some(Scenario::NeverLoads) {
        return std::future::pending().await;
    }
    let language = usize::from(german);
    let known = flow.known_account.as_deref().map(data::bank_of);
    let banks = data::BANKS.iter().filter(|(code, ..)| known.is_none_or(|known| known == *code));
    let customers =
        Scenario::typed().map(|scenario| json!({ "id": scenario.name(), "what": scenario.get_str("words") }));
    let given = json!({
        "flow": flow.id,
        "app": APP_NAME,
        "plays": flow.scenario.is_some(),
        "days": flow.sync_period,
        "payment": match &flow.purpose {
            Purpose::Pay { payment, .. } => json!(payment),
            _ => Value::Null,
        },
        "knownAccount": flow.known_account,
        "banks": banks.map(|(code, name, notes)| json!({ "id": code, "name": name, "note": notes[language] })).collect::<Vec<_>>(),
        "customers": customers.collect::<Vec<_>>(),
        "password": PASSWORD,
        "tan": TAN,
    });
    page::severed(widget_page(german, given), flow.scenario == Some(Scenario::Severed))
}

fn widget_page(german: bool, given: Value) -> Response {
    page::worded("finx/widget.html", "finx/words.json", usize::from(german), given)
}

/// Ends as the scenario of the flow says, without a click.
async fn play(State(finx): Shared, body: Body) -> Result<Json<Ending>, PageError> {
    let mut tables = finx.tables();
    let flow = open_flow(&mut tables, &body)?.clone();
    let scenario = flow.scenario.ok_or_else(|| ApiError::out_of_turn("The flow has no scenario"))?;
    let bank = flow.known_account.as_deref().map_or(data::BANKS[0].0, data::bank_of);
    let all = data::accounts(bank, None).into_iter().map(|account| account.id).collect();
    Ok(Json(end(&finx, &mut tables, &flow, scenario, bank, all)))
}

async fn sign_in(State(finx): Shared, body: Body) -> Result<Json<Value>, PageError> {
    let (bank, customer, password) =
        (body.required("bank")?, body.required("customer")?, body.required("password")?);
    let mut tables = finx.tables();
    let flow = open_flow(&mut tables, &body)?;
    let bank = data::BANKS.iter().map(|(code, ..)| *code).find(|code| *code == bank);
    let bank = bank.ok_or_else(|| ApiError::invalid("There is no such bank"))?;
    let customer = customer.trim().to_lowercase();
    let customer = if DOCUMENTED.contains(&(&customer, password)) {
        Some(Scenario::Success)
    } else {
        Scenario::from_name(&customer).filter(|scenario| scenario.is_typed() && password == PASSWORD)
    };
    let Some(customer) = customer else {
        return Ok(Json(json!({ "error": "error-sign-in" })));
    };
    if customer.connects() {
        flow.stage = Stage::SignedIn { bank, customer, wrong_tans: 0 };
        return Ok(Json(json!({})));
    }
    let flow = flow.clone();
    Ok(Json(json!({ "ending": end(&finx, &mut tables, &flow, customer, bank, Vec::new()) })))
}

async fn tan(State(finx): Shared, body: Body) -> Result<Json<Value>, PageError> {
    let tan = body.required("tan")?;
    let mut tables = finx.tables();
    let flow = open_flow(&mut tables, &body)?;
    let Stage::SignedIn { bank, customer, wrong_tans } = flow.stage else {
        return Err(ApiError::out_of_turn("Nobody has signed in yet").into());
    };
    if tan.trim() == TAN {
        if !matches!(flow.purpose, Purpose::Share) {
            let flow = flow.clone();
            let all = data::accounts(bank, None).into_iter().map(|account| account.id).collect();
            return Ok(Json(json!({ "ending": end(&finx, &mut tables, &flow, customer, bank, all) })));
        }
        flow.stage = Stage::Verified { bank, customer };
        let accounts = data::accounts(bank, flow.known_account.as_deref()).into_iter();
        let accounts =
            accounts.map(|account| json!({ "id": account.id, "name": account.name, "iban": account.iban }));
        return Ok(Json(json!({ "accounts": accounts.collect::<Vec<_>>() })));
    }
    let wrong_tans = wrong_tans + 1;
    if wrong_tans < WRONG_TANS_ALLOWED {
        flow.stage = Stage::SignedIn { bank, customer, wrong_tans };
        return Ok(Json(json!({ "error": "error-tan" })));
    }
    let flow = flow.clone();
    let ending = end(&finx, &mut tables, &flow, Scenario::Failure, bank, Vec::new());
    Ok(Json(json!({ "ending": ending })))
}

async fn share(State(finx): Shared, body: Body) -> Result<Json<Value>, PageError> {
    let mut tables = finx.tables();
    let flow = open_flow(&mut tables, &body)?.clone();
    let Stage::Verified { bank, customer } = flow.stage else {
        return Err(ApiError::out_of_turn("The TAN has not been given yet").into());
    };
    let wanted = body.list("accounts");
    let mut own: Vec<String> = data::accounts(bank, None).into_iter().map(|account| account.id).collect();
    own.retain(|id| wanted.contains(&id.as_str()));
    if own.is_empty() {
        return Ok(Json(json!({ "error": "error-account" })));
    }
    Ok(Json(json!({ "ending": end(&finx, &mut tables, &flow, customer, bank, own) })))
}

async fn cancel(State(finx): Shared, body: Body) -> Result<Json<Ending>, PageError> {
    let mut tables = finx.tables();
    let flow = open_flow(&mut tables, &body)?.clone();
    Ok(Json(end(&finx, &mut tables, &flow, Scenario::Cancel, data::BANKS[0].0, Vec::new())))
}

fn open_flow<'a>(tables: &'a mut Tables, body: &Body) -> Result<&'a mut Flow, PageError> {
    let flow = tables.flows.get_mut(body.required("flow")?);
    let flow = flow.ok_or_else(|| ApiError::invalid("There is no such flow"))?;
    if flow.stage == Stage::Over {
        return Err(ApiError::out_of_turn("This flow has ended").into());
    }
    Ok(flow)
}

fn end(
    finx: &Finx,
    tables: &mut Tables,
    flow: &Flow,
    scenario: Scenario,
    bank: &'static str,
    account_ids: Vec<String>,
) -> Ending {
    // the widget's predecessor, RegShield, gives none for a synchronisation; finX's documentation does not say
    let has_code = scenario.connects() && flow.purpose.has_code();
    let code = has_code.then(|| finx.signer.sign(&flow.id, "code"));
    let ending = ending(scenario, flow, code.as_deref(), &finx.setup.stranger);
    if let Some(code) = code {
        let access = Access {
            redirect_uri: flow.redirect_uri.clone(),
            bank,
            known_account: flow.known_account.clone(),
            account_ids,
            sync_period: flow.sync_period,
        };
        tables.shared.extend(access.account_ids.iter().map(|id| (id.clone(), access.clone())));
        let lifetime = if scenario == Scenario::ExpiredCode { Duration::ZERO } else { HOUR };
        tables.codes.insert(code, access, lifetime);
    }
    if let Purpose::Pay { payment, .. } = &flow.purpose
        && scenario.connects()
    {
        tables.receipts.insert(flow.id.clone(), payment.clone());
    }
    if let Some(flow) = tables.flows.get_mut(&flow.id) {
        flow.stage = Stage::Over;
    }
    ending
}
