//! Tells back ends what happened: every receiver by itself, with a time limit and retries, so that one that hangs holds up nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use axum::{Json, Router};
use backon::{ExponentialBuilder, Retryable};
use reqwest::redirect::Policy;
use serde_json::{Map, Value, json};
use strum::IntoStaticStr;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::control::{Refused, text};
use crate::provider::Setup;
use crate::record::{Record, without_secrets};
use crate::urls::web_url;

const RETRIES: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long a receiver may take to answer before it is sent the next one, too. No provider promises an order, but one that
/// never changes makes for tests that never do.
const IN_ORDER: Duration = Duration::from_secs(1);

/// A webhook that a back end must not believe.
#[derive(Clone, Copy, Debug, Eq, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Bad {
    /// Signed with another key or secret than the provider's.
    Forged,
    /// Its body is not what was signed.
    Altered,
    /// Signed with a key that the provider has never published, and names that.
    UnknownKid,
    /// The last one once more.
    Replayed,
}

impl Bad {
    fn name(self) -> &'static str {
        self.into()
    }
}

/// What one provider's webhooks look like.
pub(crate) trait Form: Send + Sync + 'static {
    /// What can be wrong with one.
    const BAD: &'static [Bad];
    /// Where the body says what happened, as a JSON pointer.
    const EVENT: &'static str;
    /// Where the body says to whom.
    const SUBJECT: &'static str;

    /// The headers that prove the body; `bad`: they do not.
    fn sign(&self, body: &[u8], bad: Option<Bad>) -> Headers;

    /// The body of one that was never sent, about what the `last` one was about.
    fn invent(&self, last: Option<Value>) -> Value;
}

