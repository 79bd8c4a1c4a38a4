//! Tells back ends what happened. `x-signature` is the compact JWS of the body, `x-signature-kid` its key's ID.

use std::sync::{Arc, Mutex, OnceLock};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::keys::{Key, WebhookKeys};
use super::link::Link;
use super::{Finqlink, Shared};
use crate::tokens::random;
use crate::webhooks::{Bad, Form, Headers, Webhooks};

/// The keys are made when the first one is needed.
#[derive(Default)]
pub(super) struct Jws(OnceLock<Mutex<WebhookKeys>>);

impl Jws {
    fn keys(&self) -> &Mutex<WebhookKeys> {
        self.0.get_or_init(|| Mutex::new(WebhookKeys::generate()))
    }
}

impl Form for Jws {
    const BAD: &'static [Bad] = &[Bad::Forged, Bad::Altered, Bad::UnknownKid, Bad::Replayed];
    const EVENT: &'static str = "/type";
    const SUBJECT: &'static str = "/web_id";

    fn sign(&self, body: &[u8], bad: Option<Bad>) -> Headers {
        let mut other = bad.map(|_| Key::generate());
        let keys = self.keys().lock().unwrap();
        if let Some(other) = other.as_mut().filter(|_| bad == Some(Bad::Forged)) {
            other.kid.clone_from(&keys.current.kid);
        }
        let key = other.as_ref().unwrap_or(&keys.current);
        vec![("x-signature", key.sign(body)), ("x-signature-kid", key.kid.clone())]
    }

    fn invent(&self, last: Option<Value>) -> Value {
        last.unwrap_or_else(|| {
            json!({
                "type": "consent_status_update",
                "consent_id": Uuid::new_v4(),
                "web_id": random(27),
                "status": "active",
            })
        })
    }
}

impl Webhooks<Jws> {
    /// `consent_status_update` or `link_status_update`.
    pub fn link_status(&self, link: &Link) {
        let kind = if link.pays() { "link_status_update" } else { "consent_status_update" };
        let mut body = json!({ "type": kind, "web_id": link.web_id, "status": link.status });
        body[link.id_name()] = link.id.to_string().into();
        self.send(link.webhook_url.as_deref(), &body);
    }

    /// `job_status_update`.
    pub fn job_status(&self, consent: &Link, job_id: &str, status: &str) {
        let body = json!({
            "type": "job_status_update",
            "job_id": job_id,
            "consent_id": consent.id,
            "web_id": consent.web_id,
            "status": status,
        });
        self.send(consent.webhook_url.as_deref(), &body);
    }
}

pub(super) fn router(finqlink: Arc<Finqlink>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/__sandbox/rotate-keys", post(rotate))
        .with_state(finqlink)
}

async fn jwks(State(finqlink): Shared) -> Json<Value> {
    Json(finqlink.webhooks.form().keys().lock().unwrap().jwks())
}

/// Sandbox only: what happens to the real keys every 90 days.
async fn rotate(State(finqlink): Shared) -> StatusCode {
    finqlink.webhooks.form().keys().lock().unwrap().rotate();
    StatusCode::NO_CONTENT
}
