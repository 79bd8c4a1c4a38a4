//! FinqLink as a merchant's server uses it. `FINQLINK_*` in the environment point it at the real service.

mod client;
mod signature;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::error::MerchantError;
use super::links::{Finish, Receipts, Start, Started, Webhook, reference, state};
use super::{LOAD_TIMEOUT_MS, Listing, Provider, ScenarioListing, TIMEOUT_MS, own_url};
use crate::providers::finqlink::CREDITOR_IBAN;
use crate::providers::finqlink::scenario::{ALL_MODES, Scenario};
use crate::{Config, Origins};
use client::{Client, text};

pub use client::Account;

/// How long the provider may take after the person has come back.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long webhooks are waited for when everything else is there.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(300);
const MANUAL: &str = "manual";
const MANUAL_PAYMENT: &str = "manual-payment";

pub(crate) fn provider(origins: &Origins, config: &Config) -> anyhow::Result<Provider> {
    let live = config.finqlink.is_some();
    let account =
        config.finqlink.clone().unwrap_or_else(|| Account::simulated(&origins.finqlink, &origins.merchant));
    // a real bank's own pages may come up inside the frame
    let frames = if live { vec!["https:".into()] } else { vec![origins.finqlink.clone()] };
    let merchant = Arc::new(Merchant {
        origin: origins.merchant.clone(),
        live,
        client: Client::new(account)?,
        book: Mutex::default(),
    });
    Ok(Provider {
        listing: Listing {
            id: "finqlink",
            name: "FinqLink",
            country: "Romania",
            live,
            modes: ALL_MODES,
            scenarios: scenarios(live),
        },
        frames,
        routes: Router::new()
            .route("/api/finqlink/start", post(start))
            .route("/api/finqlink/finish", post(finish))
            .route("/api/finqlink/record/{reference}", get(receipts))
            .route("/webhooks/finqlink", post(webhook))
            .with_state(merchant),
    })
}

fn scenarios(live: bool) -> Vec<ScenarioListing> {
    let row =
        |id: &str, title, expect, hint, modes| ScenarioListing { id: id.into(), title, expect, hint, modes };
    let mut rows = vec![row(
        MANUAL,
        "Share accounts, click through it",
        "completed",
        "You go through the bank’s pages yourself.",
        ALL_MODES,
    )];
    if live {
        return rows;
    }
    rows.push(row(
        MANUAL_PAYMENT,
        "Pay, click through it",
        "completed",
        "You confirm a payment of 100.50 RON on the bank’s pages yourself.",
        ALL_MODES,
    ));
    rows.extend(Scenario::ALL.into_iter().map(|scenario| {
        let known = scenario.describe();
        row(&scenario.name(), known.title, known.expect, known.hint, known.modes)
    }));
    rows
}

struct Merchant {
    origin: String,
    live: bool,
    client: Client,
    book: Mutex<Book>,
}

/// Everything that the merchant remembers. Webhooks may arrive before the call that makes a link has answered.
#[derive(Default)]
struct Book {
    links: HashMap<String, Link>,
    /// By `consent_id` or `link_id`.
    webhooks: HashMap<String, Vec<Received>>,
}

struct Received {
    webhook: Webhook,
    /// `None` where it was about a job.
    status: Option<String>,
}

struct Link {
    id: String,
    web_id: String,
    state: String,
    pays: bool,
    /// The bank sends the person here, and this server relays what it said.
    direct: bool,
    finished: Option<Instant>,
    /// Everything was fetched.
    complete: bool,
    /// The bank's ID, once the person has chosen one.
    bank: Option<String>,
    /// The IBANs of the accounts that the person comes back to.
    renews: Option<Vec<Value>>,
    receipts: Receipts,
}

impl Link {
    /// The calls about consents and those about payments have the same shape.
    fn calls(&self) -> (&'static str, &'static str) {
        if self.pays { ("/links", "link_id") } else { ("/ais/consents", "consent_id") }
    }
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
    let pays = chosen == MANUAL_PAYMENT || scenario.is_some_and(Scenario::pays);
    let direct = scenario.is_some_and(Scenario::is_direct);

    let (bank, renews) = match &wanted.reconnect {
        Some(earlier) => {
            let book = merchant.book.lock().unwrap();
            let link = book.links.get(earlier).ok_or_else(MerchantError::unknown_reference)?;
            let bank = link.bank.clone().ok_or_else(MerchantError::no_connection)?;
            (Some(bank), Some(ibans(&link.receipts.data)))
        }
        None => (direct.then(|| "bt_ro".to_owned()), None),
    };

