//! Calls FinqLink's API with the merchant's credentials. Neither they nor the token leave this file.

use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::Utc;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::merchant::environment::{Variables, of_process};
use crate::merchant::error::MerchantError;
use crate::providers::finqlink::{CLIENT_ID, CLIENT_KEY, token_url};

const TOKEN_URL: &str = "https://finqware.okta.com/oauth2/ausfqbxutkZBUKUgQ417/v1/token";
/// A token this close to its end is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
const ASSERTION_SECONDS: i64 = 300;
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
const KEYS_LIFETIME: Duration = Duration::from_secs(600);
/// An unknown `kid` makes the keys be fetched again, at most this often: anybody can send one.
const KEYS_PAUSE: Duration = Duration::from_secs(1);

/// The merchant's account at FinqLink.
#[derive(Clone)]
pub struct Account {
    /// `FINQLINK_CLIENT_ID`
    pub client_id: String,
    /// The private RSA key, PEM; `FINQLINK_PRIVATE_KEY_FILE` names its file
    pub private_key: String,
    /// `FINQLINK_KEY_ID`, the `kid` under which the public key is registered
    pub key_id: String,
    /// `FINQLINK_BASE_URL`, such as `https://sandbox-pay.finqware.com`, without the version
    pub base_url: String,
    /// `FINQLINK_TOKEN_URL`, where it differs from the provider's documentation
    pub token_url: String,
    /// `FINQLINK_WEBHOOK_URL`, by which the provider reaches `/webhooks/finqlink`; `None`: no webhooks
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
    /// A variable that is missing beside others, a URL that is none, or a key that cannot be read.
    pub fn from_env() -> anyhow::Result<Option<Self>> {
        Self::from_variables(&of_process)
    }

    fn from_variables(lookup: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        const ALL: [&str; 6] = [
            "FINQLINK_CLIENT_ID",
            "FINQLINK_PRIVATE_KEY_FILE",
            "FINQLINK_KEY_ID",
            "FINQLINK_BASE_URL",
            "FINQLINK_TOKEN_URL",
            "FINQLINK_WEBHOOK_URL",
        ];
        let Some(variables) = Variables::find(&ALL, lookup) else {
            return Ok(None);
        };
        let file = variables.needed(ALL[1])?;
        let private_key =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", ALL[1]))?;
        let webhook_url = variables.optional(ALL[5]);
        Ok(Some(Self {
            client_id: variables.needed(ALL[0])?,
            private_key,
            key_id: variables.needed(ALL[2])?,
            base_url: variables.url(ALL[3], variables.needed(ALL[3])?)?,
            token_url: variables.url(ALL[4], TOKEN_URL.into())?,
            webhook_url: webhook_url.map(|url| variables.url(ALL[5], url)).transpose()?,
        }))
    }

    /// The one account of the simulated FinqLink at `origin`.
    #[must_use]
    pub fn simulated(origin: &str, merchant: &str) -> Self {
        Self {
            client_id: CLIENT_ID.into(),
            private_key: CLIENT_KEY.pem.clone(),
            key_id: CLIENT_KEY.kid.clone(),
            base_url: origin.into(),
            token_url: token_url(origin),
            webhook_url: Some(format!("{merchant}/webhooks/finqlink")),
        }
    }
}

/// Keeps the access token and the keys of the webhooks between calls.
pub(super) struct Client {
    pub account: Account,
    http: reqwest::Client,
    token: tokio::sync::Mutex<Option<Token>>,
    keys: tokio::sync::Mutex<Option<(JwkSet, Instant)>>,
}

struct Token {
    text: String,
    expiry: Instant,
}

