//! Fiskil as a merchant's server uses it. `FISKIL_*` in the environment point it at the real service.

mod client;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use super::error::MerchantError;
use super::links::{Finish, Receipts, Start, Started, Webhook, reference};
use super::{LOAD_TIMEOUT_MS, Listing, Provider, ScenarioListing, TIMEOUT_MS, own_url};
use crate::providers::fiskil::scenario::{ALL_MODES, Scenario};
use crate::{Config, Origins};
use client::{Client, text};

pub use client::Account;

/// How long webhooks are waited for after a link was finished.
const PATIENCE: Duration = Duration::from_secs(60);
const BANKING: &str = "banking.transactions.sync.completed";
const ENERGY: &str = "energy.usage.sync.completed";

pub(crate) fn provider(origins: &Origins, config: &Config) -> anyhow::Result<Provider> {
    let live = config.fiskil.is_some();
    let account = config.fiskil.clone().unwrap_or_else(|| Account::simulated(&origins.fiskil));
    // a real bank's own pages may come up inside the frame
    let frames =
        if live { vec!["https:".into()] } else { vec![origins.fiskil.clone(), origins.stranger.clone()] };
    let merchant = Arc::new(Merchant {
        origin: origins.merchant.clone(),
        live,
        client: Client::new(account)?,
        book: Mutex::default(),
    });
    Ok(Provider {
        listing: Listing {
            id: "fiskil",
            name: "Fiskil",
            country: "Australia",
            live,
            modes: ALL_MODES,
            scenarios: scenarios(live),
        },
        frames,
        routes: Router::new()
            .route("/api/fiskil/start", post(start))
            .route("/api/fiskil/finish", post(finish))
            .route("/api/fiskil/record/{reference}", get(receipts))
            .route("/webhooks/fiskil", post(webhook))
            .with_state(merchant),
    })
}

fn scenarios(live: bool) -> Vec<ScenarioListing> {
    let row =
        |id: &str, title, expect, hint, modes| ScenarioListing { id: id.into(), title, expect, hint, modes };
    let mut rows = vec![row(
        "manual",
        "Click through it",
        "completed",
        "You go through the bank’s pages yourself.",
        ALL_MODES,
    )];
    if live {
        return rows;
    }
    rows.extend(Scenario::ALL.into_iter().map(|scenario| {
        let known = scenario.describe();
        row(&scenario.name(), known.title, known.expect, known.hint, known.modes)
    }));
    // the rest is up to the page and the person at it
    rows.push(row(
        "user-cancelled",
        "You close it",
        "LINK_USER_CANCELLED",
        "Press the close button, or Cancel on this page.",
        &["overlay", "container", "popup"],
    ));
    rows.push(row(
        "container-missing",
        "No such container",
        "LINK_NOT_FOUND",
        "The page names an element that is not there.",
        &["container"],
    ));
    rows.push(row(
        "options-invalid",
        "A wrong option",
        "LINK_INVALID_OPTIONS",
        "The page passes an option that cannot be.",
        ALL_MODES,
    ));
    rows.push(row(
        "frame-blocked",
        "Blocked by the page’s policy",
        "LINK_FRAME_BLOCKED",
        "The page’s frame-src does not name the provider.",
        &["overlay", "container"],
    ));
    rows
}

struct Merchant {
    origin: String,
    live: bool,
    client: Client,
    book: Mutex<Book>,
}

/// Everything that the merchant remembers. Webhooks may arrive before the page has said which link they belong to.
#[derive(Default)]
struct Book {
    links: HashMap<String, Link>,
    consents: HashMap<String, Receipts>,
    messages: HashSet<String>,
}

struct Link {
    end_user_id: String,
    /// The consent that is to be renewed.
    renews: Option<String>,
    finished: Option<(String, Instant)>,
}

