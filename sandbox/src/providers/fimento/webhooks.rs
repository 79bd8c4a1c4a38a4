//! Tells every registered URL that a process was updated, in order. They carry no signature: who gets one asks the API.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::process::{Code, Process, status};
use crate::record::Record;

const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Webhooks {
    urls: Arc<Mutex<Vec<String>>>,
    queue: UnboundedSender<Value>,
}

impl Webhooks {
    pub fn start(record: Record) -> Self {
        let (queue, waiting) = unbounded_channel();
        let urls = Arc::<Mutex<Vec<String>>>::default();
        tokio::spawn(deliver_all(waiting, urls.clone(), record));
        Self { urls, queue }
    }

    /// A URL counts once.
    pub fn register(&self, url: String) {
        let mut urls = self.urls.lock().unwrap();
        if !urls.contains(&url) {
            urls.push(url);
        }
    }

    /// `bank`: the status is that bank's, not the whole process's.
    pub fn updated(&self, process: &Process, code: Code, bank: Option<&str>) {
        // fails when the runtime is ending
        let _ = self.queue.send(json!({
            "processId": process.id,
            "customerBank": bank,
            "status": status(code, Utc::now()),
        }));
    }
}

async fn deliver_all(mut waiting: UnboundedReceiver<Value>, urls: Arc<Mutex<Vec<String>>>, record: Record) {
    let http = reqwest::Client::new();
    while let Some(body) = waiting.recv().await {
        let urls = urls.lock().unwrap().clone();
        for url in urls {
            deliver(&http, &record, &url, &body).await;
        }
    }
}

async fn deliver(http: &reqwest::Client, record: &Record, url: &str, body: &Value) {
    for attempt in 1..=ATTEMPTS {
        let answer = http.post(url).json(body).send().await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        record.add(
            "webhook",
            json!({ "event": body["status"]["code"], "body": body, "attempt": attempt, "status": status }),
        );
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
