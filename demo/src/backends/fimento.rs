//! Fimento. The account is `FIMENTO_NAME`, `FIMENTO_PASSWORD`, `FIMENTO_PARTNER_BANK_ID` and `FIMENTO_BASE_URL`, which the
//! documentation does not name; `FIMENTO_WEBHOOK_URL`, by which the provider reaches `/webhooks/fimento`, may be added.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use chrono::Utc;
use reqwest::RequestBuilder;
use sandbox::fimento::{BAD_SSN, GOOD_SSN, NAME, PARTNER_BANK_ID, PASSWORD};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::api::{Api, Token};
use crate::backend::{Backend, Begun, Desk, Earlier, Notice, Place, Wanted, fields};
use crate::environment::Variables;
use crate::error::ShopError;
use crate::links::reference;

/// Between two questions whether the insights are there.
const POLL: Duration = Duration::from_millis(300);
/// Pages of transactions are read up to this one.
const LAST_PAGE: usize = 100;

pub(crate) struct Fimento {
    api: Api,
    credentials: Value,
    partner_bank_id: String,
    /// `None`: no webhooks.
    webhook_url: Option<String>,
    /// The provider's webhooks carry no signature: only it knows this part of the address.
    hook: String,
    is_registered: tokio::sync::Mutex<bool>,
}

#[derive(Clone)]
pub(crate) struct Link {
    process_id: String,
    state: String,
    return_url: String,
}

impl Backend for Fimento {
    const ID: &'static str = "fimento";
    const PROOF: &'static str = "address";

    type Link = Link;

    fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        const ALL: [&str; 5] = [
            "FIMENTO_NAME",
            "FIMENTO_PASSWORD",
            "FIMENTO_PARTNER_BANK_ID",
            "FIMENTO_BASE_URL",
            "FIMENTO_WEBHOOK_URL",
        ];
        let variables = Variables::find(&ALL, place.environment);
        let (name, password, partner_bank_id, base, webhook_url) = match &variables {
            Some(variables) => (
                variables.needed(ALL[0])?,
                variables.needed(ALL[1])?,
                variables.needed(ALL[2])?,
                variables.needed_url(ALL[3])?,
                variables.optional_url(ALL[4])?,
            ),
            None => (
                NAME.into(),
                PASSWORD.into(),
                PARTNER_BANK_ID.into(),
                place.simulated.into(),
                Some(format!("{}/webhooks/fimento", place.shop)),
            ),
        };
        let why = |answer: &Value| {
            let reasons: Vec<&str> = match &answer["message"] {
                Value::Array(reasons) => reasons.iter().filter_map(Value::as_str).collect(),
                reason => reason.as_str().into_iter().collect(),
            };
            let reasons = if reasons.is_empty() { "it gave no reason".into() } else { reasons.join(", ") };
            format!(": {reasons}")
        };
        let backend = Self {
            api: Api::new("Fimento", base, why)?,
            credentials: json!({ "name": name, "password": password }),
            partner_bank_id,
            webhook_url,
            hook: reference(),
            is_registered: tokio::sync::Mutex::new(false),
        };
        Ok((backend, variables.is_some()))
    }

    async fn begin(&self, wanted: &Wanted, earlier: Option<Earlier<Link>>) -> Result<Begun<Link>, ShopError> {
        self.register_webhook().await?;
        let (link, process) = match earlier {
            Some(Earlier { link, .. }) => {
                let process = self.another_consent(&link.process_id).await?;
                (link, process)
            }
            None => self.new_process(wanted).await?,
        };
        // the documentation calls it both a field and, in quotes, "consent-link"
        let name = if process["consent-link"].is_string() { "consent-link" } else { "consentLink" };
        let launch = json!({
            "consentLink": self.api.text(&process, name)?,
            "state": link.state,
            "returnUrl": link.return_url,
        });
        Ok(Begun { link, launch: Some(fields(launch)) })
    }

    fn check(link: &Link, result: &Value) -> Result<(), ShopError> {
        let claims = [(&result["state"], &link.state), (&result["params"]["processId"], &link.process_id)];
        if claims.into_iter().any(|(claimed, own)| claimed.as_str().is_some_and(|claimed| claimed != own)) {
            return Err(ShopError::another_link());
        }
        Ok(())
    }

    async fn confirm(&self, link: Link, _result: &Value) -> Result<Link, ShopError> {
        let process = self.process(&link).await?;
        if is_approved(&process) {
            return Ok(link);
        }
        let status = current(&process);
        Err(ShopError::new(
            StatusCode::CONFLICT,
            format!("Fimento says that the consent is not approved: {status}"),
        ))
    }

    /// Waits until the insights are there, then reads them.
    async fn fetch(&self, link: Link, desk: &dyn Desk) -> Result<Link, ShopError> {
        let until = Instant::now() + Self::PATIENCE;
        let process = loop {
            let process = self.process(&link).await?;
            match current(&process) {
                "completed" => break process,
                status if !is_approved(&process) => {
                    return Err(ShopError::provider(format!("The process is {status}")));
                }
                status if Instant::now() > until => {
                    return Err(ShopError::provider(format!("The process is still {status}")));
                }
                _ => tokio::time::sleep(POLL).await,
            }
        };
        let id = link.process_id.as_str();
        let insights = self.get("/insights", &[("processId", id)]).await?;
        let mut transactions = Vec::new();
        for page in 1..=LAST_PAGE {
            let query = [("processId", id), ("page", &page.to_string())];
            let mut answer = self.get("/insights/transactions", &query).await?;
            match answer["transactions"].take() {
                Value::Array(rows) if !rows.is_empty() => transactions.extend(rows),
                _ => break,
            }
        }
        let accounts = insights["accountsInfo"].as_array().cloned().unwrap_or_default();
        let rows =
            [("accounts", accounts), ("transactions", transactions), ("insights", by_category(&insights))];
        for (kind, rows) in rows {
            desk.keep(kind, with_currency(rows, &insights["totalBalance"]["currency"]).into());
        }
        desk.keep("statuses", statuses(&process).into());
        Ok(link)
    }

    /// One more consent flow is one of the same process.
    fn connection(link: &Link, data: &Map<String, Value>) -> Option<Value> {
        data.contains_key("insights").then(|| link.process_id.as_str().into())
    }

    fn subject(link: &Link) -> &str {
        &link.process_id
    }

    fn last_notice(&self, _link: &Link) -> Option<&'static str> {
        self.webhook_url.as_ref().map(|_| "completed")
    }

    /// Says only that something has changed. What it says is shown, and the process is asked.
    async fn notice(&self, hook: &str, _headers: &HeaderMap, body: &Bytes) -> Result<Notice, ShopError> {
        if hook != self.hook {
            return Err(ShopError::new(StatusCode::NOT_FOUND, "There is no such webhook"));
        }
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let status = &said["status"];
        let (Some(id), Some(event)) = (said["processId"].as_str(), status["code"].as_str()) else {
            return Err(ShopError::bad_request("This is no webhook of Fimento’s"));
        };
        let at = status["timestamp"].as_str().unwrap_or_default();
        Ok(Notice {
            subject: id.into(),
            event: event.into(),
            message_id: format!("{event} {at}"),
            status: None,
        })
    }

    /// The link to the visualisation is short-lived.
    async fn look(&self, link: &Link, data: &mut Map<String, Value>) -> Result<(), ShopError> {
        let mut answer =
            self.get("/insights/visualisation-link", &[("processId", link.process_id.as_str())]).await?;
        data.insert("visualisationUrl".into(), answer["visualisationUrl"].take());
        Ok(())
    }
}

