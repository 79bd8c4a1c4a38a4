//! finX (Germany): its message, return parameters and how they end a flow.

use super::fields::Fields;
use super::{LinkResult, Outcome, Protocol, SECRETS, denied, failed, failed_with};
use crate::error::ErrorCode;
use crate::record::Record;
use crate::url::{Query, Url};
use serde::{Deserialize, Serialize};

/// What a completed finX flow gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FinxResult {
    /// The authorization code, for one hour. Your server exchanges it with `POST /auth/token`.
    pub code: String,
    /// The state that your back end gave when it created the flow.
    pub state: Option<String>,
    /// The flow, as creating it named it in `id`.
    pub flow_id: Option<String>,
    /// The whole return URL.
    pub location: Option<String>,
}

/// The parameters that finX's documentation names, without the code.
const NAMES: [&str; 6] = ["state", "success", "cancel", "flow_id", "error", "error_description"];

pub(crate) struct Finx;

impl Protocol for Finx {
    const PARAMETERS: &str = "success cancel flow_id";

    fn message<F: Fields>(data: &F) -> Option<Outcome> {
        let (query, location) = parts(data)?;
        let in_location = Query::of(&location);
        let get = |name: &str| query.text(name).or_else(|| in_location.text(name));
        Some(outcome(get, &location, || {
            let mut params = Record::default();
            for name in NAMES {
                params.maybe(name, get(name).as_deref());
            }
            params
        }))
    }

    fn message_state<F: Fields>(data: &F) -> Option<String> {
        let (query, location) = parts(data)?;
        query.text("state").or_else(|| Query::of(&location).get("state"))
    }

    fn callback(url: &str, query: &Query) -> Outcome {
        outcome(|name| query.get(name), url, || Record::of_query(query, &SECRETS))
    }
}

/// The message's `query` and `location`. It has no type of its own: its three fields tell it.
fn parts<F: Fields>(data: &F) -> Option<(F, String)> {
    data.text("url")?;
    Some((data.record("query")?, data.text("location")?))
}

fn outcome(get: impl Fn(&str) -> Option<String>, location: &str, params: impl FnOnce() -> Record) -> Outcome {
    let is = |name, value| get(name).as_deref() == Some(value);
    let code = get("code").filter(|code| !code.is_empty());
    if let Some(code) = code
        && !is("success", "false")
    {
        let mut result = Record::default();
        result.text("code", &code);
        result.maybe("state", get("state").as_deref());
        result.maybe("flowId", get("flow_id").as_deref());
        result.maybe("location", Some(location).filter(|url| Url::may_be_followed(url)));
        return Outcome::Completed(LinkResult(result));
    }
    if get("cancel").is_some_and(|cancel| cancel != "false") {
        let message = "The user cancelled on finX's page.";
        return failed(ErrorCode::UserCancelled, None, message, Record::default());
    }
    if is("error", "access_denied") {
        return denied();
    }
    failed_with(params(), get("error_description"), "finX ended the flow without a code.")
}
