//! Fimento as a merchant's server uses it. `FIMENTO_*` in the environment point it at the real service.

mod client;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::error::MerchantError;
use super::links::{Finish, Receipts, Start, Started, Webhook, reference, state};
use super::{Listing, Provider, ScenarioListing, TIMEOUT_MS, own_url};
use crate::providers::fimento::scenario::{ALL_MODES, Scenario};
use crate::providers::fimento::{BAD_SSN, GOOD_SSN};
use crate::{Config, Origins};
use client::{Client, text};

pub use client::Account;

/// How long the provider may take after the person has come back.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long webhooks are waited for when everything else is there.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(300);
const MANUAL: &str = "manual";
/// Pages of transactions are read up to this one.
const LAST_PAGE: usize = 100;

pub(crate) fn provider(origins: &Origins, config: &Config) -> anyhow::Result<Provider> {
    let live = config.fimento.is_some();
    let account =
        config.fimento.clone().unwrap_or_else(|| Account::simulated(&origins.fimento, &origins.merchant));
    let frames = if live { vec!["https:".into()] } else { vec![origins.fimento.clone()] };
    let merchant = Arc::new(Merchant {
        origin: origins.merchant.clone(),
        live,
        client: Client::new(account)?,
        hook: reference(),
        is_registered: tokio::sync::Mutex::new(false),
        book: Mutex::default(),
    });
    Ok(Provider {
        listing: Listing {
            id: "fimento",
            name: "Fimento",
            country: "Sweden and Finland",
            live,
            modes: ALL_MODES,
            scenarios: scenarios(live),
        },
        frames,
        routes: Router::new()
            .route("/api/fimento/start", post(start))
            .route("/api/fimento/finish", post(finish))
            .route("/api/fimento/record/{reference}", get(receipts))
            .route("/webhooks/fimento/{hook}", post(webhook))
            .with_state(merchant),
    })
}

fn scenarios(live: bool) -> Vec<ScenarioListing> {
    let row =
        |id: &str, title, expect, hint, modes| ScenarioListing { id: id.into(), title, expect, hint, modes };
    let mut rows = vec![row(
        MANUAL,
        "Click through it",
        "completed",
        "You go through the bank’s pages yourself.",
        ALL_MODES,
    )];
    if !live {
        rows.extend(Scenario::ALL.into_iter().map(|scenario| {
            let known = scenario.describe();
            row(&scenario.name(), known.title, known.expect, known.hint, known.modes)
        }));
    }
    rows
}

struct Merchant {
    origin: String,
    live: bool,
    client: Client,
    /// The provider's webhooks carry no signature: only it knows this part of the address.
    hook: String,
    is_registered: tokio::sync::Mutex<bool>,
    book: Mutex<Book>,
}

/// Everything that the merchant remembers. Webhooks may arrive before the call that makes a process has answered.
#[derive(Default)]
struct Book {
    links: HashMap<String, Link>,
    /// By process.
    webhooks: HashMap<String, Vec<Webhook>>,
}

struct Link {
    process_id: String,
    state: String,
    return_url: String,
    finished: Option<Instant>,
    /// Everything was fetched.
    complete: bool,
    receipts: Receipts,
}

async fn start(
    State(merchant): State<Arc<Merchant>>,
    Json(wanted): Json<Start>,
) -> Result<Json<Started>, MerchantError> {
    let chosen = wanted.scenario.as_deref().unwrap_or(MANUAL);
    if !scenarios(merchant.live).into_iter().any(|row| row.id == chosen) {
        return Err(MerchantError::bad_request("There is no such scenario"));
    }
    let mode = wanted.mode.as_deref().unwrap_or(ALL_MODES[0]);
    if !ALL_MODES.contains(&mode) {
        return Err(MerchantError::bad_request("There is no such mode"));
    }
    let page = if mode == "redirect" { "/" } else { "/callback.html" };
    let return_url = wanted.return_url.unwrap_or_else(|| format!("{}{page}", merchant.origin));
    let return_url = own_url(&merchant.origin, &return_url)?;
    let state = wanted.state.filter(|state| !state.is_empty()).unwrap_or_else(state);
    let scenario = Scenario::from_name(chosen);
    merchant.register_webhook().await?;
    if let Some(earlier) = &wanted.reconnect {
        return merchant.another_consent(earlier).await.map(Json);
    }

    let mut redirect_url = return_url.clone();
    redirect_url.query_pairs_mut().append_pair("state", &state);
    let mut body = json!({
        "market": "SE",
        "dataCollectionType": "transaction-categorisation",
        "redirectUrl": redirect_url.as_str(),
    });
    if let Some(scenario) = scenario {
        body["scenario"] = chosen.into();
        let number = if scenario == Scenario::BadData { BAD_SSN } else { GOOD_SSN };
        body["socialSecurityNumber"] = number.into();
    }
    let reference = reference();
    let process = merchant.client.post("/process", &body, Some(&reference)).await?;
    let link = Link {
        process_id: text(&process, "_id")?,
        state: state.clone(),
        return_url: return_url.clone().into(),
        finished: None,
        complete: false,
        receipts: Receipts::default(),
    };
    let mut launch = Map::new();
    launch.insert("consentLink".into(), consent_link(&process)?.into());
    launch.insert("state".into(), state.into());
    launch.insert("returnUrl".into(), return_url.as_str().into());
    if matches!(scenario, Some(Scenario::NeverAnswers | Scenario::NeverLoads)) {
        launch.insert("timeoutMs".into(), TIMEOUT_MS.into());
    }
    merchant.book.lock().unwrap().links.insert(reference.clone(), link);
    Ok(Json(Started { reference, launch: Some(launch) }))
}