    let mut redirect_url = return_url.clone();
    let mut options = json!({ "webhook_url": merchant.client.account.webhook_url });
    if direct {
        // the bank puts it on the return URL itself
        options["state"] = state.as_str().into();
    } else {
        redirect_url.query_pairs_mut().append_pair("state", &state);
    }
    options["redirect_url"] = redirect_url.as_str().into();
    options["type"] = match bank {
        _ if direct => "direct_sca".into(),
        Some(_) => "wrapped_sca".into(),
        None => "link".into(),
    };
    let mut body = json!({ "options": options });
    if pays {
        body["intent"] = json!({
            "amount": "100.50",
            "currency": "RON",
            "creditor": { "name": "Ledgerly", "iban": CREDITOR_IBAN },
            "details": "Order 1042",
        });
    } else {
        body["scope"] = json!(["accounts", "balances", "transactions"]);
    }
    if let Some(bank) = &bank {
        body["ais_method"] = json!({ "provider_id": bank });
    }
    if scenario.is_some() {
        body["scenario"] = chosen.into();
    }
    let path = if pays { "/links/create" } else { "/ais/consents/create" };
    let created = merchant.client.call(path, &body).await?;
    let link = Link {
        id: text(&created, if pays { "link_id" } else { "consent_id" })?,
        web_id: text(&created, "web_id")?,
        state: state.clone(),
        pays,
        direct,
        finished: None,
        complete: false,
        bank: None,
        renews,
        receipts: Receipts::default(),
    };
    let mut launch = Map::new();
    launch.insert("url".into(), text(&created, "web_url")?.into());
    launch.insert("state".into(), state.into());
    launch.insert("returnUrl".into(), return_url.as_str().into());
    match scenario {
        Some(Scenario::NeverAnswers | Scenario::NeverLoadsPopup) => {
            launch.insert("timeoutMs".into(), TIMEOUT_MS.into());
        }
        Some(Scenario::NeverLoads) => drop(launch.insert("loadTimeoutMs".into(), LOAD_TIMEOUT_MS.into())),
        _ => {}
    }
    let reference = reference();
    merchant.book.lock().unwrap().links.insert(reference.clone(), link);
    Ok(Json(Started { reference, launch: Some(launch) }))
}

