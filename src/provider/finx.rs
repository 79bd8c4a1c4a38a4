//! finX (Germany): its message, return parameters and how they end a flow.

use super::{Protocol, SECRETS, Said, denied, failed, failed_with};
use crate::error::{ErrorCode, Failure};
use crate::url::{may_be_followed, secure};
use crate::value::{Record, Text, Url, Value};
use serde::{Deserialize, Serialize};

/// What a completed finX flow gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinxResult {
    /// The authorization code, for one hour. Your server exchanges it with `POST /auth/token`.
    pub code: String,
    /// The state that your back end gave when it created the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The flow, as creating it named it in `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// The whole return URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// The parameters that finX's documentation names, without the code.
const NAMES: &str = "state success cancel flow_id error error_description";

pub(crate) struct Finx;

impl Protocol for Finx {
    const PARAMETERS: &str = "success cancel flow_id";

    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
        secure(target.turn(), target.text("subject"), "location")
    }

    fn message<'t>(data: Value<'t>) -> Option<Said<'t>> {
        let (parameters, location) = parts(data)?;
        Some(outcome(parameters, location, || {
            let named = data.turn().record();
            named.copy(parameters, NAMES);
            named
        }))
    }

    fn is_expected(data: Value, state: Text) -> bool {
        let given = parts(data).and_then(|(parameters, _)| parameters.text("state"));
        given.is_some_and(|given| given.same(state))
    }

    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
        outcome(query, url, || query.without(SECRETS))
    }
}

/// The message's parameters and its `location`. It has no type of its own: its three fields tell it.
fn parts<'t>(data: Value<'t>) -> Option<(Value<'t>, Text<'t>)> {
    data.text("url")?;
    let location = data.text("location")?;
    let parameters = data.turn().record();
    // What is in both is what `query` says.
    for source in [location.query(), data.record("query")?] {
        parameters.copy(source, "code");
        parameters.copy(source, NAMES);
    }
    Some((parameters.value(), location))
}

fn outcome<'t>(parameters: Value<'t>, location: Text<'t>, params: impl FnOnce() -> Record<'t>) -> Said<'t> {
    let result = location.turn().record();
    if parameters.some_text("code").is_some() && !parameters.is("success", "false") {
        result.copy(parameters, "code state flow_id:flowId");
        result.maybe("location", Some(location).filter(|url| may_be_followed(*url)));
        return Said::Completed(result);
    }
    if parameters.text("cancel").is_some_and(|cancel| !cancel.is("false")) {
        return failed(ErrorCode::UserCancelled, None, "The user cancelled on finX's page.", result);
    }
    if parameters.is("error", "access_denied") {
        return denied(location.turn());
    }
    let description = parameters.some_text("error_description");
    failed_with(params(), description, "finX ended the flow without a code.")
}
