//! Fiskil. The account is `FISKIL_CLIENT_ID`, `FISKIL_CLIENT_SECRET` and `FISKIL_WEBHOOK_SECRET`; `FISKIL_BASE_URL`, such as
//! `https://api.fiskil.com/v1`, and `FISKIL_AUTH_SERVER` may be added.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sandbox::fiskil::{CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::api::{Api, Token, reason};
use crate::backend::{Backend, Begun, Desk, Earlier, Notice, OfThePage, Place, Wanted, fields};
use crate::environment::Variables;
use crate::error::ShopError;

const BASE_URL: &str = "https://api.fiskil.com/v1";
const AUTH_SERVER: &str = "https://auth.fiskil.com";
/// The bytes of an HMAC-SHA256.
const HASH_LENGTH: usize = 32;
/// Between two looks whether a webhook has come.
const POLL: Duration = Duration::from_millis(50);

const BANKING: &str = "banking.transactions.sync.completed";
const ENERGY: &str = "energy.usage.sync.completed";
/// What there is to fetch, by kind: the event that says it is there, the path, and the field of the answer.
const DATA: [(&str, &str, &str, &str); 3] = [
    ("accounts", BANKING, "/accounts", "accounts"),
    ("transactions", BANKING, "/transactions", "transactions"),
    ("energy", ENERGY, "/energy/usage", "usage"),
];

pub(crate) struct Fiskil {
    api: Api,
    credentials: Value,
    webhook_secret: String,
    auth_server: String,
    shop: String,
}

#[derive(Clone)]
pub(crate) struct Link {
    end_user_id: String,
    /// Once the provider has confirmed it.
    consent_id: Option<String>,
}

impl Backend for Fiskil {
    const ID: &'static str = "fiskil";
    const OF_THE_PAGE: &'static [OfThePage] = &[
        OfThePage {
            id: "user-cancelled",
            title: "You close it",
            expect: "LINK_USER_CANCELLED",
            hint: "Press the close button; in a container, Cancel on this page.",
            modes: &["overlay", "container", "popup"],
        },
        OfThePage {
            id: "container-missing",
            title: "No such container",
            expect: "LINK_NOT_FOUND",
            hint: "The page names an element that is not there.",
            modes: &["container"],
        },
        OfThePage {
            id: "options-invalid",
            title: "A wrong option",
            expect: "LINK_INVALID_OPTIONS",
            hint: "The page passes an option that cannot be.",
            modes: &["overlay", "container", "popup", "redirect"],
        },
        OfThePage {
            id: "frame-blocked",
            title: "Blocked by the page’s policy",
            expect: "LINK_FRAME_BLOCKED",
            hint: "The page’s frame-src does not name the provider.",
            modes: &["overlay", "container"],
        },
    ];

    type Link = Link;

    fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        const ALL: [&str; 5] = [
            "FISKIL_CLIENT_ID",
            "FISKIL_CLIENT_SECRET",
            "FISKIL_WEBHOOK_SECRET",
            "FISKIL_BASE_URL",
            "FISKIL_AUTH_SERVER",
        ];
        let variables = Variables::find(&ALL, place.environment);
        let (id, secret, webhook_secret, base, auth_server) = match &variables {
            Some(variables) => (
                variables.needed(ALL[0])?,
                variables.needed(ALL[1])?,
                variables.needed(ALL[2])?,
                variables.url(ALL[3], BASE_URL)?,
                variables.url(ALL[4], AUTH_SERVER)?,
            ),
            None => (
                CLIENT_ID.into(),
                CLIENT_SECRET.into(),
                WEBHOOK_SECRET.into(),
                format!("{}/v1", place.simulated),
                place.simulated.into(),
            ),
        };
        let why = |answer: &Value| {
            let id = answer["id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default();
            format!(": {}{id}", reason(answer, "message"))
        };
        let backend = Self {
            api: Api::new("Fiskil", base, why)?,
            credentials: json!({ "client_id": id, "client_secret": secret }),
            webhook_secret,
            auth_server,
            shop: place.shop.into(),
        };
        Ok((backend, variables.is_some()))
    }

    async fn begin(&self, wanted: &Wanted, earlier: Option<Earlier<Link>>) -> Result<Begun<Link>, ShopError> {
        let (end_user_id, renews) = match earlier {
            Some(earlier) => (earlier.link.end_user_id, Some(earlier.connection)),
            None => {
                let person = json!({ "email": "alex.doe@example.com", "name": "Alex Doe" });
                let person = self.post("/end-users", &person).await?;
                // `id` in the guide, `end_user_id` in the reference
                let name = if person["id"].is_string() { "id" } else { "end_user_id" };
                (self.api.text(&person, name)?, None)
            }
        };
        let return_url = wanted.return_url.as_ref().map(|url| url.as_str());
        let mut body = json!({ "end_user_id": end_user_id, "cancel_uri": return_url.unwrap_or(&self.shop) });
        if let Some(url) = return_url {
            body["redirect_uri"] = url.into();
        }
        if let Some(consent_id) = renews {
            body["arrangement_id"] = consent_id;
        }
        if wanted.is_played {
            body["scenario"] = wanted.scenario.as_str().into();
        }
        let session = self.post("/auth/session", &body).await?;
        let blocked = wanted.scenario == "frame-blocked";
        let launch = json!({
            "sessionId": self.api.text(&session, "session_id")?,
            // or an origin that the page's frame-src leaves out
            "authServer": if blocked { "https://auth.fiskil.invalid" } else { &self.auth_server },
        });
        Ok(Begun { link: Link { end_user_id, consent_id: None }, launch: Some(fields(launch)) })
    }

    fn check(_link: &Link, _result: &Value) -> Result<(), ShopError> {
        // what the page brings is compared with what the provider has
        Ok(())
    }

    /// The consent counts only when the provider says that it is this end user's.
    async fn confirm(&self, mut link: Link, result: &Value) -> Result<Link, ShopError> {
        let query = [("end_user_id", link.end_user_id.as_str()), ("active", "true")];
        let consents = self.get("/consent", &query).await?;
        let mut own =
            rows(&consents, "consents").iter().filter_map(|consent| consent["arrangement_id"].as_str());
        let consent_id = match &result["consentID"] {
            Value::String(claimed) => own.find(|id| id == claimed).ok_or_else(|| {
                ShopError::new(StatusCode::FORBIDDEN, "This consent is not the session's end user's")
            })?,
            _ => own.next_back().ok_or_else(|| {
                ShopError::new(StatusCode::CONFLICT, "The provider has no consent of this end user")
            })?,
        };
        link.consent_id = Some(consent_id.into());
        Ok(link)
    }

    async fn fetch(&self, link: Link, desk: &dyn Desk) -> Result<Link, ShopError> {
        let consent_id = Self::subject(&link);
        for (kind, event, path, field) in DATA {
            let since = Instant::now();
            while !desk.has_come(consent_id, event) {
                if since.elapsed() > Self::PATIENCE {
                    return Err(ShopError::provider(format!(
                        "No webhook {event} has come. Can the provider reach /webhooks/fiskil of this server?"
                    )));
                }
                tokio::time::sleep(POLL).await;
            }
            let answer = self.get(path, &[("consent_id", consent_id)]).await?;
            desk.keep(kind, rows(&answer, field).into());
        }
        Ok(link)
    }

    fn connection(link: &Link, _data: &Map<String, Value>) -> Option<Value> {
        link.consent_id.as_deref().map(Into::into)
    }

    fn subject(link: &Link) -> &str {
        link.consent_id.as_deref().unwrap_or_default()
    }

    async fn notice(&self, _hook: &str, headers: &HeaderMap, body: &Bytes) -> Result<Notice, ShopError> {
        let signature = headers.get("x-fiskil-signature").map_or(&[][..], HeaderValue::as_bytes);
        verify(self.webhook_secret.as_bytes(), body, signature)
            .map_err(|why| ShopError::new(StatusCode::UNAUTHORIZED, why))?;
        let wrong = || ShopError::bad_request("This is no webhook of Fiskil's");
        let said: Said = serde_json::from_slice(body).map_err(|_| wrong())?;
        Ok(Notice {
            event: said.event.or(said.data.event).ok_or_else(wrong)?,
            message_id: said.message_id,
            subject: said.data.consent_id,
            status: None,
        })
    }
}

