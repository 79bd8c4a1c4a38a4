//! Calls Flinks' API with the merchant's credentials. They do not leave this file.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::merchant::environment::{Variables, of_process};
use crate::merchant::error::MerchantError;
use crate::{FLINKS_CUSTOMER_ID, FLINKS_SECRET_KEY};

const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The merchant's account at Flinks.
#[derive(Clone)]
pub struct Account {
    /// `FLINKS_CUSTOMER_ID`
    pub customer_id: String,
    /// `FLINKS_SECRET_KEY`, which mints authorize tokens
    pub secret_key: String,
    /// `FLINKS_API_KEY`, which newer instances want for data
    pub api_key: Option<String>,
    /// `FLINKS_API_URL`; of `FLINKS_INSTANCE` `toolbox`: `https://toolbox-api.private.fin.ag`
    pub api_url: String,
    /// `FLINKS_CONNECT_URL`; of `FLINKS_INSTANCE` `toolbox`: `https://toolbox-iframe.private.fin.ag/v2/`
    pub connect_url: String,
}

// secrets must not get into a log by way of `{:?}`
impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Account").field("api_url", &self.api_url).finish_non_exhaustive()
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
        const ALL: [&str; 6] = [
            "FLINKS_INSTANCE",
            "FLINKS_CUSTOMER_ID",
            "FLINKS_SECRET_KEY",
            "FLINKS_API_KEY",
            "FLINKS_API_URL",
            "FLINKS_CONNECT_URL",
        ];
        let Some(variables) = Variables::find(&ALL, lookup) else {
            return Ok(None);
        };
        let instance = variables.needed(ALL[0])?;
        let connect_url = variables.url(ALL[5], format!("https://{instance}-iframe.private.fin.ag/v2"))?;
        Ok(Some(Self {
            customer_id: variables.needed(ALL[1])?,
            secret_key: variables.needed(ALL[2])?,
            api_key: variables.optional(ALL[3]),
            api_url: variables.url(ALL[4], format!("https://{instance}-api.private.fin.ag"))?,
            connect_url: format!("{connect_url}/"),
        }))
    }

    /// The one account of the simulated Flinks at `origin`.
    #[must_use]
    pub fn simulated(origin: &str) -> Self {
        Self {
            customer_id: FLINKS_CUSTOMER_ID.into(),
            secret_key: FLINKS_SECRET_KEY.into(),
            api_key: None,
            api_url: origin.into(),
            connect_url: format!("{origin}/v2/"),
        }
    }
}

/// What Flinks says to a `loginId`.
pub(super) struct Authorized {
    pub request_id: String,
    /// The bank's name.
    pub institution: String,
    /// The bank has a question first, which the person answers in Flinks Connect.
    pub asks: bool,
}

pub(super) struct Client {
    pub account: Account,
    http: reqwest::Client,
}

impl Client {
    pub fn new(account: Account) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { account, http })
    }

    /// A token for one opening of Flinks Connect, or for one Authorize: used once, within 30 minutes.
    /// `scenario` is the simulated Flinks' own.
    pub async fn authorize_token(&self, scenario: Option<&str>) -> Result<String, MerchantError> {
        let body = scenario.map_or_else(|| json!({}), |scenario| json!({ "scenario": scenario }));
        let request = self.http.post(self.path("GenerateAuthorizeToken")).json(&body);
        let (_, answer) = send(request.header("flinks-auth-key", &self.account.secret_key)).await?;
        text(&answer, "Token")
    }

    /// Asks for what `login_id` stands for: as Flinks has it, or `live` from the bank.
    pub async fn authorize(&self, login_id: &str, live: bool) -> Result<Authorized, MerchantError> {
        let token = self.authorize_token(None).await?;
        let mut body = json!({ "LoginId": login_id, "MostRecentCached": !live });
        if live {
            body["Save"] = true.into();
        }
        let request = self.http.post(self.path("Authorize")).header("flinks-auth-key", token).json(&body);
        let (status, answer) = send(request).await?;
        let asks = live && status == StatusCode::NON_AUTHORITATIVE_INFORMATION;
        // an answer with a question names no login
        if !asks && answer["Login"]["Id"] != login_id {
            return Err(MerchantError::provider("Flinks answered for another loginId"));
        }
        Ok(Authorized {
            request_id: text(&answer, "RequestId")?,
            institution: answer["Institution"].as_str().unwrap_or_default().into(),
            asks,
        })
    }

    /// The accounts, or `None` while they are being fetched from the bank. `first`: nobody has asked for them yet.
    pub async fn accounts_detail(
        &self,
        request_id: &str,
        first: bool,
    ) -> Result<Option<Value>, MerchantError> {
        let request = if first {
            self.http.post(self.path("GetAccountsDetail")).json(&json!({ "RequestId": request_id }))
        } else {
            self.http.get(self.path(&format!("GetAccountsDetailAsync/{request_id}")))
        };
        let request = match &self.account.api_key {
            Some(key) => request.header("x-api-key", key),
            None => request,
        };
        let (status, answer) = send(request).await?;
        Ok((status != StatusCode::ACCEPTED).then_some(answer))
    }

    fn path(&self, name: &str) -> String {
        format!("{}/v3/{}/BankingServices/{name}", self.account.api_url, self.account.customer_id)
    }
}

/// The provider's answer, or what it says went wrong.
async fn send(request: RequestBuilder) -> Result<(StatusCode, Value), MerchantError> {
    // without the URL, which carries IDs
    let unreachable = |error: reqwest::Error| {
        MerchantError::provider(format!("Flinks cannot be reached: {}", error.without_url()))
    };
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    let body: Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok((status, body));
    }
    let code = body["FlinksCode"].as_str().unwrap_or("no FlinksCode");
    let reason = body["Message"].as_str().unwrap_or("it gave no reason");
    Err(MerchantError::provider(format!("Flinks answered {}, {code}: {reason}", status.as_u16())))
}

/// A string that the answer must have.
fn text(answer: &Value, field: &str) -> Result<String, MerchantError> {
    let text = answer[field].as_str().map(Into::into);
    text.ok_or_else(|| MerchantError::provider(format!("Flinks' answer lacks {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)]) -> anyhow::Result<Option<Account>> {
        Account::from_variables(&|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
    }

    const COMPLETE: [(&str, &str); 3] =
        [("FLINKS_INSTANCE", "toolbox"), ("FLINKS_CUSTOMER_ID", "id"), ("FLINKS_SECRET_KEY", "s3cret")];

    #[test]
    fn the_environment_makes_an_account_or_says_what_is_missing() {
        assert!(account(&[]).unwrap().is_none());
        let complete = account(&COMPLETE).unwrap().unwrap();
        assert_eq!(complete.api_url, "https://toolbox-api.private.fin.ag");
        assert_eq!(complete.connect_url, "https://toolbox-iframe.private.fin.ag/v2/");
        let error = account(&COMPLETE[..2]).unwrap_err().to_string();
        assert_eq!(error, "FLINKS_INSTANCE is set, so FLINKS_SECRET_KEY must be set too");
        let mut other = COMPLETE.to_vec();
        other.push(("FLINKS_CONNECT_URL", "https://shop.connect.flinks.dev/v2/"));
        assert_eq!(account(&other).unwrap().unwrap().connect_url, "https://shop.connect.flinks.dev/v2/");
        other.push(("FLINKS_API_URL", "toolbox"));
        assert_eq!(account(&other).unwrap_err().to_string(), "FLINKS_API_URL must be an http or https URL");
    }

    #[test]
    fn no_secret_is_printed() {
        let printed = format!("{:?}", account(&COMPLETE).unwrap().unwrap());
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
