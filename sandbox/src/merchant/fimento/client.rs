//! Calls Fimento's API with the merchant's credentials. Neither they nor the token leave this file.

use std::time::Duration;

use chrono::Utc;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::merchant::environment::{Variables, of_process};
use crate::merchant::error::MerchantError;
use crate::providers::fimento::{NAME, PARTNER_BANK_ID, PASSWORD};

/// A token this close to its end is not used any more, in milliseconds.
const TOKEN_MARGIN: i64 = 60_000;
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// The merchant's account at Fimento.
#[derive(Clone)]
pub struct Account {
    /// `FIMENTO_NAME`, of the API user
    pub name: String,
    /// `FIMENTO_PASSWORD`
    pub password: String,
    /// `FIMENTO_PARTNER_BANK_ID`
    pub partner_bank_id: String,
    /// `FIMENTO_BASE_URL`: the documentation does not name it
    pub base_url: String,
    /// `FIMENTO_WEBHOOK_URL`, by which the provider reaches `/webhooks/fimento`; `None`: no webhooks
    pub webhook_url: Option<String>,
}

// secrets must not get into a log by way of `{:?}`
impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Account").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Account {
    /// The account in the environment; `None` where no variable of it is set.
    ///
    /// # Errors
    /// A variable that is missing beside others, or a URL that is none.
    pub fn from_env() -> anyhow::Result<Option<Self>> {
        Self::from_variables(&of_process)
    }

    fn from_variables(lookup: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        const ALL: [&str; 5] = [
            "FIMENTO_NAME",
            "FIMENTO_PASSWORD",
            "FIMENTO_PARTNER_BANK_ID",
            "FIMENTO_BASE_URL",
            "FIMENTO_WEBHOOK_URL",
        ];
        let Some(variables) = Variables::find(&ALL, lookup) else {
            return Ok(None);
        };
        let webhook_url = variables.optional(ALL[4]);
        Ok(Some(Self {
            name: variables.needed(ALL[0])?,
            password: variables.needed(ALL[1])?,
            partner_bank_id: variables.needed(ALL[2])?,
            base_url: variables.url(ALL[3], variables.needed(ALL[3])?)?,
            webhook_url: webhook_url.map(|url| variables.url(ALL[4], url)).transpose()?,
        }))
    }

    pub(super) fn simulated(origin: &str, merchant: &str) -> Self {
        Self {
            name: NAME.into(),
            password: PASSWORD.into(),
            partner_bank_id: PARTNER_BANK_ID.into(),
            base_url: origin.into(),
            webhook_url: Some(format!("{merchant}/webhooks/fimento")),
        }
    }
}

/// Keeps the access token between calls.
pub(super) struct Client {
    pub account: Account,
    http: reqwest::Client,
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Token {
    text: String,
    /// Milliseconds since 1970.
    valid_until: i64,
}

impl Client {
    pub fn new(account: Account) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { account, http, token: tokio::sync::Mutex::default() })
    }

    /// GET, as the merchant's partner bank.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, MerchantError> {
        self.call(Method::GET, path, query, None, None).await
    }

    /// POST, as the merchant's partner bank. With an `idempotency_key` it can be repeated.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
        idempotency_key: Option<&str>,
    ) -> Result<Value, MerchantError> {
        self.call(Method::POST, path, &[], Some(body), idempotency_key).await
    }

    /// A 401 is answered once with a new token.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Result<Value, MerchantError> {
        let mut refused = None;
        loop {
            let token = self.token(refused.as_deref()).await?;
            let mut request = self
                .http
                .request(method.clone(), format!("{}{path}", self.account.base_url))
                .header("partner-bank-id", &self.account.partner_bank_id)
                .bearer_auth(&token)
                .query(query);
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(key) = idempotency_key {
                request = request.header("idempotency-key", key);
            }
            let response = request.send().await.map_err(unreachable)?;
            if response.status() == StatusCode::UNAUTHORIZED && refused.is_none() {
                refused = Some(token);
                continue;
            }
            return read(response).await;
        }
    }

    /// The token that is kept, or a new one when it is near its end or is the `refused` one.
    async fn token(&self, refused: Option<&str>) -> Result<String, MerchantError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref()
            && Utc::now().timestamp_millis() + TOKEN_MARGIN < token.valid_until
            && refused != Some(&token.text)
        {
            return Ok(token.text.clone());
        }
        let credentials = json!({ "name": self.account.name, "password": self.account.password });
        let url = format!("{}/login", self.account.base_url);
        let response = self.http.post(url).json(&credentials).send().await.map_err(unreachable)?;
        let answer = read(response).await?;
        let token = text(&answer, "access_token")?;
        let valid_until = answer["valid_until"].as_i64().unwrap_or_default();
        *kept = Some(Token { text: token.clone(), valid_until });
        Ok(token)
    }
}

/// The provider's answer, or what it says went wrong.
async fn read(response: reqwest::Response) -> Result<Value, MerchantError> {
    let status = response.status();
    let body: Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    let reasons: Vec<&str> = match &body["message"] {
        Value::Array(reasons) => reasons.iter().filter_map(Value::as_str).collect(),
        reason => reason.as_str().into_iter().collect(),
    };
    let reasons = if reasons.is_empty() { "it gave no reason".into() } else { reasons.join(", ") };
    Err(MerchantError::provider(format!("Fimento answered {}: {reasons}", status.as_u16())))
}

fn unreachable(error: reqwest::Error) -> MerchantError {
    // without the URL, which carries IDs
    MerchantError::provider(format!("Fimento cannot be reached: {}", error.without_url()))
}

/// A string that the answer must have.
pub(super) fn text(answer: &Value, field: &str) -> Result<String, MerchantError> {
    let text = answer[field].as_str().map(Into::into);
    text.ok_or_else(|| MerchantError::provider(format!("Fimento’s answer lacks {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)]) -> anyhow::Result<Option<Account>> {
        Account::from_variables(&|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
    }

    const COMPLETE: [(&str, &str); 4] = [
        ("FIMENTO_NAME", "user"),
        ("FIMENTO_PASSWORD", "s3cret"),
        ("FIMENTO_PARTNER_BANK_ID", "605c"),
        ("FIMENTO_BASE_URL", "https://api.example/"),
    ];

    #[test]
    fn the_environment_makes_an_account_or_says_what_is_missing() {
        assert!(account(&[]).unwrap().is_none());
        let complete = account(&COMPLETE).unwrap().unwrap();
        assert_eq!((complete.base_url.as_str(), complete.webhook_url), ("https://api.example", None));
        let error = account(&COMPLETE[..3]).unwrap_err().to_string();
        assert_eq!(error, "FIMENTO_NAME is set, so FIMENTO_BASE_URL must be set too");
        let mut wrong = COMPLETE.to_vec();
        wrong.push(("FIMENTO_WEBHOOK_URL", "localhost"));
        assert_eq!(
            account(&wrong).unwrap_err().to_string(),
            "FIMENTO_WEBHOOK_URL must be an http or https URL"
        );
    }

    #[test]
    fn no_secret_is_printed() {
        let printed = format!("{:?}", account(&COMPLETE).unwrap().unwrap());
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
