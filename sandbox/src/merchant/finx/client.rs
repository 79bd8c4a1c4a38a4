//! Calls finX's API with the merchant's credentials. Neither they nor a user's tokens leave the back end.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::merchant::environment::{Variables, of_process};
use crate::merchant::error::MerchantError;
use crate::{FINX_CLIENT_ID, FINX_CLIENT_SECRET};

const BASE_URL: &str = "https://api.finx-s.qwist.cloud";
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// The merchant's account at finX.
#[derive(Clone)]
pub struct Account {
    /// `FINX_CLIENT_ID`
    pub client_id: String,
    /// `FINX_CLIENT_SECRET`
    pub client_secret: String,
    /// `FINX_BASE_URL`, such as `https://api.finx-s.qwist.cloud`
    pub base_url: String,
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
        const ALL: [&str; 3] = ["FINX_CLIENT_ID", "FINX_CLIENT_SECRET", "FINX_BASE_URL"];
        let Some(variables) = Variables::find(&ALL, lookup) else {
            return Ok(None);
        };
        Ok(Some(Self {
            client_id: variables.needed(ALL[0])?,
            client_secret: variables.needed(ALL[1])?,
            base_url: variables.url(ALL[2], BASE_URL.into())?,
        }))
    }

    /// The one account of the simulated finX at `origin`.
    #[must_use]
    pub fn simulated(origin: &str) -> Self {
        Self {
            client_id: FINX_CLIENT_ID.into(),
            client_secret: FINX_CLIENT_SECRET.into(),
            base_url: origin.into(),
        }
    }
}

/// What a code was exchanged for. The refresh token is used once: its answer brings the next.
#[derive(Clone)]
pub(super) struct Tokens {
    access: String,
    refresh: String,
}

pub(super) struct Client {
    account: Account,
    http: reqwest::Client,
}

impl Client {
    pub fn new(account: Account) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { account, http })
    }

    /// The URL that the person goes to, and the flow's ID. `path`: `/ongoing/access`, or `/ongoing/sync` to come back.
    pub async fn create(&self, path: &str, body: &Value) -> Result<(String, String), MerchantError> {
        let answer = send(self.as_client(path, body)).await?;
        Ok((text(&answer, "location")?, text(&answer, "id")?))
    }

    /// Exchanges a code, which works once.
    pub async fn exchange(&self, code: &str, redirect_uri: &str) -> Result<Tokens, MerchantError> {
        let grant = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri });
        tokens(&send(self.as_client("/auth/token", &grant)).await?)
    }

    /// Fetches data. An access token that has expired is replaced once, with `kept` as the place for the new ones.
    pub async fn fetch(&self, path: &str, kept: &mut Tokens) -> Result<Value, MerchantError> {
        let get = |token: &str| self.http.get(format!("{}{path}", self.account.base_url)).bearer_auth(token);
        let response = get(&kept.access).send().await.map_err(unreachable)?;
        if response.status() != reqwest::StatusCode::UNAUTHORIZED {
            return read(response).await;
        }
        let grant = json!({ "grant_type": "refresh_token", "refresh_token": kept.refresh });
        *kept = tokens(&send(self.as_client("/auth/token", &grant)).await?)?;
        send(get(&kept.access)).await
    }

    fn as_client(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.account.base_url));
        request.basic_auth(&self.account.client_id, Some(&self.account.client_secret)).json(body)
    }
}

async fn send(request: RequestBuilder) -> Result<Value, MerchantError> {
    read(request.send().await.map_err(unreachable)?).await
}

fn tokens(answer: &Value) -> Result<Tokens, MerchantError> {
    Ok(Tokens { access: text(answer, "access_token")?, refresh: text(answer, "refresh_token")? })
}

/// The provider's answer, or what it says went wrong.
async fn read(response: reqwest::Response) -> Result<Value, MerchantError> {
    let status = response.status();
    let body: Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    let error = body["error"].as_str().unwrap_or("no error code");
    let reason = body["error_description"].as_str().unwrap_or("it gave no reason");
    Err(MerchantError::provider(format!("finX answered {}, {error}: {reason}", status.as_u16())))
}

fn unreachable(error: reqwest::Error) -> MerchantError {
    MerchantError::provider(format!("finX cannot be reached: {}", error.without_url()))
}

/// A string that the answer must have.
fn text(answer: &Value, field: &str) -> Result<String, MerchantError> {
    let text = answer[field].as_str().map(Into::into);
    text.ok_or_else(|| MerchantError::provider(format!("finX's answer lacks {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)]) -> anyhow::Result<Option<Account>> {
        Account::from_variables(&|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn the_environment_makes_an_account_or_says_what_is_missing() {
        assert!(account(&[]).unwrap().is_none());
        let complete =
            account(&[("FINX_CLIENT_ID", "id"), ("FINX_CLIENT_SECRET", "s3cret")]).unwrap().unwrap();
        assert_eq!(complete.base_url, BASE_URL);
        assert!(!format!("{complete:?}").contains("s3cret"));
        let error = account(&[("FINX_BASE_URL", "https://api.example")]).unwrap_err().to_string();
        assert_eq!(error, "FINX_BASE_URL is set, so FINX_CLIENT_ID must be set too");
    }
}
