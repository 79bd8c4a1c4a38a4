//! Fimento (Sweden, Finland): how a return URL ends a flow. Its pages post no message.

use super::fields::Fields;
use super::{Answer, Launcher, Protocol, Provider, Target, callback_completed, denied, failed_with_params};
use crate::error::Checked;
use crate::options::Mode;
use crate::url::{Url, secure};

impl Target {
    /// Fimento's consent link.
    pub fn fimento(consent_link: impl Into<String>) -> Self {
        Self::new(Provider::Fimento, Some(consent_link.into()))
    }
}

pub(super) struct Fimento;

impl Protocol for Fimento {
    fn launcher(&self) -> Launcher {
        Launcher { function: "openFimento", subject: Some("consentLink"), options: &[] }
    }

    /// Whether its pages may be framed is not documented.
    fn default_mode(&self) -> Mode {
        Mode::Popup
    }

    fn parameters(&self) -> &'static [&'static str] {
        &["consent"]
    }

    fn open_url(&self, target: &Target) -> Checked<Url> {
        // `embedFimento` calls it `visualisationUrl`.
        secure("consentLink or visualisationUrl", target.subject.as_deref())
    }

    fn callback(&self, url: &String, query: &dyn Fields) -> Answer {
        let is_denied = |name| query.is(name, "customerDeniedConsent") || query.is(name, "revoked");
        if query.is("error", "access_denied") || is_denied("status") || is_denied("consent") {
            return Err(denied());
        }
        if query.some_text("error").is_none() && !query.is("status", "authError") {
            return Ok(callback_completed(Provider::Fimento, url, query));
        }
        Err(failed_with_params(query, None, "Fimento sent the user back with an error."))
    }
}
