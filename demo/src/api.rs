//! Calls of a provider's API. The access token does not leave this file.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::ShopError;

const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// A token this close to its end is not used any more.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// One provider's API, and the access token between calls.
pub(crate) struct Api {
    /// The provider's.
    name: &'static str,
    /// What comes before the path.
    base: String,
    /// What an answer says went wrong.
    reason: fn(&Value) -> String,
    http: Client,
    token: Mutex<Option<Token>>,
}

/// An access token, and until when it is good.
pub(crate) struct Token {
    pub text: String,
    pub end: Instant,
}

impl Api {
    pub fn new(name: &'static str, base: String, reason: fn(&Value) -> String) -> anyhow::Result<Self> {
        let http = Client::builder().timeout(CALL_TIMEOUT).build()?;
        Ok(Self { name, base, reason, http, token: Mutex::default() })
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.at(Method::GET, &format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.at(Method::POST, &format!("{}{path}", self.base)).json(body)
    }

    /// An address beside the API.
    pub fn at(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// The answer, of a status of 2xx.
    pub async fn send(&self, request: RequestBuilder) -> Result<Value, ShopError> {
        let (status, answer) = self.ask(request).await?;
        self.accept(status, answer)
    }

    /// The answer, whatever its status.
    pub async fn ask(&self, request: RequestBuilder) -> Result<(StatusCode, Value), ShopError> {
        let response = request.send().await.map_err(|error| {
            // without the URL, which carries IDs
            ShopError::provider(format!("{} cannot be reached: {}", self.name, error.without_url()))
        })?;
        let status = response.status();
        Ok((status, response.json().await.unwrap_or_default()))
    }

    /// The answer where its status is of 2xx, else what it says went wrong.
    pub fn accept(&self, status: StatusCode, answer: Value) -> Result<Value, ShopError> {
        if status.is_success() {
            return Ok(answer);
        }
        let reason = (self.reason)(&answer);
        Err(ShopError::provider(format!("{} answered {}{reason}", self.name, status.as_u16())))
    }

    /// The answer to a request with the access token. A 401 is answered once, with a token that `renew` gives.
    pub async fn send_with_token<F: Future<Output = Result<Token, ShopError>>>(
        &self,
        renew: impl Fn() -> F,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Value, ShopError> {
        let mut refused = None;
        loop {
            let token = self.token(&renew, refused.as_deref()).await?;
            let (status, answer) = self.ask(request().bearer_auth(&token)).await?;
            if status != StatusCode::UNAUTHORIZED || refused.is_some() {
                return self.accept(status, answer);
            }
            refused = Some(token);
        }
    }

    /// The token that is kept, or a new one when it is near its end or is the `refused` one.
    async fn token<F: Future<Output = Result<Token, ShopError>>>(
        &self,
        renew: impl Fn() -> F,
        refused: Option<&str>,
    ) -> Result<String, ShopError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref()
            && Instant::now() + TOKEN_MARGIN < token.end
            && refused != Some(&token.text)
        {
            return Ok(token.text.clone());
        }
        let token = kept.insert(renew().await?);
        Ok(token.text.clone())
    }

    /// A text that an answer must have.
    pub fn text(&self, answer: &Value, field: &str) -> Result<String, ShopError> {
        let text = answer[field].as_str().map(Into::into);
        text.ok_or_else(|| ShopError::provider(format!("{}’s answer lacks {field}", self.name)))
    }

    /// A token that is good for so many seconds, a day at most, or for none where the answer does not say.
    pub fn issued(&self, answer: &Value, field: &str) -> Result<Token, ShopError> {
        let lifetime = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or_default()).min(A_DAY);
        Ok(Token { text: self.text(answer, field)?, end: Instant::now() + lifetime })
    }
}

/// A text of an answer that says what went wrong.
pub(crate) fn reason<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or("it gave no reason")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_that_never_ends_is_renewed_some_day() {
        let api = Api::new("A provider", String::new(), |_| String::new()).unwrap();
        let token = api.issued(&json!({ "token": "t", "expires_in": u64::MAX }), "token").unwrap();
        assert!(token.end <= Instant::now() + A_DAY);
    }
}
