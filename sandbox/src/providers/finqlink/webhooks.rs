//! Tells the merchant what happened, in order. `x-signature` is the compact JWS of the body, `x-signature-kid` its key's ID.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::Finqlink;
use super::keys::WebhookKeys;
use super::store::Link;
use crate::record::Record;

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// What waits to be sent, and the keys that sign it.
pub(super) struct Webhooks {
    queue: UnboundedSender<Notice>,
    keys: Keys,
}

/// Made when the first one is needed.
type Keys = Arc<OnceLock<Mutex<WebhookKeys>>>;

struct Notice {
    url: String,
    body: Value,
}

fn keys(keys: &Keys) -> &Mutex<WebhookKeys> {
    keys.get_or_init(|| Mutex::new(WebhookKeys::generate()))
}

impl Webhooks {
    /// `delay`: before each one.
    pub fn start(record: Record, delay: Duration) -> Self {
        let (queue, waiting) = unbounded_channel();
        let keys = Keys::default();
        tokio::spawn(deliver_all(waiting, keys.clone(), record, delay));
        Self { queue, keys }
    }

    /// `consent_status_update` or `link_status_update`.
    pub fn link_status(&self, link: &Link) {
        let kind = if link.pays() { "link_status_update" } else { "consent_status_update" };
        let mut body = json!({ "type": kind, "web_id": link.web_id, "status": link.status });
        body[link.id_name()] = link.id.to_string().into();
        self.send(link, body);
    }

    /// `job_status_update`.
    pub fn job_status(&self, consent: &Link, job_id: &str, status: &str) {
        self.send(
            consent,
            json!({
                "type": "job_status_update",
                "job_id": job_id,
                "consent_id": consent.id,
                "web_id": consent.web_id,
                "status": status,
            }),
        );
    }

    fn send(&self, link: &Link, body: Value) {
        if let Some(url) = &link.webhook_url {
            // fails when the runtime is ending
            let _ = self.queue.send(Notice { url: url.clone(), body });
        }
    }
}

async fn deliver_all(mut waiting: UnboundedReceiver<Notice>, keys: Keys, record: Record, delay: Duration) {
    let http = reqwest::Client::new();
    while let Some(notice) = waiting.recv().await {
        tokio::time::sleep_until(Instant::now() + delay).await;
        deliver(&http, &keys, &record, &notice).await;
    }
}

/// Tries until the merchant answers 2xx, five times at most, each pause twice the last.
async fn deliver(http: &reqwest::Client, all: &Keys, record: &Record, notice: &Notice) {
    let body = notice.body.to_string();
    let (kid, signature) = {
        let keys = keys(all).lock().unwrap();
        (keys.current.kid.clone(), keys.current.sign(body.as_bytes()))
    };
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=ATTEMPTS {
        let answer = http
            .post(&notice.url)
            .header("content-type", "application/json")
            .header("x-signature", &signature)
            .header("x-signature-kid", &kid)
            .body(body.clone())
            .send()
            .await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        record.add(
            "webhook",
            json!({
                "event": notice.body["type"],
                "body": body,
                "signature": signature,
                "kid": kid,
                "attempt": attempt,
                "status": status,
            }),
        );
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

pub(super) fn router(finqlink: Arc<Finqlink>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/__sandbox/rotate-keys", post(rotate))
        .with_state(finqlink)
}

async fn jwks(State(finqlink): State<Arc<Finqlink>>) -> Json<Value> {
    Json(keys(&finqlink.webhooks.keys).lock().unwrap().jwks())
}

/// Sandbox only: what happens to the real keys every 90 days.
async fn rotate(State(finqlink): State<Arc<Finqlink>>) -> StatusCode {
    keys(&finqlink.webhooks.keys).lock().unwrap().rotate();
    StatusCode::NO_CONTENT
}
