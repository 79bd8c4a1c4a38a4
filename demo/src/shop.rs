//! The shop's back end at one provider: it starts links, confirms what pages say of them, takes webhooks, and hands out what
//! was fetched. What differs between providers is their [`Backend`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use sandbox::Ending;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::backend::{Backend, Desk, Earlier, Place, Wanted};
use crate::error::ShopError;
use crate::links::{Finish, Receipts, Start, Started, Webhook, reference};

/// How long webhooks are waited for when everything else is there.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(8);
/// The limits of the scenarios in which one runs out, in milliseconds: nobody wants to wait for the real ones.
const TIMEOUT_MS: u64 = 2000;
const LOAD_TIMEOUT_MS: u64 = 1500;

pub(crate) struct Shop<B: Backend> {
    /// With credentials from the environment.
    pub live: bool,
    backend: B,
    provider: &'static sandbox::Provider,
    origin: Url,
    book: Mutex<Book<B::Link>>,
}

/// Everything that the shop remembers. Webhooks may arrive before the call that starts a link has been answered.
struct Book<L> {
    /// By reference.
    entries: HashMap<String, Entry<L>>,
    /// By subject.
    webhooks: HashMap<String, Vec<Webhook>>,
}

struct Entry<L> {
    link: L,
    /// The connection that the person comes back to.
    renews: Option<Value>,
    /// One answer of the page's is confirmed at a time: what it brings may be good for once.
    confirming: Arc<tokio::sync::Mutex<()>>,
    finished: Option<Instant>,
    /// Everything was fetched.
    is_complete: bool,
    data: Map<String, Value>,
    error: Option<String>,
}

impl<B: Backend> Shop<B> {
    pub fn new(place: &Place) -> anyhow::Result<Arc<Self>> {
        let (backend, live) = B::new(place)?;
        let provider = sandbox::PROVIDERS.iter().find(|provider| provider.id == B::ID);
        Ok(Arc::new(Self {
            backend,
            live,
            provider: provider.expect("every backend has a provider"),
            origin: Url::parse(place.shop)?,
            book: Mutex::new(Book { entries: HashMap::new(), webhooks: HashMap::new() }),
        }))
    }

    /// What the demo page may choose from.
    pub fn listing(&self) -> Value {
        json!({
            "id": B::ID,
            "name": self.provider.name,
            "country": self.provider.country,
            "live": self.live,
            "modes": self.provider.modes,
            "scenarios": self.scenarios(),
        })
    }

    fn scenarios(&self) -> Vec<Ending> {
        let manual = B::BY_HAND.iter().map(|row| Ending {
            id: row.id,
            title: row.title,
            expect: "completed",
            hint: row.hint,
            modes: self.provider.modes.to_vec(),
        });
        if self.live {
            return manual.take(1).collect();
        }
        let of_the_page = B::OF_THE_PAGE.iter().map(|row| Ending {
            id: row.id,
            title: row.title,
            expect: row.expect,
            hint: row.hint,
            modes: row.modes.to_vec(),
        });
        manual.chain(self.provider.endings()).chain(of_the_page).collect()
    }

    /// Under `/api/` and `/webhooks/`.
    pub fn router(self: Arc<Self>) -> Router {
        let id = B::ID;
        Router::new()
            .route(&format!("/api/{id}/start"), post(start::<B>))
            .route(&format!("/api/{id}/finish"), post(finish::<B>))
            .route(&format!("/api/{id}/token"), post(token::<B>))
            .route(&format!("/api/{id}/record/{{reference}}"), get(receipts::<B>))
            .route(&format!("/webhooks/{id}"), post(webhook::<B>))
            .route(&format!("/webhooks/{id}/{{hook}}"), post(webhook_at::<B>))
            .with_state(self)
    }

    fn check(&self, start: Start) -> Result<Wanted, ShopError> {
        let scenario = start.scenario.unwrap_or_else(|| B::BY_HAND[0].id.into());
        if !self.scenarios().into_iter().any(|row| row.id == scenario) {
            return Err(ShopError::bad_request("There is no such scenario"));
        }
        let mode = start.mode.unwrap_or_else(|| self.provider.modes[0].into());
        if !self.provider.modes.contains(&mode.as_str()) {
            return Err(ShopError::bad_request("There is no such mode"));
        }
        Ok(Wanted {
            is_played: self.provider.endings().into_iter().any(|row| row.id == scenario),
            scenario,
            mode,
            return_url: start.return_url.map(|url| self.own_url(&url)).transpose()?,
            state: start.state.filter(|state| !state.is_empty()),
            shop: self.origin.clone(),
        })
    }