async fn start(
    State(merchant): State<Arc<Merchant>>,
    Json(wanted): Json<Start>,
) -> Result<Json<Started>, MerchantError> {
    let chosen = wanted.scenario.as_deref().unwrap_or("manual");
    let known = scenarios(merchant.live).into_iter().any(|row| row.id == chosen);
    if !known {
        return Err(MerchantError::bad_request("There is no such scenario"));
    }
    if wanted.mode.as_deref().is_some_and(|mode| !ALL_MODES.contains(&mode)) {
        return Err(MerchantError::bad_request("There is no such mode"));
    }
    let return_url = wanted.return_url.as_deref().map(|url| own_url(&merchant.origin, url)).transpose()?;

    let (end_user_id, renews) = match &wanted.reconnect {
        Some(earlier) => {
            let book = merchant.book.lock().unwrap();
            let link = book.links.get(earlier).ok_or_else(MerchantError::unknown_reference)?;
            let (consent_id, _) = link.finished.as_ref().ok_or_else(MerchantError::no_connection)?;
            (link.end_user_id.clone(), Some(consent_id.clone()))
        }
        None => {
            let person = json!({ "email": "alex.doe@example.com", "name": "Alex Doe" });
            let user = merchant.client.call(Method::POST, "/end-users", &[], Some(&person)).await?;
            (text(&user, "id")?, None)
        }
    };
    let cancel_uri = return_url.as_ref().map_or(merchant.origin.as_str(), Url::as_str);
    let mut body = json!({ "end_user_id": end_user_id, "cancel_uri": cancel_uri });
    if let Some(url) = &return_url {
        body["redirect_uri"] = url.as_str().into();
    }
    if let Some(consent_id) = &renews {
        body["arrangement_id"] = consent_id.as_str().into();
    }
    if Scenario::from_name(chosen).is_some() {
        body["scenario"] = chosen.into();
    }
    let session = merchant.client.call(Method::POST, "/auth/session", &[], Some(&body)).await?;
    let mut launch = Map::new();
    launch.insert("sessionId".into(), text(&session, "session_id")?.into());
    launch.insert("authServer".into(), merchant.client.account.auth_server.clone().into());
    match chosen {
        "never-answers" => drop(launch.insert("timeoutMs".into(), TIMEOUT_MS.into())),
        "never-loads" => drop(launch.insert("loadTimeoutMs".into(), LOAD_TIMEOUT_MS.into())),
        // an origin that the page's frame-src leaves out
        "frame-blocked" => drop(launch.insert("authServer".into(), "https://auth.fiskil.invalid".into())),
        _ => {}
    }
    let reference = reference();
    let link = Link { end_user_id, renews, finished: None };
    merchant.book.lock().unwrap().links.insert(reference.clone(), link);
    Ok(Json(Started { reference, launch: Some(launch) }))
}

