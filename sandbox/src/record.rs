//! What the simulated providers got and sent, at `GET /__sandbox/log` of each, and of all at the merchant's.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// The largest body that a simulated provider reads, in bytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

const KEPT: usize = 1000;
/// The most that is kept of one body, in bytes of JSON.
const KEPT_OF_BODY: usize = 4 * 1024;
const HIDDEN: &str = "(hidden)";

/// The last thousand entries of each provider, in the order in which they began.
pub(crate) struct Log {
    since: (DateTime<Utc>, Instant),
    entries: Mutex<BTreeMap<&'static str, VecDeque<Entry>>>,
    count: AtomicUsize,
}

struct Entry {
    /// Of all entries there have been.
    number: usize,
    fields: Map<String, Value>,
}

impl Log {
    pub fn start() -> Arc<Self> {
        Arc::new(Self {
            since: (Utc::now(), Instant::now()),
            entries: Mutex::default(),
            count: AtomicUsize::default(),
        })
    }

    /// One provider's part of it.
    pub fn of(self: &Arc<Self>, provider: &'static str) -> Record {
        Record { log: self.clone(), provider }
    }

    /// The entries of one provider, or of all.
    pub fn show(&self, provider: Option<&str>) -> Value {
        let entries = self.entries.lock().unwrap();
        let wanted = entries.iter().filter(|(id, _)| provider.is_none_or(|wanted| wanted == **id));
        let mut wanted: Vec<&Entry> = wanted.flat_map(|(_, kept)| kept).collect();
        wanted.sort_unstable_by_key(|entry| entry.number);
        let fields: Vec<_> = wanted.into_iter().map(|entry| &entry.fields).collect();
        let since = self.since.0.to_rfc3339_opts(SecondsFormat::Millis, true);
        json!({ "since": since, "entries": fields })
    }

    /// Forgets the entries of one provider, or of all.
    pub fn forget(&self, provider: Option<&str>) {
        self.entries.lock().unwrap().retain(|id, _| provider.is_some_and(|one| one != *id));
    }
}

/// Where one provider notes what happens. Clones share the log.
#[derive(Clone)]
pub(crate) struct Record {
    log: Arc<Log>,
    provider: &'static str,
}

impl Record {
    /// Adds an entry: `kind` is `request`, `message`, `return` or `webhook`. Its number is for [`Record::complete`].
    pub fn add(&self, kind: &str, entry: Value) -> usize {
        let head = json!({
            "ms": u64::try_from(self.log.since.1.elapsed().as_millis()).unwrap_or(u64::MAX),
            "provider": self.provider,
            "kind": kind,
        });
        let mut fields = Map::new();
        for part in [head, entry] {
            if let Value::Object(part) = part {
                fields.extend(part);
            }
        }
        let number = self.log.count.fetch_add(1, Ordering::Relaxed);
        let mut entries = self.log.entries.lock().unwrap();
        let kept = entries.entry(self.provider).or_default();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Entry { number, fields });
        number
    }

    /// Notes how a request was answered, unless its entry has been dropped.
    fn complete(&self, number: usize, status: StatusCode, answer: Value) {
        let mut entries = self.log.entries.lock().unwrap();
        let kept = entries.get_mut(self.provider).into_iter().flatten();
        for Entry { fields, .. } in kept.filter(|entry| entry.number == number) {
            fields.insert("status".into(), status.as_u16().into());
            fields.insert("answer".into(), answer.clone());
        }
    }

    /// Adds `GET /__sandbox/log`, and records every other request to `router`.
    pub fn observe(self, router: Router) -> Router {
        router
            .layer(axum::middleware::from_fn_with_state(self.clone(), observe))
            .route("/__sandbox/log", get(show).with_state(self))
    }
}

async fn show(State(record): State<Record>) -> Json<Value> {
    Json(record.log.show(Some(record.provider)))
}

async fn observe(State(record): State<Record>, request: Request, next: Next) -> Response {
    // the page's own scripts and styles are no part of the protocol
    if request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // a request that is never answered is seen, too
    let number = record.add(
        "request",
        json!({
            "method": parts.method.as_str(),
            "path": without_secrets(&parts.uri.to_string()),
            "body": readable(&body, true),
            "status": null,
            "answer": null,
        }),
    );
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // a page is no part of the protocol either, and what it holds for its script is in no answer's form
    if !kind.starts_with("application/json") {
        record.complete(number, parts.status, Value::Null);
        return Response::from_parts(parts, body);
    }
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    record.complete(number, parts.status, readable(&body, false));
    Response::from_parts(parts, Body::from(body))
}

