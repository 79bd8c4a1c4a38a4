//! Tells the merchant what happened, at least once: `X-Fiskil-Signature` is the HMAC-SHA256 of the body, in hex.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::store::id;
use super::{Fiskil, WEBHOOK_SECRET};

const EVENTS: [&str; 3] =
    ["consent.received", "banking.transactions.sync.completed", "energy.usage.sync.completed"];
/// This one is delivered a second time, as networks make happen: who receives it must ignore the repeat.
const REPEATED: &str = "banking.transactions.sync.completed";
const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Sends the three events of a new consent in the background.
pub(super) fn announce(fiskil: Arc<Fiskil>, consent_id: String) {
    tokio::spawn(async move {
        for event in EVENTS {
            tokio::time::sleep(fiskil.webhook_delay).await;
            let body =
                json!({ "event": event, "data": { "consent_id": consent_id }, "message_id": id("msg_") })
                    .to_string();
            deliver(&fiskil, event, &body).await;
            if event == REPEATED {
                deliver(&fiskil, event, &body).await;
            }
        }
    });
}

/// Tries until the merchant answers 2xx, five times at most, each pause twice the last.
async fn deliver(fiskil: &Fiskil, event: &str, body: &str) {
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=ATTEMPTS {
        let answer = fiskil
            .http
            .post(&fiskil.webhook_url)
            .header("content-type", "application/json")
            .header("x-fiskil-signature", sign(body.as_bytes()))
            .body(body.to_owned())
            .send()
            .await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        fiskil
            .record
            .add("webhook", json!({ "event": event, "body": body, "attempt": attempt, "status": status }));
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).expect("a key of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}
