//! Flinks as a merchant's server uses it. `FLINKS_*` in the environment point it at the real service.

mod client;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::error::MerchantError;
use super::links::{Finish, Receipts, Start, Started, reference, state};
use super::{LOAD_TIMEOUT_MS, Listing, Provider, ScenarioListing, TIMEOUT_MS, own_url};
use crate::providers::flinks::scenario::{ALL_MODES, Scenario};
use crate::{Config, Origins};
use client::{Authorized, Client};

pub use client::Account;

const MANUAL: &str = "manual";
/// Between two questions whether the accounts are there: the documentation's, and the sandbox's.
const POLL: Duration = Duration::from_secs(10);
const SANDBOX_POLL: Duration = Duration::from_millis(150);
/// By the documentation nobody asks for longer.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

pub(crate) fn provider(origins: &Origins, config: &Config) -> anyhow::Result<Provider> {
    let live = config.flinks.is_some();
    let account = config.flinks.clone().unwrap_or_else(|| Account::simulated(&origins.flinks));
    // a real bank's own pages may come up inside the frame
    let frames =
        if live { vec!["https:".into()] } else { vec![origins.flinks.clone(), origins.stranger.clone()] };
    let merchant = Arc::new(Merchant {
        origin: origins.merchant.clone(),
        live,
        client: Client::new(account)?,
        links: Mutex::default(),
    });
    Ok(Provider {
        listing: Listing {
            id: "flinks",
            name: "Flinks Connect",
            country: "Canada",
            live,
            modes: ALL_MODES,
            scenarios: scenarios(live),
        },
        frames,
        routes: Router::new()
            .route("/api/flinks/start", post(start))
            .route("/api/flinks/token", post(token))
            .route("/api/flinks/finish", post(finish))
            .route("/api/flinks/record/{reference}", get(receipts))
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
    links: Mutex<HashMap<String, Link>>,
}

struct Link {
    scenario: Option<Scenario>,
    /// Comes back on the return URL: Flinks Connect has no `state`.
    tag: String,
    login_id: Option<String>,
    /// The accounts that the person picked, as the page said.
    account_ids: Vec<String>,
    /// The login that the person comes back to.
    renews: Option<String>,
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
    let return_url = wanted.return_url.as_deref().map(|url| own_url(&merchant.origin, url)).transpose()?;
    let scenario = Scenario::from_name(chosen);
    let reference = reference();
    let mut link = Link {
        scenario,
        tag: state(),
        login_id: None,
        account_ids: Vec::new(),
        renews: None,
        receipts: Receipts { pending: true, ..Receipts::default() },
    };
    let mut asked = None;
    if let Some(earlier) = &wanted.reconnect {
        let login_id = {
            let links = merchant.links.lock().unwrap();
            let earlier = links.get(earlier).ok_or_else(MerchantError::unknown_reference)?;
            link.account_ids.clone_from(&earlier.account_ids);
            earlier.login_id.clone().ok_or_else(MerchantError::no_connection)?
        };
        link.renews = Some(login_id.clone());
        let authorized = merchant.client.authorize(&login_id, true).await?;
        if !authorized.asks {
            link.login_id = Some(login_id);
            merchant.links.lock().unwrap().insert(reference.clone(), link);
            tokio::spawn(merchant.fetch(reference.clone(), authorized));
            return Ok(Json(Started { reference, launch: None }));
        }
        asked = Some(authorized.request_id);
    }
    let accounts = link.account_ids.join(",");
    let mut url = Url::parse(&merchant.client.account.connect_url)
        .map_err(|_| MerchantError::provider("The URL of Flinks Connect is no URL"))?;
    let mut query = vec![("demo", "true"), ("tag", link.tag.as_str())];
    if let Some(request_id) = &asked {
        query.push(("requestId", request_id));
        if !accounts.is_empty() {
            query.push(("resumeSelectedAccounts", &accounts));
        }
    }
    // a frame tells by its events alone; with a redirectUrl it would take the whole tab along
    if let Some(return_url) = return_url.as_ref().filter(|_| matches!(mode, "popup" | "redirect")) {
        query.push(("redirectUrl", return_url.as_str()));
    }
    match scenario {
        None => query.push(("closeEnable", "true")),
        Some(Scenario::Stringify) => query.push(("stringify", "true")),
        Some(Scenario::SuccessAccounts) => query.push(("accountSelectorMultiple", "true")),
        Some(_) => {}
    }
    url.query_pairs_mut().extend_pairs(query);

    let token = merchant.client.authorize_token(scenario.map(Scenario::name).as_deref()).await?;
    let mut launch = Map::new();
    launch.insert("url".into(), url.as_str().into());
    launch.insert("authorizeToken".into(), token.into());
    match scenario {
        Some(Scenario::NeverAnswers | Scenario::Stranger) => {
            launch.insert("timeoutMs".into(), TIMEOUT_MS.into());
        }
        Some(Scenario::NeverLoads) => drop(launch.insert("loadTimeoutMs".into(), LOAD_TIMEOUT_MS.into())),
        _ => {}
    }
    merchant.links.lock().unwrap().insert(reference.clone(), link);
    Ok(Json(Started { reference, launch: Some(launch) }))
}

#[derive(Deserialize)]
struct Refresh {
    #[serde(rename = "ref")]
    reference: String,
}

/// What `getAuthorizeToken` asks for: the token of the start was refused.
async fn token(
    State(merchant): State<Arc<Merchant>>,
    Json(refresh): Json<Refresh>,
) -> Result<Json<Value>, MerchantError> {
    let scenario = {
        let links = merchant.links.lock().unwrap();
        links.get(&refresh.reference).ok_or_else(MerchantError::unknown_reference)?.scenario
    };
    let scenario = match scenario {
        Some(Scenario::TokenInvalidOnce) => Some(Scenario::Success),
        scenario => scenario,
    };
    let token = merchant.client.authorize_token(scenario.map(Scenario::name).as_deref()).await?;
    Ok(Json(json!({ "authorizeToken": token })))
}

/// The loginId comes through the browser, so it counts only when Flinks opens a session with it.
async fn finish(
    State(merchant): State<Arc<Merchant>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, MerchantError> {
    let login_id = done.result["loginId"].as_str().filter(|id| !id.is_empty());
    let login_id = login_id.ok_or_else(|| MerchantError::bad_request("The loginId is missing"))?;
    let refused = |why| Err(MerchantError::new(StatusCode::FORBIDDEN, why));
    {
        let links = merchant.links.lock().unwrap();
        let link = links.get(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        match &link.login_id {
            Some(known) if known == login_id => return Ok(Json(json!({ "ok": true }))),
            Some(_) => return refused("This link has another loginId already"),
            None => {}
        }
        if done.result["tag"].as_str().is_some_and(|tag| tag != link.tag) {
            return refused("This answer belongs to another link");
        }
    }
    let authorized = merchant.client.authorize(login_id, false).await?;
    {
        let mut links = merchant.links.lock().unwrap();
        let link = links.get_mut(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        // two of these calls may have waited for Flinks at once
        if link.login_id.is_some() {
            return Ok(Json(json!({ "ok": true })));
        }
        link.login_id = Some(login_id.into());
        let accounts = done.result["accountIds"].as_array().into_iter().flatten();
        link.account_ids = accounts.filter_map(|id| id.as_str().map(Into::into)).collect();
    }
    tokio::spawn(merchant.fetch(done.reference, authorized));
    Ok(Json(json!({ "ok": true })))
}

async fn receipts(
    State(merchant): State<Arc<Merchant>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, MerchantError> {
    let links = merchant.links.lock().unwrap();
    let link = links.get(&reference).ok_or_else(MerchantError::unknown_reference)?;
    let mut receipts = link.receipts.clone();
    receipts.can_reconnect = link.login_id.is_some();
    let login_id = link.login_id.as_ref();
    receipts.same_connection = login_id.and_then(|login_id| Some(link.renews.as_ref()? == login_id));
    Ok(Json(receipts))
}

impl Merchant {
    /// Asks until the accounts are there, and keeps what the page shows of them.
    async fn fetch(self: Arc<Self>, reference: String, authorized: Authorized) {
        let fetched = self.poll(&authorized.request_id).await;
        let mut links = self.links.lock().unwrap();
        let Some(link) = links.get_mut(&reference) else {
            return;
        };
        link.receipts.pending = false;
        match fetched {
            Ok(detail) => {
                let (accounts, transactions) = rows(&detail, &authorized.institution);
                link.receipts.data.insert("accounts".into(), accounts.into());
                link.receipts.data.insert("transactions".into(), transactions.into());
            }
            Err(error) => link.receipts.error = Some(error.message),
        }
    }

    async fn poll(&self, request_id: &str) -> Result<Value, MerchantError> {
        let since = Instant::now();
        let mut first = true;
        loop {
            if let Some(detail) = self.client.accounts_detail(request_id, first).await? {
                return Ok(detail);
            }
            first = false;
            if since.elapsed() > PATIENCE {
                return Err(MerchantError::provider("Flinks had no accounts after half an hour"));
            }
            tokio::time::sleep(if self.live { POLL } else { SANDBOX_POLL }).await;
        }
    }
}

/// Accounts and transactions in the page's words: Flinks nests the second in the first. The newest transaction first.
fn rows(detail: &Value, institution: &str) -> (Vec<Value>, Vec<Value>) {
    let (mut accounts, mut transactions) = (Vec::new(), Vec::new());
    for account in detail["Accounts"].as_array().into_iter().flatten() {
        let number = account["AccountNumber"].as_str().unwrap_or_default();
        let last_four = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
        accounts.push(json!({
            "id": account["Id"],
            "name": account["Title"],
            "number": format!("•••• {last_four}"),
            "type": account["Type"],
            "balance": account["Balance"]["Current"],
            "currency": account["Currency"],
            "institution": institution,
        }));
        for transaction in account["Transactions"].as_array().into_iter().flatten() {
            let credit = transaction["Credit"].as_f64();
            let debit = transaction["Debit"].as_f64();
            transactions.push(json!({
                "id": transaction["Id"],
                "account_id": account["Id"],
                "date": transaction["Date"],
                "description": transaction["Description"],
                "amount": credit.unwrap_or(0.0) - debit.unwrap_or(0.0),
                "currency": account["Currency"],
            }));
        }
    }
    transactions.sort_by(|one, other| other["date"].as_str().cmp(&one["date"].as_str()));
    (accounts, transactions)
}
