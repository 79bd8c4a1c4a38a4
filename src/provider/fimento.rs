//! Fimento (Sweden, Finland): how a return URL ends a flow. Its pages post no message.

use super::{Protocol, SECRETS, Said, callback_completed, denied, failed_with};
use crate::error::Failure;
use crate::url::secure;
use crate::value::{Text, Url, Value};

pub(crate) struct Fimento;

const DENIED: &str = "customerDeniedConsent|revoked";

impl Protocol for Fimento {
    const PARAMETERS: &str = "consent";

    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
        secure(target.turn(), target.text("subject"), "consentLink")
    }

    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
        if query.is("error", "access_denied") || query.is("status", DENIED) || query.is("consent", DENIED) {
            return denied(url.turn());
        }
        if query.some_text("error").is_none() && !query.is("status", "authError") {
            return callback_completed(url, query);
        }
        failed_with(query.without(SECRETS), None, "Fimento sent the user back with a failure.")
    }
}
