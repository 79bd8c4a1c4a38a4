//! FinqLink. The account is `FINQLINK_CLIENT_ID`, `FINQLINK_PRIVATE_KEY_FILE`, of a private RSA key as PEM, `FINQLINK_KEY_ID`,
//! under which its public key is registered, and `FINQLINK_BASE_URL`, such as `https://sandbox-pay.finqware.com`, without the
//! version; `FINQLINK_TOKEN_URL` and `FINQLINK_WEBHOOK_URL`, by which the provider reaches `/webhooks/finqlink`, may be added.

mod assertion;
mod signature;

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use reqwest::Method;
use sandbox::finqlink::CREDITOR_IBAN;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::api::{Api, Token, reason};
use crate::backend::{Backend, Begun, CLICK_THROUGH, Desk, Earlier, Manual, Notice, Place, Wanted, fields};
use crate::error::ShopError;
use assertion::Account;
use signature::Keys;

pub(crate) use assertion::public_key;

/// Between two questions whether the provider is done.
const POLL: Duration = Duration::from_millis(300);
const MANUAL_PAYMENT: &str = "manual-payment";

pub(crate) struct Finqlink {
    api: Api,
    account: Account,
    keys: Keys,
}

#[derive(Clone)]
pub(crate) struct Link {
    id: String,
    web_id: String,
    state: String,
    pays: bool,
    /// The bank sends the person here, and this server relays what it said.
    direct: bool,
    /// The bank's ID, once the person has chosen one.
    bank: Option<String>,
}

impl Link {
    /// The calls about consents and those about payments have the same shape.
    fn calls(&self) -> (&'static str, Value) {
        let (path, name) = if self.pays { ("/links", "link_id") } else { ("/ais/consents", "consent_id") };
        (path, json!({ name: self.id }))
    }
}

