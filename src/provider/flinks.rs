//! Flinks Connect (Canada): its URL, events, return parameters and codes.

use super::fields::Fields;
use super::{LinkResult, Outcome, Protocol, Step, StepKind, denied, failed};
use crate::error::{ErrorCode, LinkError, join};
use crate::record::Record;
use crate::url::{Query, Url};
use serde::{Deserialize, Serialize};

/// What a completed Flinks Connect flow gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlinksResult {
    /// The connection, as Flinks' API takes it in `LoginId`. Confirm it on your server.
    pub login_id: String,
    /// The bank, by Flinks' name.
    pub institution: Option<String>,
    /// The request that made the connection.
    pub request_id: Option<String>,
    /// The accounts that the user picked, where the page let them.
    pub account_ids: Option<Vec<String>>,
    /// What the page gave as `tag`.
    pub tag: Option<String>,
    /// Where the provider would have sent the user.
    pub url: Option<String>,
}

/// The page that connects a bank: of the customer's `instance`, or a whole URL. Exactly one of the two.
///
/// # Errors
/// LINK_INVALID_OPTIONS: both or neither, no name of an instance, or no URL that may be opened.
pub(crate) fn open_url(instance: Option<&str>, url: Option<&str>) -> Result<Url, LinkError> {
    match (instance, url) {
        (Some(instance), None) if is_label(instance) => {
            Url::secure("instance", &join(&["https://", instance, "-iframe.private.fin.ag/v2/"]))
        }
        (Some(_), None) => Err(LinkError::invalid(
            "instance",
            "1 to 63 of a-z, 0-9 and hyphens, with no hyphen at either end",
        )),
        (None, Some(url)) => Url::secure("url", url),
        _ => Err(LinkError::invalid("instance or url", "given, and only one of the two")),
    }
}