/// The consent ID comes through the browser, so it counts only when the provider says that it is this end user's.
async fn finish(
    State(merchant): State<Arc<Merchant>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, MerchantError> {
    let end_user_id = {
        let book = merchant.book.lock().unwrap();
        let link = book.links.get(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        link.end_user_id.clone()
    };
    let consents = merchant
        .client
        .call(Method::GET, "/consent", &[("end_user_id", &end_user_id), ("active", "true")], None)
        .await?;
    let mut own = rows(&consents, "consents").iter().filter_map(|consent| consent["arrangement_id"].as_str());
    let consent_id = match &done.result["consentID"] {
        Value::String(claimed) => own.find(|id| id == claimed).ok_or_else(|| {
            MerchantError::new(StatusCode::FORBIDDEN, "This consent is not the session's end user's")
        })?,
        _ => own.next_back().ok_or_else(|| {
            MerchantError::new(StatusCode::CONFLICT, "The provider has no consent of this end user")
        })?,
    };
    let due = {
        let mut book = merchant.book.lock().unwrap();
        let link = book.links.get_mut(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        if link.finished.is_some() {
            return Ok(Json(json!({ "ok": true })));
        }
        link.finished = Some((consent_id.to_owned(), Instant::now()));
        let receipts = book.consents.entry(consent_id.to_owned()).or_default();
        receipts
            .webhooks
            .iter()
            .filter(|webhook| !webhook.duplicate)
            .map(|webhook| webhook.event.clone())
            .collect::<Vec<_>>()
    };
    for event in due {
        merchant.clone().fetch_in_background(consent_id.to_owned(), event);
    }
    Ok(Json(json!({ "ok": true })))
}

async fn receipts(
    State(merchant): State<Arc<Merchant>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, MerchantError> {
    let book = merchant.book.lock().unwrap();
    let link = book.links.get(&reference).ok_or_else(MerchantError::unknown_reference)?;
    let Some((consent_id, since)) = &link.finished else {
        return Ok(Json(Receipts { pending: true, ..Receipts::default() }));
    };
    let mut receipts = book.consents.get(consent_id).cloned().unwrap_or_default();
    let complete =
        ["accounts", "transactions", "energy"].iter().all(|kind| receipts.data.contains_key(*kind));
    let waited = since.elapsed() > PATIENCE;
    if waited && receipts.webhooks.is_empty() && receipts.error.is_none() {
        receipts.error =
            Some("No webhook has come. Can the provider reach /webhooks/fiskil of this server?".into());
    }
    receipts.pending = !complete && !waited && receipts.error.is_none();
    receipts.can_reconnect = true;
    receipts.same_connection = link.renews.as_ref().map(|before| before == consent_id);
    Ok(Json(receipts))
}

/// The parts of a webhook that count. Some versions of the provider's documentation put `event` into `data`.
#[derive(Deserialize)]
struct Notice {
    event: Option<String>,
    message_id: String,
    data: NoticeData,
}

#[derive(Deserialize)]
struct NoticeData {
    event: Option<String>,
    consent_id: String,
}

async fn webhook(
    State(merchant): State<Arc<Merchant>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, MerchantError> {
    let signature =
        headers.get("x-fiskil-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_signed(merchant.client.account.webhook_secret.as_bytes(), &body, signature) {
        return Err(MerchantError::new(StatusCode::UNAUTHORIZED, "The signature is not right"));
    }
    let notice: Notice = serde_json::from_slice(&body)
        .map_err(|_| MerchantError::bad_request("This is no webhook of Fiskil's"))?;
    let Some(event) = notice.event.or(notice.data.event) else {
        return Err(MerchantError::bad_request("This is no webhook of Fiskil's"));
    };
    let consent_id = notice.data.consent_id;
    let (duplicate, finished) = {
        let mut book = merchant.book.lock().unwrap();
        let duplicate = !book.messages.insert(notice.message_id.clone());
        book.consents.entry(consent_id.clone()).or_default().webhooks.push(Webhook {
            event: event.clone(),
            message_id: notice.message_id,
            verified: true,
            duplicate,
            received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        let finished =
            book.links.values().any(|link| link.finished.as_ref().is_some_and(|(id, _)| *id == consent_id));
        (duplicate, finished)
    };
    if duplicate {
        return Ok(Json(json!({ "status": "already processed" })));
    }
    // before the link is finished nobody has confirmed whose consent it is: `finish` then fetches
    if finished {
        merchant.fetch_in_background(consent_id, event);
    }
    Ok(Json(json!({ "status": "ok" })))
}

/// Compares in constant time.
fn is_signed(secret: &[u8], body: &[u8], signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

impl Merchant {
    /// What an event says is ready. The webhook is answered first: a provider gives up on slow ones.
    fn fetch_in_background(self: Arc<Self>, consent_id: String, event: String) {
        let kinds: &[(&str, &str, &str)] = match event.as_str() {
            BANKING => {
                &[("accounts", "/accounts", "accounts"), ("transactions", "/transactions", "transactions")]
            }
            ENERGY => &[("energy", "/energy/usage", "usage")],
            _ => return,
        };
        tokio::spawn(async move {
            for (kind, path, field) in kinds {
                let answer = self.client.call(Method::GET, path, &[("consent_id", &consent_id)], None).await;
                let mut book = self.book.lock().unwrap();
                let receipts = book.consents.entry(consent_id.clone()).or_default();
                match answer {
                    Ok(answer) => drop(receipts.data.insert((*kind).into(), rows(&answer, field).into())),
                    Err(error) => receipts.error = Some(error.message),
                }
            }
        });
    }
}

/// A list, whether bare or in a field.
fn rows<'a>(answer: &'a Value, field: &str) -> &'a [Value] {
    let list = if answer.is_array() { answer } else { &answer[field] };
    list.as_array().map_or(&[], Vec::as_slice)
}
