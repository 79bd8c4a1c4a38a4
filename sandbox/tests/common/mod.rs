//! A sandbox and a client that speaks to it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::ops::Deref;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use ring::hmac;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use sandbox::fiskil::{CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET};
use sandbox::{Config, Origins, Sandbox};
use serde_json::{Value, json};

/// `S`: a sandbox, or a demo with one in it.
pub struct Bench<S = Sandbox> {
    pub sandbox: S,
    pub http: Client,
}

/// A status and the JSON that came with it.
pub type Answer = (StatusCode, Value);

pub fn config() -> Config {
    Config { webhook_delay: Duration::from_millis(20), ..Config::default() }
}

pub fn bench(config: Config) -> Bench {
    Bench { sandbox: Sandbox::start(&config).unwrap(), http: Client::new() }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response: Response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

/// What a provider's page hands to its script.
pub fn given(html: &str) -> Value {
    let (_, rest) = html.split_once(r#"id="given">"#).expect("the page is given something");
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

impl<S: Deref<Target = Origins>> Bench<S> {
    pub fn fiskil(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox["fiskil"])
    }

    pub async fn post(&self, url: String, body: Value) -> Answer {
        answer(self.http.post(url).json(&body)).await
    }

    pub async fn get(&self, url: String) -> Answer {
        answer(self.http.get(url)).await
    }

    pub async fn token(&self) -> String {
        let body = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
        let (status, answer) = self.post(self.fiskil("/v1/token"), body).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().into()
    }

    /// A call to the API with a fresh token.
    pub async fn call(&self, path: &str, body: Option<Value>) -> Answer {
        let token = self.token().await;
        let request = match body {
            Some(body) => self.http.post(self.fiskil(path)).json(&body),
            None => self.http.get(self.fiskil(path)),
        };
        answer(request.bearer_auth(token)).await
    }

    pub async fn end_user(&self) -> String {
        let (status, user) =
            self.call("/v1/end-users", Some(json!({ "email": "a@example.com", "name": "A" }))).await;
        assert_eq!(status, 201, "{user}");
        user["id"].as_str().unwrap().into()
    }

    /// A session of a new end user, with these fields beside the required ones.
    pub async fn session(&self, more: Value) -> String {
        let mut body =
            json!({ "end_user_id": self.end_user().await, "cancel_uri": "https://app.example/cancel" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, session) = self.call("/v1/auth/session", Some(body)).await;
        assert_eq!(status, 201, "{session}");
        session["session_id"].as_str().unwrap().into()
    }

    /// What a consent page asks of its own server.
    pub async fn page(&self, path: &str, sess_id: &str, mut body: Value) -> Answer {
        body["sess_id"] = sess_id.into();
        self.post(self.fiskil(path), body).await
    }

    pub async fn log(&self, kind: &str) -> Vec<Value> {
        let (_, log) = self.get(self.fiskil("/__sandbox/log")).await;
        log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).cloned().collect()
    }
}

/// By another library than the simulated provider's.
pub fn sign(body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, WEBHOOK_SECRET.as_bytes());
    hex::encode(hmac::sign(&key, body.as_bytes()))
}

/// Whether the compact JWS of a webhook is `body`'s, by the key of its `kid`, says another library than the one that made it.
pub fn is_signed(keys: &Value, headers: &Value, body: &str) -> bool {
    let keys = keys["keys"].as_array().unwrap();
    let Some(key) = keys.iter().find(|key| key["kid"] == headers["x-signature-kid"]) else { return false };
    let number = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let key = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    let (message, signed) = headers["x-signature"].as_str().unwrap().rsplit_once('.').unwrap();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(message.split_once('.').unwrap().1).unwrap();
    let signed = BASE64_URL_SAFE_NO_PAD.decode(signed).unwrap();
    let verified = key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signed);
    verified.is_ok() && payload == body.as_bytes()
}
