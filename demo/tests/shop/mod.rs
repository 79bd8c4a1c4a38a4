//! A demo, and a client that speaks to its shop.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;
use std::time::Duration;

use demo::{Config, Demo};
use reqwest::{Client, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::common::{self, Answer};

pub type Bench = common::Bench<Demo>;

pub fn config() -> Config {
    Config {
        sandbox: common::config(),
        root: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/site"),
        ..Config::default()
    }
}

/// With such providers.
pub fn of(sandbox: sandbox::Config) -> Bench {
    bench(Config { sandbox, ..config() })
}

pub fn bench(config: Config) -> Bench {
    Bench { sandbox: Demo::start(config).unwrap(), http: Client::new() }
}

/// With an account in the environment.
pub fn with_account(variables: &[(&str, &str)]) -> Bench {
    let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    bench(Config { environment, ..config() })
}

impl Bench {
    pub fn merchant(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox["merchant"])
    }

    /// Starts a link at the merchant: the reference and what the launcher gets.
    pub async fn start(&self, provider: &str, body: Value) -> (String, Value) {
        let (status, started) = self.post(self.merchant(&format!("/api/{provider}/start")), body).await;
        assert_eq!(status, 200, "{started}");
        (started["ref"].as_str().unwrap().into(), started["launch"].clone())
    }

    /// Says what the page got.
    pub async fn finish(&self, provider: &str, reference: &str, result: impl Serialize) -> Answer {
        let body = json!({ "ref": reference, "result": result });
        self.post(self.merchant(&format!("/api/{provider}/finish")), body).await
    }

    pub async fn record(&self, provider: &str, reference: &str) -> Value {
        let (status, record) = self.get(self.merchant(&format!("/api/{provider}/record/{reference}"))).await;
        assert_eq!(status, 200, "{record}");
        record
    }

    /// Polls the record until nothing more is expected.
    pub async fn settled(&self, provider: &str, reference: &str) -> Value {
        for _ in 0..200 {
            let record = self.record(provider, reference).await;
            if record["pending"] == false {
                return record;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("still pending: {}", self.record(provider, reference).await);
    }

    /// Posts a webhook to the merchant.
    pub async fn webhook(&self, body: &str, signature: &str) -> StatusCode {
        self.webhook_answer(body, signature).await.0
    }

    pub async fn webhook_answer(&self, body: &str, signature: &str) -> Answer {
        let request = self.http.post(self.merchant("/webhooks/fiskil")).body(body.to_owned());
        common::answer(request.header("x-fiskil-signature", signature)).await
    }
}