impl Fimento {
    async fn new_process(&self, wanted: &Wanted) -> Result<(Link, Value), ShopError> {
        let (return_url, state) = (wanted.return_url(), wanted.state());
        let mut redirect_url = return_url.clone();
        redirect_url.query_pairs_mut().append_pair("state", &state);
        let mut body = json!({
            "market": "SE",
            "dataCollectionType": "transaction-categorisation",
            "redirectUrl": redirect_url.as_str(),
        });
        if wanted.is_played {
            body["scenario"] = wanted.scenario.as_str().into();
            let number = if wanted.scenario == "bad-data" { BAD_SSN } else { GOOD_SSN };
            body["socialSecurityNumber"] = number.into();
        }
        let key = Uuid::new_v4().to_string();
        let process = self.call(|| self.api.post("/process", &body).header("idempotency-key", &key)).await?;
        let process_id = self.api.text(&process, "_id")?;
        Ok((Link { process_id, state, return_url: return_url.into() }, process))
    }

    /// One more consent flow in the process of an earlier link, with that one's return URL and state.
    async fn another_consent(&self, process_id: &str) -> Result<Value, ShopError> {
        // a flow that was asked for and never gone through gets another link
        let process = self.get(&format!("/process/{process_id}"), &[]).await?;
        let call = if is_undecided(&process) { "consent-link" } else { "consent" };
        self.call(|| self.api.post(&format!("/process/{process_id}/{call}"), &json!({}))).await
    }

    /// Once in this server's life.
    async fn register_webhook(&self) -> Result<(), ShopError> {
        let mut is_registered = self.is_registered.lock().await;
        if let Some(url) = self.webhook_url.as_ref().filter(|_| !*is_registered) {
            let body = json!({ "webhookUrl": format!("{url}/{}", self.hook) });
            self.call(|| self.api.post("/webhook", &body)).await?;
            *is_registered = true;
        }
        Ok(())
    }

    async fn process(&self, link: &Link) -> Result<Value, ShopError> {
        self.get(&format!("/process/{}", link.process_id), &[]).await
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ShopError> {
        self.call(|| self.api.get(path).query(query)).await
    }

    /// As the shop's partner bank.
    async fn call(&self, request: impl Fn() -> RequestBuilder) -> Result<Value, ShopError> {
        let token = || async {
            let answer = self.api.send(self.api.post("/login", &self.credentials)).await?;
            let valid_until = answer["valid_until"].as_i64().unwrap_or_default();
            let left = u64::try_from(valid_until - Utc::now().timestamp_millis()).unwrap_or_default();
            let end = Instant::now() + Duration::from_millis(left);
            Ok(Token { text: self.api.text(&answer, "access_token")?, end })
        };
        self.api.send_with_token(token, || request().header("partner-bank-id", &self.partner_bank_id)).await
    }
}

/// The documentation's text says null, and its example "null".
fn is_undecided(process: &Value) -> bool {
    [&process["consentFlowStatus"]["consent"], &process["consent"]]
        .iter()
        .all(|consent| consent.is_null() || **consent == "null")
}

fn is_approved(process: &Value) -> bool {
    process["consentFlowStatus"]["consent"] == "approved" || process["consent"] == "approved"
}

fn current(process: &Value) -> &str {
    process["consentFlowStatus"]["current"]["code"].as_str().unwrap_or("unknown")
}

/// The provider says it once for all.
fn with_currency(mut rows: Vec<Value>, currency: &Value) -> Vec<Value> {
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.entry("currency").or_insert_with(|| currency.clone());
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_that_is_undecided_has_two_spellings() {
        for consent in [json!(null), json!("null")] {
            assert!(is_undecided(
                &json!({ "consent": consent, "consentFlowStatus": { "consent": consent } })
            ));
        }
        for consent in ["approved", "revoked"] {
            assert!(!is_undecided(&json!({ "consent": consent })));
            assert!(!is_undecided(
                &json!({ "consent": "null", "consentFlowStatus": { "consent": consent } })
            ));
        }
    }
}