impl Backend for Finqlink {
    const ID: &'static str = "finqlink";
    const BY_HAND: &'static [Manual] = &[
        Manual { title: "Share accounts, click through it", ..CLICK_THROUGH },
        Manual {
            id: MANUAL_PAYMENT,
            title: "Pay, click through it",
            hint: "You confirm a payment of 100.50 RON on the bank’s pages yourself.",
        },
    ];

    type Link = Link;

    fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        let (account, live) = Account::new(place)?;
        let why = |answer: &Value| {
            let field = if answer["message"].is_string() { "message" } else { "error_description" };
            let id = answer["request_id"].as_str().map(|id| format!(" (request {id})")).unwrap_or_default();
            format!(": {}{id}", reason(answer, field))
        };
        let api = Api::new("FinqLink", account.base_url.clone(), why)?;
        Ok((Self { api, account, keys: Keys::default() }, live))
    }

    async fn begin(&self, wanted: &Wanted, earlier: Option<Earlier<Link>>) -> Result<Begun<Link>, ShopError> {
        let (return_url, state) = (wanted.return_url(), wanted.state());
        let scenario = wanted.scenario.as_str();
        let pays = matches!(scenario, MANUAL_PAYMENT | "payment" | "funds-rejected");
        let direct = matches!(scenario, "direct-sca" | "direct-sca-denied");
        let earlier_bank = earlier.and_then(|earlier| earlier.link.bank);
        let bank = earlier_bank.or_else(|| direct.then(|| "bt_ro".to_owned()));

        let mut redirect_url = return_url.clone();
        let mut options = json!({ "webhook_url": self.account.webhook_url });
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
        if wanted.is_played {
            body["scenario"] = scenario.into();
        }
        let path = if pays { "/links/create" } else { "/ais/consents/create" };
        let created = self.call(path, &body).await?;
        let text = |field| self.api.text(&created, field);
        let link = Link {
            id: text(if pays { "link_id" } else { "consent_id" })?,
            web_id: text("web_id")?,
            state: state.clone(),
            pays,
            direct,
            bank: None,
        };
        let launch = json!({ "url": text("web_url")?, "state": state, "returnUrl": return_url.as_str() });
        Ok(Begun { link, launch: Some(fields(launch)) })
    }

    fn check(link: &Link, result: &Value) -> Result<(), ShopError> {
        let claims = [(&result["state"], &link.state), (&result["params"]["web_id"], &link.web_id)];
        if claims.into_iter().any(|(claimed, own)| claimed.as_str().is_some_and(|claimed| claimed != own)) {
            return Err(ShopError::another_link());
        }
        Ok(())
    }

    async fn confirm(&self, link: Link, result: &Value) -> Result<Link, ShopError> {
        let (path, body) = link.calls();
        if link.direct {
            let query = query_string(result)
                .ok_or_else(|| ShopError::bad_request("The bank’s query string is missing"))?;
            let relayed = json!({ "client_id": self.account.client_id, "query_string": query, "sync": true });
            self.call(&format!("{path}/redirect"), &relayed).await?;
        }
        let answer = self.call(&format!("{path}/get"), &body).await?;
        let status = self.api.text(&answer, "status")?;
        match Step::of(&status) {
            Step::Over => {
                Err(ShopError::new(StatusCode::CONFLICT, format!("FinqLink says that this link is {status}")))
            }
            Step::Waiting | Step::Good => Ok(link),
        }
    }

    /// Waits until the consent is active or the payment made, then reads what it gives.
    async fn fetch(&self, mut link: Link, desk: &dyn Desk) -> Result<Link, ShopError> {
        let (path, body) = link.calls();
        let until = Instant::now() + Self::PATIENCE;
        let answer = loop {
            let answer = self.call(&format!("{path}/get"), &body).await?;
            let status = self.api.text(&answer, "status")?;
            match Step::of(&status) {
                Step::Good => break answer,
                Step::Over => return Err(ShopError::provider(format!("The link is {status}"))),
                Step::Waiting if Instant::now() > until => {
                    return Err(ShopError::provider(format!("The link is still {status}")));
                }
                Step::Waiting => tokio::time::sleep(POLL).await,
            }
        };
        if link.pays {
            let mut payment = answer["intent"].clone();
            payment["status"] = answer["status"].clone();
            desk.keep("payment", json!([payment]));
            return Ok(link);
        }
        for name in ["accounts", "balances", "transactions"] {
            let rows = self.list(&format!("/ais/{name}/list"), name, body.clone()).await?;
            desk.keep(name, rows.into());
        }
        link.bank = answer["provider_id"].as_str().map(Into::into);
        Ok(link)
    }

    /// By the IBANs a new consent's accounts are known to be those of the one before.
    fn connection(link: &Link, data: &Map<String, Value>) -> Option<Value> {
        link.bank.as_ref()?;
        let accounts = data.get("accounts")?.as_array()?;
        Some(accounts.iter().map(|account| account["iban"].clone()).collect())
    }

    fn subject(link: &Link) -> &str {
        &link.id
    }

    fn last_notice(&self, link: &Link) -> Option<&'static str> {
        self.account.webhook_url.as_ref().map(|_| if link.pays { "funds_received" } else { "active" })
    }

    async fn notice(&self, _hook: &str, headers: &HeaderMap, body: &Bytes) -> Result<Notice, ShopError> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (kid, jws) = (header("x-signature-kid"), header("x-signature"));
        let refused = || ShopError::new(StatusCode::UNAUTHORIZED, "The signature is not right");
        if kid.is_empty() || jws.is_empty() {
            return Err(refused());
        }
        let keys = self.keys.with(kid, || self.api.send(self.api.get("/.well-known/jwks.json"))).await?;
        if !signature::is_signed(&keys, kid, jws, body) {
            return Err(refused());
        }
        let wrong = || ShopError::bad_request("This is no webhook of FinqLink’s");
        let said: Value = serde_json::from_slice(body).map_err(|_| wrong())?;
        let event = said["type"].as_str().ok_or_else(wrong)?;
        let id = said["consent_id"].as_str().or(said["link_id"].as_str()).ok_or_else(wrong)?;
        let status = said["status"].as_str().filter(|_| event != "job_status_update");
        Ok(Notice {
            subject: id.into(),
            event: event.into(),
            // the provider names none
            message_id: hex::encode(&Sha256::digest(body)[..12]),
            status: status.map(Into::into),
        })
    }
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

impl Step {
    fn of(status: &str) -> Self {
        match status {
            "active" | "submitted" | "completed" | "funds_received" => Self::Good,
            "failed" | "expired" | "revoked" | "suspended" | "funds_rejected" => Self::Over,
            _ => Self::Waiting,
        }
    }
}

impl Finqlink {
    /// `path` is one under `/v2`.
    async fn call(&self, path: &str, body: &Value) -> Result<Value, ShopError> {
        self.api.send_with_token(|| self.token(), || self.api.post(&format!("/v2{path}"), body)).await
    }

    /// Every row of a list, page by page.
    async fn list(&self, path: &str, name: &str, mut body: Value) -> Result<Vec<Value>, ShopError> {
        let mut rows = Vec::new();
        body["pagination"] = json!({ "limit": 100 });
        loop {
            let mut answer = self.call(path, &body).await?;
            if let Value::Array(page) = answer[name].take() {
                rows.extend(page);
            }
            let pagination = &answer["pagination"];
            if pagination["more?"] != true || !pagination["after"].is_string() {
                return Ok(rows);
            }
            body["pagination"]["after"] = pagination["after"].clone();
        }
    }

    async fn token(&self) -> Result<Token, ShopError> {
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.account.client_id)
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", "pay_by_link")
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &self.account.assertion()?)
            .finish();
        let request = self.api.at(Method::POST, &self.account.token_url);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        self.api.issued(&self.api.send(request).await?, "access_token")
    }
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