/// What the browser brings is a hint: the provider says whether there is a consent or a payment.
async fn finish(
    State(merchant): State<Arc<Merchant>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, MerchantError> {
    let (path, body, direct) = {
        let book = merchant.book.lock().unwrap();
        let link = book.links.get(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        if link.finished.is_some() {
            return Ok(Json(json!({ "ok": true })));
        }
        let claims = [(&done.result["state"], &link.state), (&done.result["params"]["web_id"], &link.web_id)];
        if claims.into_iter().any(|(claimed, own)| claimed.as_str().is_some_and(|claimed| claimed != own)) {
            return Err(MerchantError::new(StatusCode::FORBIDDEN, "This answer belongs to another link"));
        }
        let (path, name) = link.calls();
        (path, json!({ name: link.id }), link.direct)
    };
    if direct {
        let query = query_string(&done.result)
            .ok_or_else(|| MerchantError::bad_request("The bank’s query string is missing"))?;
        let relayed =
            json!({ "client_id": merchant.client.account.client_id, "query_string": query, "sync": true });
        merchant.client.call(&format!("{path}/redirect"), &relayed).await?;
    }
    let answer = merchant.client.call(&format!("{path}/get"), &body).await?;
    let status = text(&answer, "status")?;
    if matches!(step(&status), Step::Over) {
        return Err(MerchantError::new(
            StatusCode::CONFLICT,
            format!("FinqLink says that this link is {status}"),
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

/// What the bank put on the return URL, as it came: `scaQueryString` of the page, else the URL's own.
fn query_string(result: &Value) -> Option<String> {
    if let Some(query) = result["queryString"].as_str() {
        return Some(query.into());
    }
    let url = result["url"].as_str()?;
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?').map(|(_, query)| query.into())
}

enum Step {
    /// The provider is still at it.
    Waiting,
    /// There is a consent to read with, or a payment that was made.
    Good,
    Over,
}

fn step(status: &str) -> Step {
    match status {
        "active" | "submitted" | "completed" | "funds_received" => Step::Good,
        "failed" | "expired" | "revoked" | "suspended" | "funds_rejected" => Step::Over,
        _ => Step::Waiting,
    }
}

async fn receipts(
    State(merchant): State<Arc<Merchant>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, MerchantError> {
    let book = merchant.book.lock().unwrap();
    let link = book.links.get(&reference).ok_or_else(MerchantError::unknown_reference)?;
    let mut receipts = link.receipts.clone();
    let received = book.webhooks.get(&link.id).map_or(&[][..], Vec::as_slice);
    receipts.webhooks = received.iter().map(|received| received.webhook.clone()).collect();
    let statuses: Vec<Value> = received
        .iter()
        .filter(|received| !received.webhook.duplicate)
        .filter_map(|Received { webhook, status }| {
            status.as_ref().map(|status| json!({ "status": status, "at": webhook.received_at }))
        })
        .collect();
    let last = if link.pays { "funds_received" } else { "active" };
    let told =
        statuses.iter().any(|row| row["status"] == last) || merchant.client.account.webhook_url.is_none();
    if !statuses.is_empty() {
        receipts.data.insert("statuses".into(), statuses.into());
    }
    receipts.pending = match link.finished {
        None => true,
        Some(_) if receipts.error.is_some() => false,
        Some(since) if link.complete => !told && since.elapsed() < WEBHOOK_PATIENCE,
        Some(since) => since.elapsed() < PATIENCE,
    };
    receipts.can_reconnect = link.complete && link.bank.is_some();
    if link.complete {
        receipts.same_connection = link.renews.as_ref().map(|before| *before == ibans(&receipts.data));
    }
    Ok(Json(receipts))
}

async fn webhook(
    State(merchant): State<Arc<Merchant>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, MerchantError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kid, jws) = (header("x-signature-kid"), header("x-signature"));
    let refused = || MerchantError::new(StatusCode::UNAUTHORIZED, "The signature is not right");
    if kid.is_empty() || jws.is_empty() {
        return Err(refused());
    }
    if !signature::is_signed(&merchant.client.keys(kid).await?, kid, jws, &body) {
        return Err(refused());
    }
    let wrong = || MerchantError::bad_request("This is no webhook of FinqLink’s");
    let notice: Value = serde_json::from_slice(&body).map_err(|_| wrong())?;
    let event = notice["type"].as_str().ok_or_else(wrong)?;
    let id = notice["consent_id"].as_str().or(notice["link_id"].as_str()).ok_or_else(wrong)?;
    // the provider names none
    let message_id = hex::encode(&Sha256::digest(&body)[..12]);
    let status = notice["status"].as_str().filter(|_| event != "job_status_update");
    let mut book = merchant.book.lock().unwrap();
    let received = book.webhooks.entry(id.into()).or_default();
    let duplicate = received.iter().any(|received| received.webhook.message_id == message_id);
    received.push(Received {
        status: status.map(Into::into),
        webhook: Webhook {
            event: event.into(),
            message_id,
            verified: true,
            duplicate,
            received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        },
    });
    Ok(Json(json!({ "status": if duplicate { "already processed" } else { "ok" } })))
}

impl Merchant {
    fn fetch_in_background(self: Arc<Self>, reference: String) {
        tokio::spawn(async move {
            let fetched = self.fetch(&reference).await;
            let mut book = self.book.lock().unwrap();
            let Some(link) = book.links.get_mut(&reference) else { return };
            match fetched {
                Ok((data, bank)) => {
                    link.bank = bank;
                    link.receipts.data = data;
                    link.complete = true;
                }
                Err(error) => link.receipts.error = Some(error.message),
            }
        });
    }

    /// Waits until the consent is active or the payment made, then reads what it gives. With a consent comes its bank's ID.
    async fn fetch(&self, reference: &str) -> Result<(Map<String, Value>, Option<String>), MerchantError> {
        let (path, body, pays) = {
            let book = self.book.lock().unwrap();
            let link = book.links.get(reference).ok_or_else(MerchantError::unknown_reference)?;
            let (path, name) = link.calls();
            (path, json!({ name: link.id }), link.pays)
        };
        let until = Instant::now() + PATIENCE;
        let answer = loop {
            let answer = self.client.call(&format!("{path}/get"), &body).await?;
            let status = text(&answer, "status")?;
            match step(&status) {
                Step::Good => break answer,
                Step::Over => return Err(MerchantError::provider(format!("The link is {status}"))),
                Step::Waiting if Instant::now() > until => {
                    return Err(MerchantError::provider(format!("The link is still {status}")));
                }
                Step::Waiting => tokio::time::sleep(POLL).await,
            }
        };
        let mut data = Map::new();
        if pays {
            let mut payment = answer["intent"].clone();
            payment["status"] = answer["status"].clone();
            data.insert("payment".into(), json!([payment]));
            return Ok((data, None));
        }
        for name in ["accounts", "balances", "transactions"] {
            let rows = self.client.list(&format!("/ais/{name}/list"), name, body.clone()).await?;
            data.insert(name.into(), rows.into());
        }
        Ok((data, answer["provider_id"].as_str().map(Into::into)))
    }
}

/// By these a new consent's accounts are known to be those of the one before.
fn ibans(data: &Map<String, Value>) -> Vec<Value> {
    let accounts = data.get("accounts").and_then(Value::as_array);
    accounts.into_iter().flatten().map(|account| account["iban"].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_query_string_is_taken_byte_for_byte() {
        let query = "code=a%2fb%2B%7e&scope=A%20B&state=s";
        for url in [format!("https://app.example/back?{query}"), format!("https://app.example/?{query}#top")]
        {
            assert_eq!(query_string(&json!({ "url": url })).unwrap(), query);
        }
        assert_eq!(
            query_string(&json!({ "url": "https://a.example", "queryString": query })).unwrap(),
            query
        );
        assert_eq!(query_string(&json!({ "url": "https://app.example/back" })), None);
    }
}
