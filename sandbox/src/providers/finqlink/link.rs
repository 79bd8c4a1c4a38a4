//! Payment links and consent links: what is asked of a person, and how far they have come.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scenario::Scenario;
use super::status::Status;

/// How the person gets to the bank and back: `options.type`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flow {
    /// Through the WebUI, where a bank is chosen.
    Link,
    /// Through the WebUI, with the bank given.
    WrappedSca,
    /// Straight to the bank, and from there to the merchant.
    DirectSca,
    /// Straight to the bank, and back through the WebUI.
    RedirectSca,
}

/// What is asked of the person.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Consent { scope: Vec<String>, valid_days: i64 },
    Payment { amount: String, creditor_name: String, creditor_iban: String, details: String },
}

/// A payment link or a consent link.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub id: Uuid,
    /// The public ID, in web URLs.
    pub web_id: String,
    pub asked: Asked,
    pub flow: Flow,
    pub status: Status,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub redirect_url: Option<String>,
    pub webhook_url: Option<String>,
    /// The bank: given at creation or chosen by the person.
    pub provider_id: Option<String>,
    pub bank_is_given: bool,
    /// Sandbox only: the page then plays it by itself.
    pub scenario: Option<Scenario>,
    /// What the bank sends back as `state` where it returns to the merchant.
    pub sca_state: String,
    /// The query string that the bank sent the person to the merchant with.
    pub sca_query: Option<String>,
    /// The merchant has relayed it.
    pub relayed: bool,
    pub stage: Stage,
    /// The IBANs that the person shared.
    pub ibans: Vec<String>,
}

/// How far the person has come at the bank.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Outside,
    /// `ending`: the user name stands for it.
    NeedsPin {
        ending: Option<Scenario>,
        wrong: u8,
    },
    SignedIn,
}

impl Link {
    pub fn pays(&self) -> bool {
        matches!(self.asked, Asked::Payment { .. })
    }

    /// Neither over nor too old.
    pub fn is_open(&self) -> bool {
        !self.status.is_over() && self.expires_at > Utc::now()
    }

    /// `consent_id` or `link_id`.
    pub fn id_name(&self) -> &'static str {
        if self.pays() { "link_id" } else { "consent_id" }
    }

    /// What get and list say.
    pub fn to_json(&self) -> Value {
        let mut row = json!({
            "web_id": self.web_id,
            "type": self.flow,
            "status": self.status,
            "provider_id": self.provider_id,
            "api_client_app": super::APP_NAME,
            "inserted_at": time(self.created_at),
            "expires_at": time(self.expires_at),
        });
        row[self.id_name()] = self.id.to_string().into();
        match &self.asked {
            Asked::Consent { scope, valid_days } => {
                row["scope"] = json!(scope);
                row["valid_days"] = (*valid_days).into();
            }
            Asked::Payment { amount, creditor_name, creditor_iban, details } => {
                row["intent"] = json!({
                    "amount": amount,
                    "currency": "RON",
                    "creditor": { "name": creditor_name, "iban": creditor_iban },
                    "details": details,
                });
            }
        }
        row
    }
}

/// RFC 3339, to the microsecond, as rows are told apart by it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