impl Client {
    pub fn new(account: Account) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { account, http, token: tokio::sync::Mutex::default(), keys: tokio::sync::Mutex::default() })
    }

    /// Calls the API, `path` being one under `/v2`. A 401 is answered once with a new token.
    pub async fn call(&self, path: &str, body: &Value) -> Result<Value, MerchantError> {
        let mut refused = None;
        loop {
            let token = self.token(refused.as_deref()).await?;
            let url = format!("{}/v2{path}", self.account.base_url);
            let request = self.http.post(url).bearer_auth(&token).json(body);
            let response = request.send().await.map_err(unreachable)?;
            if response.status() == StatusCode::UNAUTHORIZED && refused.is_none() {
                refused = Some(token);
                continue;
            }
            return read(response, "message").await;
        }
    }

    /// Every row of a list, page by page.
    pub async fn list(&self, path: &str, name: &str, mut body: Value) -> Result<Vec<Value>, MerchantError> {
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

    /// The keys that webhooks are signed with, `kid` among them if the provider has it.
    pub async fn keys(&self, kid: &str) -> Result<JwkSet, MerchantError> {
        let mut kept = self.keys.lock().await;
        if let Some((keys, since)) = kept.as_ref() {
            let lifetime = if keys.find(kid).is_some() { KEYS_LIFETIME } else { KEYS_PAUSE };
            if since.elapsed() < lifetime {
                return Ok(keys.clone());
            }
        }
        let url = format!("{}/.well-known/jwks.json", self.account.base_url);
        let answer = read(self.http.get(url).send().await.map_err(unreachable)?, "message").await?;
        let keys: JwkSet = serde_json::from_value(answer)
            .map_err(|_| MerchantError::provider("FinqLink's keys cannot be read"))?;
        *kept = Some((keys.clone(), Instant::now()));
        Ok(keys)
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
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.account.client_id)
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", "pay_by_link")
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &self.assertion()?)
            .finish();
        let request = self
            .http
            .post(&self.account.token_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = read(request.send().await.map_err(unreachable)?, "error_description").await?;
        let token = text(&answer, "access_token")?;
        let lifetime = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or_default());
        *kept = Some(Token { text: token.clone(), expiry: Instant::now() + lifetime });
        Ok(token)
    }

    /// `private_key_jwt`, RFC 7523: used once.
    fn assertion(&self) -> Result<String, MerchantError> {
        let wrong = |_| MerchantError::provider("The private key of FINQLINK_PRIVATE_KEY_FILE is no RSA key");
        let key = EncodingKey::from_rsa_pem(self.account.private_key.as_bytes()).map_err(wrong)?;
        let header = Header { kid: Some(self.account.key_id.clone()), ..Header::new(Algorithm::RS256) };
        let now = Utc::now().timestamp();
        let claims = json!({
            "aud": self.account.token_url,
            "iss": self.account.client_id,
            "sub": self.account.client_id,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": Uuid::new_v4(),
        });
        encode(&header, &claims, &key).map_err(wrong)
    }
}

/// The provider's answer, or what its field `reason` says went wrong.
async fn read(response: reqwest::Response, reason: &str) -> Result<Value, MerchantError> {
    let status = response.status();
    let body: Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    let reason = body[reason].as_str().unwrap_or("it gave no reason");
    let id = body["request_id"].as_str().map(|id| format!(" (request {id})")).unwrap_or_default();
    Err(MerchantError::provider(format!("FinqLink answered {}: {reason}{id}", status.as_u16())))
}

fn unreachable(error: reqwest::Error) -> MerchantError {
    // without the URL, which carries IDs
    MerchantError::provider(format!("FinqLink cannot be reached: {}", error.without_url()))
}

/// A string that the answer must have.
pub(super) fn text(answer: &Value, field: &str) -> Result<String, MerchantError> {
    let text = answer[field].as_str().map(Into::into);
    text.ok_or_else(|| MerchantError::provider(format!("FinqLink's answer lacks {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)]) -> anyhow::Result<Option<Account>> {
        Account::from_variables(&|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
    }

    // any file will do for a key that is not used
    const COMPLETE: [(&str, &str); 4] = [
        ("FINQLINK_CLIENT_ID", "id"),
        ("FINQLINK_PRIVATE_KEY_FILE", "Cargo.toml"),
        ("FINQLINK_KEY_ID", "kid"),
        ("FINQLINK_BASE_URL", "https://pay.example/"),
    ];

    #[test]
    fn the_environment_makes_an_account_or_says_what_is_missing() {
        assert!(account(&[]).unwrap().is_none());
        let complete = account(&COMPLETE).unwrap().unwrap();
        assert_eq!(complete.base_url, "https://pay.example");
        assert_eq!((complete.token_url.as_str(), complete.webhook_url), (TOKEN_URL, None));
        let error = account(&COMPLETE[..3]).unwrap_err().to_string();
        assert_eq!(error, "FINQLINK_CLIENT_ID is set, so FINQLINK_BASE_URL must be set too");
        let mut wrong = COMPLETE.to_vec();
        wrong[1].1 = "no-such-file.pem";
        assert_eq!(account(&wrong).unwrap_err().to_string(), "FINQLINK_PRIVATE_KEY_FILE cannot be read");
    }

    #[test]
    fn no_secret_is_printed() {
        let printed = format!("{:?}", Account::simulated("http://127.0.0.1:1", "http://127.0.0.1:2"));
        assert!(!printed.contains("PRIVATE") && !printed.contains(CLIENT_ID), "{printed}");
    }
}