    /// Where the provider sends the person back to: a page of the shop's own.
    fn own_url(&self, url: &str) -> Result<Url, ShopError> {
        let own = own_origins(&self.origin.origin().ascii_serialization());
        let parsed = Url::parse(url).ok().filter(|url| own.contains(&url.origin().ascii_serialization()));
        parsed.ok_or_else(|| ShopError::bad_request("returnUrl must be a page of this origin"))
    }

    fn with_entry<T>(
        &self,
        reference: &str,
        change: impl FnOnce(&mut Entry<B::Link>) -> T,
    ) -> Result<T, ShopError> {
        let mut book = self.book.lock().unwrap();
        book.entries.get_mut(reference).map(change).ok_or_else(ShopError::unknown_reference)
    }

    /// There is none before the page's answer has been confirmed.
    fn connection(entry: &Entry<B::Link>) -> Option<Value> {
        entry.finished?;
        B::connection(&entry.link, &entry.data)
    }

    /// The webhook is answered first, and the page's call: a provider gives up on slow ones.
    fn fetch_in_background(self: Arc<Self>, reference: String, link: B::Link) {
        tokio::spawn(async move {
            let desk = Entries { shop: self, reference };
            let fetched = desk.shop.backend.fetch(link, &desk).await;
            // It may have been reset meanwhile.
            let _ = desk.shop.with_entry(&desk.reference, |entry| match fetched {
                Ok(link) => {
                    entry.link = link;
                    entry.is_complete = true;
                }
                Err(error) => entry.error = Some(error.message),
            });
        });
    }
}

/// One link's.
struct Entries<B: Backend> {
    shop: Arc<Shop<B>>,
    reference: String,
}

impl<B: Backend> Desk for Entries<B> {
    fn keep(&self, kind: &str, rows: Value) {
        // It may have been reset meanwhile.
        let _ = self.shop.with_entry(&self.reference, |entry| entry.data.insert(kind.into(), rows));
    }

    fn has_come(&self, subject: &str, event: &str) -> bool {
        let book = self.shop.book.lock().unwrap();
        book.webhooks.get(subject).is_some_and(|all| all.iter().any(|webhook| webhook.event == event))
    }
}

async fn start<B: Backend>(
    State(shop): State<Arc<Shop<B>>>,
    Json(start): Json<Start>,
) -> Result<Json<Started>, ShopError> {
    let earlier = start.reconnect.clone();
    let wanted = shop.check(start)?;
    let earlier = earlier
        .map(|reference| {
            shop.with_entry(&reference, |entry| {
                let connection = Shop::<B>::connection(entry).ok_or_else(ShopError::no_connection)?;
                Ok(Earlier { link: entry.link.clone(), connection })
            })?
        })
        .transpose()?;
    let renews = earlier.as_ref().map(|earlier| earlier.connection.clone());
    let mut begun = shop.backend.begin(&wanted, earlier).await?;
    let ending = shop.scenarios().into_iter().find(|row| row.id == wanted.scenario);
    if let Some(launch) = &mut begun.launch {
        match ending.map_or("", |row| row.expect) {
            "LINK_TIMEOUT" => drop(launch.insert("timeoutMs".into(), TIMEOUT_MS.into())),
            "LINK_LOAD_TIMEOUT" => drop(launch.insert("loadTimeoutMs".into(), LOAD_TIMEOUT_MS.into())),
            _ => {}
        }
    }
    let reference = reference();
    let entry = Entry {
        link: begun.link.clone(),
        renews,
        confirming: Arc::default(),
        finished: begun.launch.is_none().then(Instant::now),
        is_complete: false,
        data: Map::new(),
        error: None,
    };
    shop.book.lock().unwrap().entries.insert(reference.clone(), entry);
    if begun.launch.is_none() {
        shop.fetch_in_background(reference.clone(), begun.link);
    }
    Ok(Json(Started { reference, launch: begun.launch }))
}