pub(crate) type Headers = Vec<(&'static str, String)>;

#[derive(Clone)]
struct Signed {
    /// How many there were before it.
    number: usize,
    body: String,
    headers: Headers,
}

/// Delivers one provider's webhooks. Clones share the receivers.
pub(crate) struct Webhooks<F>(Arc<Shared<F>>);

struct Shared<F> {
    form: F,
    delay: Duration,
    limit: Duration,
    record: Record,
    http: reqwest::Client,
    state: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    receivers: Vec<String>,
    /// What the last request named beside those.
    own: Option<String>,
    count: usize,
    last: Option<Signed>,
    /// For each receiver, whose turn ends when the last notice has been tried once.
    turns: HashMap<String, oneshot::Receiver<()>>,
}

impl Known {
    fn all(&self) -> Vec<String> {
        let own = self.own.iter().filter(|own| !self.receivers.contains(own));
        self.receivers.iter().chain(own).cloned().collect()
    }
}

impl<F> Clone for Webhooks<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Form> Webhooks<F> {
    /// `delay`: from what happened to its notice.
    pub fn new(form: F, delay: Duration, setup: &Setup) -> Self {
        let (receivers, limit) = (setup.receivers(), setup.config.webhook_timeout);
        // one that is redirected has not been received
        let http = reqwest::Client::builder().timeout(limit).redirect(Policy::none()).build();
        Self(Arc::new(Shared {
            form,
            delay,
            limit,
            record: setup.record.clone(),
            http: http.expect("these options fit together"),
            state: Mutex::new(Known { receivers, ..Known::default() }),
        }))
    }

    pub fn form(&self) -> &F {
        &self.0.form
    }

    /// A URL counts once.
    pub fn register(&self, url: String) {
        let receivers = &mut self.0.state.lock().unwrap().receivers;
        if !receivers.contains(&url) {
            receivers.push(url);
        }
    }

    /// Tells all who are registered, and the one that was named in the request which this is about.
    pub fn send(&self, own: Option<&str>, body: &Value) {
        let mut known = self.0.state.lock().unwrap();
        known.own = own.map(Into::into);
        let number = known.count;
        known.count += 1;
        for url in known.all() {
            let (turn, next) = oneshot::channel();
            let before = known.turns.insert(url.clone(), next);
            tokio::spawn(self.clone().deliver(url, number, body.to_string(), before, turn));
        }
    }

    /// Tries until it is answered with 2xx, each pause twice the last.
    async fn deliver(
        self,
        url: String,
        number: usize,
        body: String,
        before: Option<oneshot::Receiver<()>>,
        turn: oneshot::Sender<()>,
    ) {
        sleep(self.0.delay).await;
        if let Some(before) = before {
            // ends when the other half is dropped, as nothing is ever sent
            let _ = before.await;
        }
        let signed = Signed { number, headers: self.form().sign(body.as_bytes(), None), body };
        {
            // another receiver may have got the next one already
            let last = &mut self.0.state.lock().unwrap().last;
            if last.as_ref().is_none_or(|last| last.number < number) {
                *last = Some(signed.clone());
            }
        }
        let (mut attempt, mut turn) = (0, Some(turn));
        let try_once = || {
            attempt += 1;
            let (attempt, turn, signed, url, this) = (attempt, turn.take(), &signed, &url, &self);
            async move {
                // The next notice waits until the task that holds this turn has ended: when the first try is over, or by
                // itself where that takes long.
                let first_try = turn.map(|turn| {
                    tokio::spawn(async move {
                        sleep(IN_ORDER).await;
                        drop(turn);
                    })
                });
                let sent = this.post(url, signed, ("attempt", json!(attempt))).await;
                first_try.inspect(JoinHandle::abort);
                let taken = sent["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
                if taken { Ok(()) } else { Err(()) }
            }
        };
        let pauses = ExponentialBuilder::new().with_min_delay(FIRST_PAUSE).with_max_times(RETRIES);
        let _ = try_once.retry(pauses).await;
    }

    /// Sends it once: what is noted of that.
    async fn post(&self, url: &str, signed: &Signed, (field, value): (&str, Value)) -> Value {
        let mut request = self.0.http.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in &signed.headers {
            request = request.header(*name, value);
        }
        let answer = request.body(signed.body.clone()).send().await;
        let said: Value = serde_json::from_str(&signed.body).unwrap_or_default();
        let mut entry = json!({
            "event": said.pointer(F::EVENT),
            "url": without_secrets(url),
            "headers": signed.headers.iter().map(|(name, value)| ((*name).into(), value.as_str().into())).collect::<Map<_, _>>(),
            "body": signed.body,
            field: value,
            "status": answer.as_ref().ok().map(|answer| answer.status().as_u16()),
        });
        if let Err(error) = answer {
            entry["error"] = match error {
                late if late.is_timeout() => format!("no answer within {:?}", self.0.limit).into(),
                closed if closed.is_connect() => "nobody listens there".into(),
                other => other.without_url().to_string().into(),
            };
        }
        self.0.record.add("webhook", entry.clone());
        entry
    }

    fn bad(&self, kind: Bad) -> Result<Signed, Refused> {
        let form = self.form();
        let last = self.0.state.lock().unwrap().last.clone();
        let invented = |last: Option<&Signed>, bad| {
            let last = last.and_then(|last| serde_json::from_str(&last.body).ok());
            let body = form.invent(last).to_string();
            Signed { number: 0, headers: form.sign(body.as_bytes(), bad), body }
        };
        match kind {
            Bad::Forged | Bad::UnknownKid => Ok(invented(last.as_ref(), Some(kind))),
            Bad::Replayed => last.ok_or_else(|| {
                Refused(StatusCode::CONFLICT, "no webhook has been sent yet that could be replayed".into())
            }),
            Bad::Altered => {
                let mut signed = last.unwrap_or_else(|| invented(None, None));
                let mut body: Value = serde_json::from_str(&signed.body).unwrap_or_default();
                if let Some(subject) = body.pointer_mut(F::SUBJECT) {
                    *subject = format!("{}-altered", subject.as_str().unwrap_or_default()).into();
                }
                signed.body = body.to_string();
                Ok(signed)
            }
        }
    }

    /// The calls that control it.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/__sandbox/webhooks", get(list::<F>).post(register::<F>).delete(forget::<F>))
            .route("/__sandbox/webhooks/bad", post(send_bad::<F>))
            .with_state(self.clone())
    }
}

const RECEIVER: &str = r#"{"url":"http://127.0.0.1:3000/hooks"}"#;

async fn list<F: Form>(State(webhooks): State<Webhooks<F>>) -> Json<Value> {
    Json(json!({ "receivers": webhooks.0.state.lock().unwrap().receivers }))
}

async fn register<F: Form>(
    State(webhooks): State<Webhooks<F>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let url = web_url(&text(&body, "url", RECEIVER)?).map_err(|error| Refused::because(error.to_string()))?;
    webhooks.register(url);
    Ok((StatusCode::CREATED, list(State(webhooks)).await))
}

/// One, or without a body all.
async fn forget<F: Form>(State(webhooks): State<Webhooks<F>>, body: Bytes) -> Result<Json<Value>, Refused> {
    if body.is_empty() {
        webhooks.0.state.lock().unwrap().receivers.clear();
    } else {
        let url = text(&body, "url", RECEIVER)?;
        let receivers = &mut webhooks.0.state.lock().unwrap().receivers;
        let at = receivers.iter().position(|known| *known == url);
        let at = at.ok_or_else(|| {
            Refused(
                StatusCode::NOT_FOUND,
                format!("`{url}` is none of the receivers: {}", receivers.join(", ")),
            )
        })?;
        receivers.remove(at);
    }
    Ok(list(State(webhooks)).await)
}

/// Answers when every receiver has, with what each said: one that must be refused is sent once.
async fn send_bad<F: Form>(State(webhooks): State<Webhooks<F>>, body: Bytes) -> Result<Json<Value>, Refused> {
    let name = text(&body, "kind", r#"{"kind":"replayed"}"#)?;
    let kind = F::BAD.iter().find(|kind| kind.name() == name).copied().ok_or_else(|| {
        let known = F::BAD.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        Refused::because(format!("`{name}` is not a kind of bad webhook here: `kind` must be one of {known}"))
    })?;
    let signed = webhooks.bad(kind)?;
    let receivers = webhooks.0.state.lock().unwrap().all();
    if receivers.is_empty() {
        let reason = format!("nobody receives webhooks: register with POST /__sandbox/webhooks {RECEIVER}");
        return Err(Refused(StatusCode::CONFLICT, reason));
    }
    let sending = receivers.into_iter().map(|url| {
        let (webhooks, signed) = (webhooks.clone(), signed.clone());
        tokio::spawn(async move { webhooks.post(&url, &signed, ("bad", kind.name().into())).await })
    });
    let mut sent = Vec::new();
    for one in sending.collect::<Vec<_>>() {
        sent.push(one.await.unwrap_or_default());
    }
    Ok(Json(json!({ "sent": sent })))
}