/// JSON, or a form as JSON, without secrets; as text with its length where it is long. `asked`: it is a request's.
fn readable(body: &Bytes, asked: bool) -> Value {
    let mut value = serde_json::from_slice(body).unwrap_or_else(|_| form(body));
    hide(&mut value, asked);
    let text = value.to_string();
    if text.len() <= KEPT_OF_BODY {
        return value;
    }
    let end = (0..=KEPT_OF_BODY).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    format!("{}… ({} bytes)", &text[..end], text.len()).into()
}

/// `null`: it is none.
fn form(body: &[u8]) -> Value {
    if !body.contains(&b'=') || std::str::from_utf8(body).is_err() {
        return Value::Null;
    }
    form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

fn hide(value: &mut Value, asked: bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if is_secret(name, asked) && !field.is_null() {
                    *field = HIDDEN.into();
                } else {
                    hide(field, asked);
                }
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| hide(row, asked)),
        _ => {}
    }
}

/// In an answer `code` says what went wrong; in a request it is a one-time password, or is exchanged for a token.
fn is_secret(name: &str, asked: bool) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '-'], "");
    ["token", "secret", "password", "assertion"].iter().any(|end| name.ends_with(end))
        || asked && ["code", "pin", "tan"].contains(&name.as_str())
}

pub(crate) fn without_secrets(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name, true) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", shown.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(log: &Log) -> Vec<Value> {
        log.show(None)["entries"].as_array().unwrap().clone()
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let body = |text: &str, asked| readable(&Bytes::copy_from_slice(text.as_bytes()), asked);
        assert_eq!(
            body(r#"{"a":[{"accessToken":"x","refresh_token":{"y":1}}],"code":"z","Token":null}"#, true),
            json!({ "a": [{ "accessToken": HIDDEN, "refresh_token": HIDDEN }], "code": HIDDEN, "Token": null })
        );
        assert_eq!(body(r#"{"error":{"code":"gone"}}"#, false), json!({ "error": { "code": "gone" } }));
        assert_eq!(
            body("grant_type=x&client_assertion=ey.J", true),
            json!({ "grant_type": "x", "client_assertion": HIDDEN })
        );
        assert_eq!(body("no form", true), Value::Null);
        assert_eq!(
            without_secrets("/v2/?demo=true&authorizeToken=abc&flag"),
            "/v2/?demo=true&authorizeToken=(hidden)&flag"
        );
    }

    #[test]
    fn a_long_body_is_cut_between_letters() {
        let text = json!({ "name": "é".repeat(5000) }).to_string();
        let kept = readable(&Bytes::from(text.clone()), true);
        let kept = kept.as_str().unwrap();
        assert!(kept.starts_with(r#"{"name":"éé"#) && kept.ends_with(&format!("… ({} bytes)", text.len())));
        assert!(kept.len() < KEPT_OF_BODY + 40);
    }

    #[test]
    fn the_oldest_entries_make_room() {
        let log = Log::start();
        let record = log.of("fiskil");
        let first = record.add("request", json!({ "path": "/first", "status": null }));
        for index in 0..KEPT {
            record.add("request", json!({ "path": format!("/{index}") }));
        }
        // Others' traffic pushes nothing of this one's out.
        let others = log.of("flinks");
        for _ in 0..KEPT {
            others.add("request", json!({}));
        }
        let last = record.add("request", json!({ "path": "/last", "status": null }));
        record.complete(first, StatusCode::OK, Value::Null);
        record.complete(last, StatusCode::CREATED, json!(1));
        assert_eq!(entries(&log).len(), 2 * KEPT);
        log.forget(Some("flinks"));
        let entries = entries(&log);
        assert_eq!(entries.len(), KEPT);
        assert_eq!((&entries[0]["path"], entries[0].get("status")), (&json!("/1"), None));
        let last = &entries[KEPT - 1];
        assert_eq!(
            (&last["path"], &last["status"], &last["answer"]),
            (&json!("/last"), &json!(201), &json!(1))
        );
    }
}