async fn finish<B: Backend>(
    State(shop): State<Arc<Shop<B>>>,
    Json(done): Json<Finish>,
) -> Result<Json<Value>, ShopError> {
    let confirming = shop.with_entry(&done.reference, |entry| entry.confirming.clone())?;
    let _alone = confirming.lock().await;
    let (link, is_finished) =
        shop.with_entry(&done.reference, |entry| (entry.link.clone(), entry.finished.is_some()))?;
    B::check(&link, &done.result)?;
    if !is_finished {
        let confirmed = shop.backend.confirm(link, &done.result).await;
        let link = shop.with_entry(&done.reference, |entry| {
            // What the provider refuses is over; what the page got wrong can be put right.
            entry.error = confirmed
                .as_ref()
                .err()
                .filter(|error| error.status == StatusCode::BAD_GATEWAY)
                .map(|error| error.message.clone());
            let link = confirmed?;
            entry.link = link.clone();
            entry.finished = Some(Instant::now());
            Ok(link)
        })??;
        shop.clone().fetch_in_background(done.reference, link);
    }
    Ok(Json(json!({ "ok": true })))
}

#[derive(Deserialize)]
struct Renew {
    #[serde(rename = "ref")]
    reference: String,
}

async fn token<B: Backend>(
    State(shop): State<Arc<Shop<B>>>,
    Json(renew): Json<Renew>,
) -> Result<Json<Value>, ShopError> {
    let link = shop.with_entry(&renew.reference, |entry| entry.link.clone())?;
    shop.backend.renew(&link).await.map(Json)
}

async fn receipts<B: Backend>(
    State(shop): State<Arc<Shop<B>>>,
    Path(reference): Path<String>,
) -> Result<Json<Receipts>, ShopError> {
    let (mut receipts, looks_at) = {
        let book = shop.book.lock().unwrap();
        let entry = book.entries.get(&reference).ok_or_else(ShopError::unknown_reference)?;
        let webhooks = book.webhooks.get(B::subject(&entry.link)).cloned().unwrap_or_default();
        let last = shop.backend.last_notice(&entry.link);
        let was_told = last.is_none_or(|last| {
            webhooks.iter().any(|webhook| webhook.event == last || webhook.status.as_deref() == Some(last))
        });
        let pending = match entry.finished {
            None => entry.error.is_none(),
            Some(_) if entry.error.is_some() => false,
            Some(since) if entry.is_complete => !was_told && since.elapsed() < WEBHOOK_PATIENCE,
            Some(since) => since.elapsed() < B::PATIENCE,
        };
        let mut data = entry.data.clone();
        let statuses = statuses(&webhooks);
        if !statuses.is_empty() {
            data.insert("statuses".into(), statuses.into());
        }
        let connection = Shop::<B>::connection(entry);
        let can_reconnect = connection.is_some();
        let same_connection = connection.and_then(|now| Some(*entry.renews.as_ref()? == now));
        let error = entry.error.clone();
        let looks_at = (entry.is_complete && !pending).then(|| entry.link.clone());
        (Receipts { pending, webhooks, data, error, can_reconnect, same_connection }, looks_at)
    };
    if let Some(link) = looks_at {
        shop.backend.look(&link, &mut receipts.data).await?;
    }
    Ok(Json(receipts))
}

/// What webhooks say that a payment or a consent has become.
fn statuses(webhooks: &[Webhook]) -> Vec<Value> {
    let new = webhooks.iter().filter(|webhook| !webhook.duplicate);
    new.filter_map(|webhook| Some(json!({ "status": webhook.status.as_ref()?, "at": webhook.received_at })))
        .collect()
}

async fn webhook<B: Backend>(
    shop: State<Arc<Shop<B>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ShopError> {
    webhook_at(shop, Path(String::new()), headers, body).await
}

async fn webhook_at<B: Backend>(
    State(shop): State<Arc<Shop<B>>>,
    Path(hook): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ShopError> {
    let notice = shop.backend.notice(&hook, &headers, &body).await?;
    let mut book = shop.book.lock().unwrap();
    let received = book.webhooks.entry(notice.subject).or_default();
    let duplicate = received.iter().any(|webhook| webhook.message_id == notice.message_id);
    received.push(Webhook {
        event: notice.event,
        message_id: notice.message_id,
        proof: B::PROOF,
        duplicate,
        received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        status: notice.status,
    });
    Ok(Json(json!({ "status": if duplicate { "already processed" } else { "ok" } })))
}

/// The origins by which a browser on this machine reaches the shop.
pub(crate) fn own_origins(origin: &str) -> [String; 2] {
    [origin.to_owned(), origin.replace("127.0.0.1", "localhost")]
}