/// The parts of a webhook that count. Some versions of the provider's documentation put `event` into `data`.
#[derive(Deserialize)]
struct Said {
    event: Option<String>,
    message_id: String,
    data: SaidOf,
}

#[derive(Deserialize)]
struct SaidOf {
    event: Option<String>,
    consent_id: String,
}

/// Takes the form of a signature that the first documentation has, hex, and says which one it saw where it refuses: a newer guide
/// has another. Compares in constant time.
fn verify(secret: &[u8], body: &[u8], signature: &[u8]) -> Result<(), &'static str> {
    if signature.is_empty() {
        return Err("There is no X-Fiskil-Signature");
    }
    let Ok(given) = hex::decode(signature) else {
        let is_base64 = BASE64_STANDARD.decode(signature).is_ok_and(|hash| hash.len() == HASH_LENGTH);
        return Err(if is_base64 {
            "X-Fiskil-Signature is base64, the form of the newer guide: this server takes hex"
        } else {
            "X-Fiskil-Signature is neither hex nor base64 of an HMAC-SHA256"
        });
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(body);
    mac.verify_slice(&given)
        .map_err(|_| "X-Fiskil-Signature is hex, and not of this body by this server’s webhook secret")
}

impl Fiskil {
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ShopError> {
        self.api.send_with_token(|| self.token(), || self.api.get(path).query(query)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, ShopError> {
        self.api.send_with_token(|| self.token(), || self.api.post(path, body)).await
    }

    async fn token(&self) -> Result<Token, ShopError> {
        let answer = self.api.send(self.api.post("/token", &self.credentials)).await?;
        self.api.issued(&answer, "token")
    }
}

/// A list, whether bare or in a field.
fn rows<'a>(answer: &'a Value, field: &str) -> &'a [Value] {
    let list = if answer.is_array() { answer } else { &answer[field] };
    list.as_array().map_or(&[], Vec::as_slice)
}