fn is_label(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

pub(crate) struct Flinks;

impl Protocol for Flinks {
    const PARAMETERS: &str = "loginId institution accountId requestId tag";

    fn message<F: Fields>(data: &F) -> Option<Outcome> {
        match data.unpacked() {
            Some(unpacked) => event(&unpacked),
            None => event(data),
        }
    }

    fn refuses_token<F: Fields>(data: &F) -> bool {
        let is_refusal = |data: &F| {
            data.text("step").or_else(|| data.text("flinksCode")).as_deref() == Some("TOKEN_INVALID")
        };
        data.unpacked().as_ref().map_or_else(|| is_refusal(data), is_refusal)
    }

    fn callback(url: &str, query: &Query) -> Outcome {
        let Some(error) = query.get("error") else {
            let message = "Flinks sent the user back without a loginId.";
            let result = completed(query, Some(query), Some(url));
            return result
                .unwrap_or_else(|| failed(ErrorCode::ProviderError, None, message, Record::default()));
        };
        let description = query.get("error_description");
        let mut details = Record::default();
        let is_denied = error == "access_denied";
        if !is_denied {
            details.text("error", &error);
        }
        details.maybe("error_description", description.as_deref());
        let code = if is_denied { ErrorCode::EnduserDenied } else { ErrorCode::ProviderError };
        failed(code, description, "Flinks sent the user back with an error.", details)
    }
}

fn event<F: Fields>(data: &F) -> Option<Outcome> {
    let step = data.text("step");
    let is_code = step.is_none();
    let name = step.or_else(|| data.text("flinksCode"))?;
    let reported = |code, message| {
        let mut details = Record::default();
        details.text("providerCode", &name);
        Some(failed(code, None, message, details))
    };
    match name.as_str() {
        "REDIRECT" if !is_code => {
            let url = data.text("url");
            let query = url.as_deref().map(Query::of);
            if let Some(result) = completed(data, query.as_ref(), url.as_deref()) {
                return Some(result);
            }
        }
        "COMPONENT_CLOSE_SESSION" => {
            let message = "The user closed Flinks Connect.";
            return Some(failed(ErrorCode::UserCancelled, None, message, Record::default()));
        }
        "COMPONENT_DENY_CONSENT" => return Some(denied()),
        "TOKEN_INVALID" => {
            return reported(ErrorCode::InvalidSession, "Flinks did not accept the authorizeToken.");
        }
        "SESSION_EXPIRED" | "SESSION_NONEXISTENT" => {
            return reported(ErrorCode::InvalidSession, "Flinks' session has ended.");
        }
        "MAXIMUM_RETRY_REACHED" => {
            return reported(ErrorCode::ProviderError, "The user failed to sign in too often.");
        }
        _ => {}
    }
    let mut extra = Record::default();
    if is_code {
        extra.maybe("requestId", data.text("requestId").as_deref());
    }
    extra.maybe("institution", data.text("institution").as_deref());
    if name == "ACCOUNT_SELECTED" {
        extra.maybe("accountId", data.text("accountId").as_deref());
    }
    if let Some(cached) = data.flag("cached") {
        extra.flag("cached", cached);
    }
    if let Some(types) = data.texts("mfaTypes") {
        extra.texts("mfaTypes", &types);
    }
    for count in ["totalAccounts", "displayedAccounts"] {
        if let Some(number) = data.number(count) {
            extra.number(count, number);
        }
    }
    Some(Outcome::Step(Step { step: kind(&name), provider_step: name, data: extra }))
}

/// The result, if there is a login. What is missing in `data` is looked for in the query of `url`.
fn completed<F: Fields>(data: &F, query: Option<&Query>, url: Option<&str>) -> Option<Outcome> {
    let either = |name| data.some_text(name).or_else(|| query?.some_text(name));
    let mut result = Record::default();
    result.text("loginId", &either("loginId")?);
    result.maybe("institution", either("institution").as_deref());
    result.maybe("requestId", either("requestId").as_deref());
    result.maybe("tag", either("tag").as_deref());
    let mut accounts = data.texts("accountId").unwrap_or_default();
    if accounts.is_empty() {
        let list = either("accountId").unwrap_or_default();
        accounts = list.split(',').map(str::to_owned).collect();
    }
    accounts.retain(|account| !account.is_empty());
    if !accounts.is_empty() {
        result.texts("accountIds", &accounts);
    }
    result.maybe("url", url.filter(|url| Url::may_be_followed(url)));
    Some(Outcome::Completed(LinkResult(result)))
}

fn kind(name: &str) -> StepKind {
    match name {
        "APP_MOUNTED" => StepKind::Loaded,
        "COMPONENT_LOAD_INSTITUTION_SELECTOR" | "INSTITUTION_SELECTED" => StepKind::Institution,
        "COMPONENT_LOAD_CREDENTIAL" | "SUBMIT_CREDENTIAL" => StepKind::Credentials,
        "COMPONENT_LOAD_MFA" | "SUBMIT_MFA" => StepKind::Mfa,
        "COMPONENT_LOAD_ACCOUNT_SELECTION" | "ACCOUNT_SELECTED" => StepKind::Accounts,
        "COMPONENT_LOAD_CONSENT"
        | "COMPONENT_ACCEPT_CONSENT"
        | "COMPONENT_ACCEPT_PROVIDER_CONSENT"
        | "COMPONENT_ACCEPT_TERMS"
        | "COMPONENT_DENY_TERMS" => StepKind::Consent,
        "POPUP_OPENED" | "POPUP_BLOCKED" => StepKind::Handoff,
        "APP_OFFLINE" => StepKind::Offline,
        "APP_ONLINE" => StepKind::Online,
        // The handled errors: the user can try again, or pick another bank.
        "INVALID_USERNAME"
        | "INVALID_PASSWORD"
        | "INVALID_LOGIN"
        | "INVALID_SECURITY_RESPONSE"
        | "RETRY_LATER"
        | "UNAUTHORIZED"
        | "NEW_ACCOUNT"
        | "AGGREGATION_ERROR"
        | "DISABLED_INSTITUTION"
        | "DISABLED_LOGIN" => StepKind::Retry,
        _ if name.ends_with("_RETRY") => StepKind::Retry,
        _ if name.starts_with("ENHANCED_MFA_") => StepKind::Mfa,
        _ => StepKind::Other,
    }
}
