//! Calls Fiskil's API with the merchant's credentials. Neither they nor the token leave this file.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::merchant::error::MerchantError;
use crate::{CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET};

const BASE_URL: &str = "https://api.fiskil.com/v1";
const AUTH_SERVER: &str = "https://auth.fiskil.com";
/// A token this close to its end is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// The merchant's account at Fiskil.
#[derive(Clone)]
pub struct Account {
    /// `FISKIL_CLIENT_ID`
    pub client_id: String,
    /// `FISKIL_CLIENT_SECRET`
    pub client_secret: String,
    /// `FISKIL_WEBHOOK_SECRET`
    pub webhook_secret: String,
    /// `FISKIL_BASE_URL`, such as `https://api.fiskil.com/v1`
    pub base_url: String,
    /// `FISKIL_AUTH_SERVER`, such as `https://auth.fiskil.com`
    pub auth_server: String,
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
        Self::from_variables(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        const ALL: [&str; 5] = [
            "FISKIL_CLIENT_ID",
            "FISKIL_CLIENT_SECRET",
            "FISKIL_WEBHOOK_SECRET",
            "FISKIL_BASE_URL",
            "FISKIL_AUTH_SERVER",
        ];
        let Some(set) = ALL.into_iter().find(|name| variable(name).is_some()) else {
            return Ok(None);
        };
        let needed =
            |name| variable(name).with_context(|| format!("{set} is set, so {name} must be set too"));
        let url = |name, default: &str| {
            let text = variable(name).unwrap_or_else(|| default.into());
            match Url::parse(&text) {
                Ok(url) if url.scheme() == "https" || url.scheme() == "http" => {
                    Ok(text.trim_end_matches('/').to_owned())
                }
                _ => bail!("{name} must be an http or https URL"),
            }
        };
        Ok(Some(Self {
            client_id: needed(ALL[0])?,
            client_secret: needed(ALL[1])?,
            webhook_secret: needed(ALL[2])?,
            base_url: url(ALL[3], BASE_URL)?,
            auth_server: url(ALL[4], AUTH_SERVER)?,
        }))
    }

    pub(super) fn simulated(origin: &str) -> Self {
        Self {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            webhook_secret: WEBHOOK_SECRET.into(),
            base_url: format!("{origin}/v1"),
            auth_server: origin.into(),
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
    expiry: Instant,
}

impl Client {
    pub fn new(account: Account) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { account, http, token: tokio::sync::Mutex::default() })
    }

    /// Calls the API with the token. A 401 is answered once with a new one.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, MerchantError> {
        let mut refused = None;
        loop {
            let token = self.token(refused.as_deref()).await?;
            let mut request = self
                .http
                .request(method.clone(), format!("{}{path}", self.account.base_url))
                .bearer_auth(&token)
                .query(query);
            if let Some(body) = body {
                request = request.json(body);
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
            && Instant::now() + TOKEN_MARGIN < token.expiry
            && refused != Some(&token.text)
        {
            return Ok(token.text.clone());
        }
        let credentials =
            json!({ "client_id": self.account.client_id, "client_secret": self.account.client_secret });
        let url = format!("{}/token", self.account.base_url);
        let response = self.http.post(url).json(&credentials).send().await.map_err(unreachable)?;
        let answer = read(response).await?;
        let token = text(&answer, "token")?;
        let lifetime = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or_default());
        *kept = Some(Token { text: token.clone(), expiry: Instant::now() + lifetime });
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
    let reason = body["message"].as_str().unwrap_or("it gave no reason");
    let id = body["id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default();
    Err(MerchantError::provider(format!("Fiskil answered {}: {reason}{id}", status.as_u16())))
}

fn unreachable(error: reqwest::Error) -> MerchantError {
    // without the URL, which carries IDs
    MerchantError::provider(format!("Fiskil cannot be reached: {}", error.without_url()))
}

/// A string that the answer must have.
pub(super) fn text(answer: &Value, field: &str) -> Result<String, MerchantError> {
    let text = answer[field].as_str().map(Into::into);
    text.ok_or_else(|| MerchantError::provider(format!("Fiskil's answer lacks {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)]) -> anyhow::Result<Option<Account>> {
        Account::from_variables(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
    }

    const COMPLETE: [(&str, &str); 3] =
        [("FISKIL_CLIENT_ID", "id"), ("FISKIL_CLIENT_SECRET", "s3cret"), ("FISKIL_WEBHOOK_SECRET", "hook")];

    #[test]
    fn the_environment_makes_an_account_or_says_what_is_missing() {
        assert!(account(&[]).unwrap().is_none());
        let complete = account(&COMPLETE).unwrap().unwrap();
        assert_eq!((complete.base_url.as_str(), complete.auth_server.as_str()), (BASE_URL, AUTH_SERVER));
        let error = account(&COMPLETE[..2]).unwrap_err().to_string();
        assert_eq!(error, "FISKIL_CLIENT_ID is set, so FISKIL_WEBHOOK_SECRET must be set too");
        let mut wrong = COMPLETE.to_vec();
        wrong.push(("FISKIL_BASE_URL", "api.fiskil.com"));
        assert_eq!(account(&wrong).unwrap_err().to_string(), "FISKIL_BASE_URL must be an http or https URL");
    }

    #[test]
    fn no_secret_is_printed() {
        let printed = format!("{:?}", account(&COMPLETE).unwrap().unwrap());
        assert!(!printed.contains("s3cret") && !printed.contains("hook"), "{printed}");
    }
}
