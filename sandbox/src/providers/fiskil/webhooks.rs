//! Tells back ends what happened, at least once: `X-Fiskil-Signature` is the HMAC-SHA256 of the body, in hex.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::store::id;
use super::{Fiskil, WEBHOOK_SECRET};
use crate::webhooks::{Bad, Form, Headers};

const EVENTS: [&str; 3] =
    ["consent.received", "banking.transactions.sync.completed", "energy.usage.sync.completed"];
/// This one is delivered a second time, as networks make happen: who receives it must ignore the repeat.
const REPEATED: &str = "banking.transactions.sync.completed";

/// Sends the three events of a new consent in the background.
pub(super) fn announce(fiskil: Arc<Fiskil>, consent_id: String) {
    tokio::spawn(async move {
        for event in EVENTS {
            tokio::time::sleep(fiskil.setup.config.webhook_delay).await;
            let body = notice(event, &consent_id);
            fiskil.webhooks.send(None, &body);
            if event == REPEATED {
                fiskil.webhooks.send(None, &body);
            }
        }
    });
}

/// Sends an event about a consent that has ended, in the background.
pub(super) fn announce_end(fiskil: Arc<Fiskil>, consent_id: String) {
    tokio::spawn(async move {
        tokio::time::sleep(fiskil.setup.config.webhook_delay).await;
        fiskil.webhooks.send(None, &notice("consent.revoked", &consent_id));
    });
}

fn notice(event: &str, consent_id: &str) -> Value {
    json!({ "event": event, "data": { "consent_id": consent_id }, "message_id": id("msg_") })
}

pub(super) struct Signature;

impl Form for Signature {
    const BAD: &'static [Bad] = &[Bad::Forged, Bad::Altered, Bad::Replayed];
    const EVENT: &'static str = "/event";
    const SUBJECT: &'static str = "/data/consent_id";

    fn sign(&self, body: &[u8], bad: Option<Bad>) -> Headers {
        let secret = if bad.is_some() { "another-secret" } else { WEBHOOK_SECRET };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
        mac.update(body);
        vec![("x-fiskil-signature", hex::encode(mac.finalize().into_bytes()))]
    }

    fn invent(&self, last: Option<Value>) -> Value {
        let consent_id = last.as_ref().and_then(|last| last["data"]["consent_id"].as_str());
        notice(EVENTS[0], &consent_id.map_or_else(|| id("arr_"), Into::into))
    }
}
