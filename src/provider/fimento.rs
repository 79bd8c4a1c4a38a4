//! Fimento (Sweden, Finland): how a return URL ends a flow. Its pages post no message.

use super::fields::Fields;
use super::{Outcome, Protocol, SECRETS, callback_completed, denied, failed_with};
use crate::record::Record;
use crate::url::Query;

pub(crate) struct Fimento;

impl Protocol for Fimento {
    const PARAMETERS: &str = "consent";

    fn message<F: Fields>(_: &F) -> Option<Outcome> {
        None
    }

    fn callback(url: &str, query: &Query) -> Outcome {
        let is_denial = |name| {
            let value: Option<String> = query.get(name);
            matches!(value.as_deref(), Some("customerDeniedConsent" | "revoked"))
        };
        let error = query.get("error");
        if error.as_deref() == Some("access_denied") || is_denial("status") || is_denial("consent") {
            return denied();
        }
        if error.is_none() && query.get("status").as_deref() != Some("authError") {
            return callback_completed(url, query);
        }
        failed_with(Record::of_query(query, &SECRETS), None, "Fimento sent the user back with a failure.")
    }
}
