//! finX as a merchant's server uses it. `FINX_*` in the environment point it at the real service.

mod client;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::error::MerchantError;
use super::links::{Finish, Receipts, Start, Started, reference, state};
use super::{LOAD_TIMEOUT_MS, Listing, Provider, ScenarioListing, TIMEOUT_MS, own_url};
use crate::providers::finx::scenario::{ALL_MODES, Scenario};
use crate::{Config, Origins};
use client::{Client, Tokens};

pub use client::Account;

const MANUAL: &str = "manual";
const MANUAL_ACCOUNT: &str = "manual-account";
/// The account of the documentation's example.
const KNOWN_ACCOUNT: &str = "DE82900948150000002881";
/// Days of transactions that the merchant asks for.
const SYNC_PERIOD: u32 = 90;

pub(crate) fn provider(origins: &Origins, config: &Config) -> anyhow::Result<Provider> {
    let live = config.finx.is_some();
    let account = config.finx.clone().unwrap_or_else(|| Account::simulated(&origins.finx));
    // a real bank's own pages may come up inside the frame
    let frames =
        if live { vec!["https:".into()] } else { vec![origins.finx.clone(), origins.stranger.clone()] };
    let merchant = Arc::new(Merchant {
        origin: origins.merchant.clone(),
        live,
        client: Client::new(account)?,
        links: Mutex::default(),
    });
    Ok(Provider {
        listing: Listing {
            id: "finx",
            name: "finX",
            country: "Germany",
            live,
            modes: ALL_MODES,
            scenarios: scenarios(live),
        },
        frames,
        routes: Router::new()
            .route("/api/finx/start", post(start))
            .route("/api/finx/finish", post(finish))
            .route("/api/finx/record/{reference}", get(receipts))
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
    if live {
        return rows;
    }
    rows.push(row(
        MANUAL_ACCOUNT,
        "Click through it, the account known",
        "completed",
        "The server names the person’s IBAN, so they need not choose a bank.",
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
    links: Mutex<HashMap<String, Link>>,
}

struct Link {
    flow_id: String,
    state: String,
    redirect_uri: String,
    /// Its code is being exchanged, or has been.
    taken: bool,
    /// What a code was exchanged for, once the data is there.
    tokens: Option<Tokens>,
    /// The accounts that the person comes back to.
    renews: Option<Vec<Value>>,
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
    let redirect_uri = String::from(own_url(&merchant.origin, &return_url)?);
    let state = wanted.state.filter(|state| !state.is_empty()).unwrap_or_else(state);
    let (tokens, renews) = match &wanted.reconnect {
        Some(earlier) => {
            let links = merchant.links.lock().unwrap();
            let link = links.get(earlier).ok_or_else(MerchantError::unknown_reference)?;
            let tokens = link.tokens.clone().ok_or_else(MerchantError::no_connection)?;
            (Some(tokens), Some(account_ids(&link.receipts)))
        }
        None => (None, None),
    };
    let mut body = json!({ "redirect_uri": redirect_uri, "state": state, "language": "en" });
    let scenario = Scenario::from_name(chosen);
    if scenario.is_some() {
        body["scenario"] = chosen.into();
    }
    let path = if let Some(account_ids) = &renews {
        body["account_ids"] = account_ids.as_slice().into();
        "/ongoing/sync"
    } else {
        body["accounts"] =
            if chosen == MANUAL_ACCOUNT { json!([{ "id": KNOWN_ACCOUNT }]) } else { json!([]) };
        body["sync_period"] = SYNC_PERIOD.into();
        // ongoing, so that the person can come back to it
        "/ongoing/access"
    };
    let (location, flow_id) = merchant.client.create(path, &body).await?;
    let mut launch = Map::new();
    launch.insert("location".into(), location.into());
    launch.insert("state".into(), state.as_str().into());
    match scenario {
        Some(Scenario::NeverAnswers | Scenario::Stranger) => {
            launch.insert("timeoutMs".into(), TIMEOUT_MS.into());
        }
        Some(Scenario::NeverLoads) => drop(launch.insert("loadTimeoutMs".into(), LOAD_TIMEOUT_MS.into())),
        _ => {}
    }
    let reference = reference();
    let receipts = Receipts { pending: true, ..Receipts::default() };
    let link = Link { flow_id, state, redirect_uri, taken: false, tokens, renews, receipts };
    merchant.links.lock().unwrap().insert(reference.clone(), link);
    Ok(Json(Started { reference, launch: Some(launch) }))
}

/// The code comes through the browser, so it counts only with this link's state, and when finX exchanges it.
async fn finish(
    State(merchant): State<Arc<Merchant>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, MerchantError> {
    let code = done.result["code"].as_str().filter(|code| !code.is_empty());
    let (redirect_uri, earlier) = {
        let mut links = merchant.links.lock().unwrap();
        let link = links.get_mut(&done.reference).ok_or_else(MerchantError::unknown_reference)?;
        let other_flow = done.result["flowId"].as_str().is_some_and(|id| id != link.flow_id);
        if done.result["state"] != link.state.as_str() || other_flow {
            return Err(MerchantError::new(StatusCode::FORBIDDEN, "This answer belongs to another link"));
        }
        if code.is_none() && link.tokens.is_none() {
            return Err(MerchantError::bad_request("The code is missing"));
        }
        // a code works once, and a page may be loaded again
        if std::mem::replace(&mut link.taken, true) {
            return Ok(Json(json!({ "ok": true })));
        }
        (link.redirect_uri.clone(), link.tokens.clone())
    };
    let tokens = match (code, earlier) {
        // who came back has no code: the tokens of before are good
        (None, Some(tokens)) => Ok(tokens),
        (code, _) => merchant.client.exchange(code.unwrap_or_default(), &redirect_uri).await,
    };
    match tokens {
        Ok(tokens) => {
            tokio::spawn(merchant.fetch(done.reference, tokens));
            Ok(Json(json!({ "ok": true })))
        }
        Err(error) => {
            merchant.keep(&done.reference, |receipts| {
                receipts.pending = false;
                receipts.error = Some(error.message.clone());
            });
            Err(error)
        }
    }
}

async fn receipts(
    State(merchant): State<Arc<Merchant>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, MerchantError> {
    let links = merchant.links.lock().unwrap();
    let link = links.get(&reference).ok_or_else(MerchantError::unknown_reference)?;
    let mut receipts = link.receipts.clone();
    receipts.can_reconnect = link.tokens.is_some() && !account_ids(&receipts).is_empty();
    if receipts.can_reconnect {
        receipts.same_connection = link.renews.as_ref().map(|before| *before == account_ids(&receipts));
    }
    Ok(Json(receipts))
}

fn account_ids(receipts: &Receipts) -> Vec<Value> {
    let accounts = receipts.data.get("accounts").and_then(Value::as_array);
    accounts.into_iter().flatten().map(|account| account["account_id"].clone()).collect()
}

impl Merchant {
    async fn fetch(self: Arc<Self>, reference: String, mut tokens: Tokens) {
        for kind in ["accounts", "transactions"] {
            let answer = self.client.fetch(&format!("/rest/{kind}"), &mut tokens).await;
            self.keep(&reference, |receipts| match answer {
                Ok(answer) => drop(receipts.data.insert(kind.into(), answer[kind].clone())),
                Err(error) => receipts.error = Some(error.message),
            });
        }
        if let Some(link) = self.links.lock().unwrap().get_mut(&reference) {
            link.tokens = Some(tokens);
            link.receipts.pending = false;
        }
    }

    fn keep(&self, reference: &str, change: impl FnOnce(&mut Receipts)) {
        if let Some(link) = self.links.lock().unwrap().get_mut(reference) {
            change(&mut link.receipts);
        }
    }
}
