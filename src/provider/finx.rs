//! finX (Germany): its message, return parameters and how they end a flow.

use super::fields::Fields;
use super::{
    Answer, Launcher, LinkResult, Outcome, Protocol, Provider, ResultType, Target, denied,
    failed_with_params, is_state,
};
use crate::error::{Checked, ErrorCode, LinkError};
use crate::record::Record;
use crate::url::{Query, Url, may_be_followed, secure};
use serde::{Deserialize, Serialize};

/// The parameters that finX's documentation names, without the code.
const NAMES: [&str; 6] = ["state", "success", "cancel", "flow_id", "error", "error_description"];

/// How a finX flow completed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinxResult {
    /// The authorization code, valid for one hour. Your server exchanges it with `POST /auth/token`. `None` if there is
    /// nothing to exchange, as after a payment, whose receipt your server reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The `state` with which your back end created the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The flow's `id`, as returned when it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// The whole return URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

impl ResultType for FinxResult {
    const PROVIDERS: &'static [Provider] = &[Provider::Finx];
}

impl Target {
    /// The finX widget, at the `location` that your back end received when it created the flow.
    pub fn finx(location: impl Into<String>) -> Self {
        Self::new(Provider::Finx, Some(location.into()))
    }
}

pub(super) struct Finx;

impl Protocol for Finx {
    fn launcher(&self) -> Launcher {
        Launcher { function: "openFinx", subject: Some("location"), options: &[] }
    }

    fn parameters(&self) -> &'static [&'static str] {
        &["success", "cancel", "flow_id"]
    }

    fn open_url(&self, target: &Target) -> Checked<Url> {
        secure("location", target.subject.as_deref())
    }

    fn message(&self, data: &dyn Fields) -> Option<Outcome> {
        let parts = Parts::of(data)?;
        Some(ended(&parts, parts.location).into())
    }

    fn is_expected(&self, data: &dyn Fields, state: &str) -> bool {
        Parts::of(data).is_some_and(|parts| is_state(parts.text("state"), state))
    }

    fn callback(&self, url: &String, query: &dyn Fields) -> Answer {
        ended(query, url)
    }
}

/// A message. It has the parameters of the return URL twice: taken apart in `query`, and in the URL itself.
struct Parts<'a> {
    query: Box<dyn Fields + 'a>,
    location: &'a String,
    in_location: Query,
}

impl<'a> Parts<'a> {
    /// finX's messages have no type; these three fields identify them.
    fn of(data: &'a dyn Fields) -> Option<Self> {
        data.text("url")?;
        let location = data.text("location")?;
        Some(Self { query: data.record("query")?, location, in_location: Query::of(location) })
    }
}

impl Fields for Parts<'_> {
    /// If both have it, `query` wins.
    fn text(&self, name: &str) -> Option<&String> {
        self.query.text(name).or_else(|| self.in_location.text(name))
    }

    /// Only the parameters that finX's documentation names.
    fn each_text(&self, give: &mut dyn FnMut(&str, &str)) {
        for name in NAMES {
            if let Some(text) = self.text(name) {
                give(name, text);
            }
        }
    }
}

#[allow(clippy::ptr_arg, reason = "strings are passed as `&String`: see `Fields::text`")]
fn ended(parameters: &dyn Fields, location: &String) -> Answer {
    let code = parameters.some_text("code");
    if code.is_none() || parameters.is("success", "false") {
        if parameters.text("cancel").is_some_and(|cancel| cancel != "false") {
            let message = "The user cancelled on finX's page.";
            return Err(LinkError::new(ErrorCode::UserCancelled, message));
        }
        if parameters.is("error", "access_denied") {
            return Err(denied());
        }
        // A payment has no code.
        if !parameters.is("success", "true") || parameters.some_text("error").is_some() {
            let description = parameters.some_text("error_description");
            return Err(failed_with_params(parameters, description, "finX ended the flow with an error."));
        }
    }
    let mut result = Record::default();
    result.put_text_if_some("code", code);
    result.put_text_if_some("state", parameters.text("state"));
    result.put_text_if_some("flowId", parameters.text("flow_id"));
    result.put_text_if_some("location", Some(location).filter(|url| may_be_followed(url)));
    Ok(LinkResult::new(Provider::Finx, result))
}