/// The documentation calls it both a field and, in quotes, "consent-link".
fn consent_link(answer: &Value) -> Result<String, MerchantError> {
    text(answer, if answer["consent-link"].is_string() { "consent-link" } else { "consentLink" })
}

/// What the browser brings is a hint: the process says whether there is a consent.
async fn finish(
    State(merchant): State<Arc<Merchant>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, MerchantError> {
    let process_id = {
        let book = merchant.book.lock().unwrap();
        let link = book.links.get(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        if link.finished.is_some() {
            return Ok(Json(json!({ "ok": true })));
        }
        let claims =
            [(&done.result["state"], &link.state), (&done.result["params"]["processId"], &link.process_id)];
        if claims.into_iter().any(|(claimed, own)| claimed.as_str().is_some_and(|claimed| claimed != own)) {
            return Err(MerchantError::new(StatusCode::FORBIDDEN, "This answer belongs to another link"));
        }
        link.process_id.clone()
    };
    let process = merchant.client.get(&format!("/process/{process_id}"), &[]).await?;
    if !is_approved(&process) {
        let status = current(&process);
        return Err(MerchantError::new(
            StatusCode::CONFLICT,
            format!("Fimento says that the consent is not approved: {status}"),
        ));
    }
    let mut book = merchant.book.lock().unwrap();
    let link = book.links.get_mut(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
    // two of these calls may have waited for the provider at once
    if link.finished.replace(Instant::now()).is_none() {
        merchant.clone().fetch_in_background(done.reference);
    }
    Ok(Json(json!({ "ok": true })))
}

fn is_approved(process: &Value) -> bool {
    process["consentFlowStatus"]["consent"] == "approved" || process["consent"] == "approved"
}

fn current(process: &Value) -> &str {
    process["consentFlowStatus"]["current"]["code"].as_str().unwrap_or("unknown")
}

async fn receipts(
    State(merchant): State<Arc<Merchant>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, MerchantError> {
    let (mut receipts, process_id, complete) = {
        let book = merchant.book.lock().unwrap();
        let link = book.links.get(&reference).ok_or_else(MerchantError::unknown_reference)?;
        let mut receipts = link.receipts.clone();
        receipts.webhooks = book.webhooks.get(&link.process_id).cloned().unwrap_or_default();
        let told = merchant.client.account.webhook_url.is_none()
            || receipts.webhooks.iter().any(|webhook| webhook.event == "completed");
        receipts.pending = match link.finished {
            None => true,
            Some(_) if receipts.error.is_some() => false,
            Some(since) if link.complete => !told && since.elapsed() < WEBHOOK_PATIENCE,
            Some(since) => since.elapsed() < PATIENCE,
        };
        receipts.can_reconnect = link.complete;
        (receipts, link.process_id.clone(), link.complete)
    };
    if complete && !receipts.pending {
        // short-lived: fetched whenever somebody wants to look
        let link = merchant.client.get("/insights/visualisation-link", &[("processId", &process_id)]).await?;
        receipts.data.insert("visualisationUrl".into(), link["visualisationUrl"].clone());
    }
    Ok(Json(receipts))
}

/// Says only that something has changed. What it says is shown, and the process is asked.
async fn webhook(
    State(merchant): State<Arc<Merchant>>,
    Path(hook): Path<String>,
    Json(notice): Json<Value>,
) -> Result<Json<Value>, MerchantError> {
    if hook != merchant.hook {
        return Err(MerchantError::new(StatusCode::NOT_FOUND, "There is no such webhook"));
    }
    let status = &notice["status"];
    let (Some(id), Some(event)) = (notice["processId"].as_str(), status["code"].as_str()) else {
        return Err(MerchantError::bad_request("This is no webhook of Fimento’s"));
    };
    let message_id = format!("{event} {}", status["timestamp"].as_str().unwrap_or_default());
    let mut book = merchant.book.lock().unwrap();
    let received = book.webhooks.entry(id.into()).or_default();
    let duplicate = received.iter().any(|webhook| webhook.message_id == message_id);
    received.push(Webhook {
        event: event.into(),
        message_id,
        verified: true,
        duplicate,
        received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
    });
    Ok(Json(json!({ "status": if duplicate { "already processed" } else { "ok" } })))
}

impl Merchant {
    /// The way back: one more consent flow in the process of an earlier link, with the return URL and state of that process.
    async fn another_consent(&self, earlier: &str) -> Result<Started, MerchantError> {
        let (process_id, state, return_url) = {
            let book = self.book.lock().unwrap();
            let link = book.links.get(earlier).ok_or_else(MerchantError::unknown_reference)?;
            link.finished.ok_or_else(MerchantError::no_connection)?;
            (link.process_id.clone(), link.state.clone(), link.return_url.clone())
        };
        // a flow that was asked for and never gone through gets another link
        let process = self.client.get(&format!("/process/{process_id}"), &[]).await?;
        let undecided = process["consentFlowStatus"]["consent"].is_null() && process["consent"].is_null();
        let call = if undecided { "consent-link" } else { "consent" };
        let answer = self.client.post(&format!("/process/{process_id}/{call}"), &json!({}), None).await?;
        let launch = json!({
            "consentLink": consent_link(&answer)?,
            "state": state,
            "returnUrl": return_url,
        });
        let reference = reference();
        let link = Link {
            process_id,
            state,
            return_url,
            finished: None,
            complete: false,
            receipts: Receipts::default(),
        };
        self.book.lock().unwrap().links.insert(reference.clone(), link);
        Ok(Started { reference, launch: launch.as_object().cloned() })
    }

    /// Once in this server's life.
    async fn register_webhook(&self) -> Result<(), MerchantError> {
        let mut registered = self.is_registered.lock().await;
        if !*registered && let Some(url) = &self.client.account.webhook_url {
            let body = json!({ "webhookUrl": format!("{url}/{}", self.hook) });
            self.client.post("/webhook", &body, None).await?;
            *registered = true;
        }
        Ok(())
    }

    fn fetch_in_background(self: Arc<Self>, reference: String) {
        tokio::spawn(async move {
            let fetched = self.fetch(&reference).await;
            let mut book = self.book.lock().unwrap();
            let Some(link) = book.links.get_mut(&reference) else { return };
            match fetched {
                Ok(data) => {
                    link.receipts.data = data;
                    link.complete = true;
                }
                Err(error) => link.receipts.error = Some(error.message),
            }
        });
    }

    /// Waits until the insights are there, then reads them.
    async fn fetch(&self, reference: &str) -> Result<Map<String, Value>, MerchantError> {
        let process_id = {
            let book = self.book.lock().unwrap();
            let link = book.links.get(reference).ok_or_else(MerchantError::unknown_reference)?;
            link.process_id.clone()
        };
        let until = Instant::now() + PATIENCE;
        let process = loop {
            let process = self.client.get(&format!("/process/{process_id}"), &[]).await?;
            match current(&process) {
                "completed" => break process,
                status if !is_approved(&process) => {
                    return Err(MerchantError::provider(format!("The process is {status}")));
                }
                status if Instant::now() > until => {
                    return Err(MerchantError::provider(format!("The process is still {status}")));
                }
                _ => tokio::time::sleep(POLL).await,
            }
        };
        let insights = self.client.get("/insights", &[("processId", &process_id)]).await?;
        let mut transactions = Vec::new();
        for page in 1..=LAST_PAGE {
            let query = [("processId", process_id.as_str()), ("page", &page.to_string())];
            let mut answer = self.client.get("/insights/transactions", &query).await?;
            match answer["transactions"].take() {
                Value::Array(rows) if !rows.is_empty() => transactions.extend(rows),
                _ => break,
            }
        }
        let mut data = Map::new();
        data.insert("accounts".into(), insights["accountsInfo"].clone());
        data.insert("transactions".into(), transactions.into());
        data.insert("insights".into(), by_category(&insights).into());
        data.insert("statuses".into(), statuses(&process).into());
        Ok(data)
    }
}

/// What the insights say of each category, as rows.
fn by_category(insights: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for kind in ["income", "expenses"] {
        for (category, amount) in insights["categorisation"][kind].as_object().into_iter().flatten() {
            rows.push(json!({ "kind": kind, "category": category, "perMonth": amount }));
        }
    }
    rows
}

/// The statuses of the process and of its banks, in the order in which the provider says that they come.
fn statuses(process: &Value) -> Vec<Value> {
    let history = |status: &Value| status["history"].as_array().cloned().unwrap_or_default();
    let of_process = history(&process["consentFlowStatus"]);
    let decided = ["customerApprovedConsent", "customerDeniedConsent", "authError"];
    let decision = of_process
        .iter()
        .position(|status| decided.iter().any(|code| status["code"] == *code))
        .unwrap_or(of_process.len());
    let of_banks = process["customerBankConsent"].as_array().into_iter().flatten();
    let of_banks = of_banks.flat_map(|bank| history(&bank["status"]));
    let mut all: Vec<Value> = of_process[..decision].to_vec();
    all.extend(of_banks);
    all.extend_from_slice(&of_process[decision..]);
    // stable, so that what happened in the same millisecond keeps that order
    all.sort_by(|one, other| one["timestamp"].as_str().cmp(&other["timestamp"].as_str()));
    all.iter().map(|status| json!({ "status": status["code"], "at": status["timestamp"] })).collect()
}
