//! Flinks Connect (Canada): its URL, events, return parameters and codes.

use super::fields::Fields;
use super::{
    Answer, Launcher, LinkResult, Outcome, Protocol, Provider, ResultType, Step, StepKind, Target, denied,
    failed, failed_by_error_parameter,
};
use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::AN_HTTPS_URL;
use crate::record::Record;
use crate::url::{Query, Url, may_be_followed, secure};
use serde::{Deserialize, Serialize};

/// The known steps, in terms common to all providers. Any other is [`StepKind::Other`].
const STEPS: [(&str, StepKind); 29] = [
    ("APP_MOUNTED", StepKind::Loaded),
    ("COMPONENT_LOAD_INSTITUTION_SELECTOR", StepKind::Institution),
    ("INSTITUTION_SELECTED", StepKind::Institution),
    ("COMPONENT_LOAD_CREDENTIAL", StepKind::Credentials),
    ("SUBMIT_CREDENTIAL", StepKind::Credentials),
    ("COMPONENT_LOAD_MFA", StepKind::Mfa),
    ("SUBMIT_MFA", StepKind::Mfa),
    ("COMPONENT_LOAD_ACCOUNT_SELECTION", StepKind::Accounts),
    ("ACCOUNT_SELECTED", StepKind::Accounts),
    ("COMPONENT_CONSENT_INTRO", StepKind::Consent),
    ("COMPONENT_LOAD_CONSENT", StepKind::Consent),
    ("COMPONENT_ACCEPT_CONSENT", StepKind::Consent),
    ("COMPONENT_ACCEPT_PROVIDER_CONSENT", StepKind::Consent),
    ("COMPONENT_ACCEPT_TERMS", StepKind::Consent),
    ("COMPONENT_DENY_TERMS", StepKind::Consent),
    // The handled errors: the user can try again, or pick another bank.
    ("INVALID_USERNAME", StepKind::Retry),
    ("INVALID_PASSWORD", StepKind::Retry),
    ("INVALID_LOGIN", StepKind::Retry),
    ("INVALID_SECURITY_RESPONSE", StepKind::Retry),
    ("RETRY_LATER", StepKind::Retry),
    ("UNAUTHORIZED", StepKind::Retry),
    ("NEW_ACCOUNT", StepKind::Retry),
    ("AGGREGATION_ERROR", StepKind::Retry),
    ("DISABLED_INSTITUTION", StepKind::Retry),
    ("DISABLED_LOGIN", StepKind::Retry),
    ("POPUP_OPENED", StepKind::Handoff),
    ("POPUP_BLOCKED", StepKind::Handoff),
    ("APP_OFFLINE", StepKind::Offline),
    ("APP_ONLINE", StepKind::Online),
];

fn kind(step: &str) -> StepKind {
    if step.ends_with("_RETRY") {
        StepKind::Retry
    } else if step.starts_with("ENHANCED_MFA_") {
        StepKind::Mfa
    } else {
        STEPS.iter().find(|(name, _)| *name == step).map_or(StepKind::Other, |(_, kind)| *kind)
    }
}

/// The steps that end a flow, each with its code and message. [`event`] handles a denied consent and a closed session.
const FAILURES: [(&str, ErrorCode, &str); 4] = [
    ("TOKEN_INVALID", ErrorCode::InvalidSession, "Flinks did not accept the authorizeToken."),
    ("SESSION_EXPIRED", ErrorCode::InvalidSession, "Flinks' session has ended."),
    ("SESSION_NONEXISTENT", ErrorCode::InvalidSession, "Flinks' session has ended."),
    ("MAXIMUM_RETRY_REACHED", ErrorCode::ProviderError, "The user failed to sign in too often."),
];

/// The parameter that authorises one opening of Flinks Connect, for half an hour.
const TOKEN: &str = "authorizeToken";

/// How a Flinks Connect flow completed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlinksResult {
    /// The connection, as Flinks' API takes it in `LoginId`. Confirm it on your server.
    pub login_id: String,
    /// The bank, by Flinks' name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// The request that made the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The IDs of the accounts that the user picked, if the page offered a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    /// What you gave as `tag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Where the provider would have sent the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl ResultType for FlinksResult {
    const PROVIDERS: &'static [Provider] = &[Provider::Flinks];
}

impl Target {
    /// Flinks Connect at the customer's instance, such as `toolbox`. See [`Self::with_param`].
    pub fn flinks(instance: impl Into<String>) -> Self {
        Self::new(Provider::Flinks, None).with_option("instance", instance.into())
    }

    /// Flinks Connect at this URL. See [`Self::with_param`].
    pub fn flinks_at(url: impl Into<String>) -> Self {
        Self::new(Provider::Flinks, None).with_option("url", url.into())
    }
}

/// Whether this can be the name of a customer's instance: 1 to 63 of a-z, 0-9 and hyphens, with no hyphen at either
/// end.
fn is_instance(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(is_allowed)
        && !name.starts_with("-")
        && !name.ends_with("-")
}

pub(super) struct Flinks;

impl Protocol for Flinks {
    fn launcher(&self) -> Launcher {
        Launcher {
            function: "openFlinks",
            subject: None,
            options: &[
                ("instance", "a string"),
                ("url", AN_HTTPS_URL),
                (TOKEN, "a string"),
                ("language", "'en' or 'fr'"),
            ],
        }
    }

    /// As Flinks' documentation recommends.
    fn frame_height_px(&self) -> u32 {
        760
    }

    fn echoes_state(&self) -> bool {
        false
    }

    fn takes_params(&self) -> bool {
        true
    }

    fn parameters(&self) -> &'static [&'static str] {
        &["loginId", "institution", "accountId", "requestId", "tag"]
    }

    /// From the customer's `instance` or a whole `url`: exactly one of the two.
    fn open_url(&self, target: &Target) -> Checked<Url> {
        let mut url = match (target.option("instance"), target.option("url")) {
            (Some(instance), None) => {
                let address = ["https://", instance, "-iframe.private.fin.ag/v2/"].concat();
                Url::parse(&address).filter(|_| is_instance(instance)).ok_or_else(|| {
                    let takes = "1 to 63 characters of a-z, 0-9 and hyphens, with no hyphen at either end";
                    LinkError::invalid("instance", takes)
                })?
            }
            (None, Some(url)) => secure("url", Some(url))?,
            _ => return Err(LinkError::invalid("instance or url", "given, but not both")),
        };
        for (name, value) in &target.params {
            url = url.with_parameter(name, value);
        }
        for name in &[TOKEN, "language"] {
            if let Some(value) = target.option(name) {
                url = url.with_parameter(name, value);
            }
        }
        let in_params = || target.params.iter().rfind(|(name, _)| name == "language");
        let language = target.option("language").or_else(|| Some(in_params()?.1.as_str()));
        match language {
            None | Some("en" | "fr") => Ok(url),
            Some(_) => Err(LinkError::invalid("language", "'en' or 'fr'")),
        }
    }

    fn message(&self, data: &dyn Fields) -> Option<Outcome> {
        let unpacked = data.unpacked();
        event(unpacked.as_deref().unwrap_or(data))
    }

    fn token_parameter(&self) -> Option<&'static str> {
        Some(TOKEN)
    }

    fn refuses_token(&self, data: &dyn Fields) -> bool {
        is_step(data, "TOKEN_INVALID")
    }

    fn callback(&self, url: &String, query: &dyn Fields) -> Answer {
        if let Some(result) = completed(query, Some(url)) {
            return Ok(result);
        }
        if query.is("error", "access_denied") {
            let mut details = Record::default();
            details.copy_texts(query, &["error_description"]);
            let description = query.some_text("error_description");
            return Err(failed(ErrorCode::EnduserDenied, description, SENT_BACK, details));
        }
        if query.some_text("error").is_some() {
            return Err(failed_by_error_parameter(query, SENT_BACK));
        }
        Err(LinkError::new(ErrorCode::ProviderError, "Flinks sent the user back without a loginId."))
    }
}

const SENT_BACK: &str = "Flinks sent the user back with an error.";

fn is_step(data: &dyn Fields, step: &str) -> bool {
    let unpacked = data.unpacked();
    let data = unpacked.as_deref().unwrap_or(data);
    data.text("step").or_else(|| data.text("flinksCode")).is_some_and(|name| name == step)
}

fn event(data: &dyn Fields) -> Option<Outcome> {
    let step = data.text("step");
    let is_code = step.is_none();
    let name = step.or_else(|| data.text("flinksCode"))?;
    if name == "REDIRECT"
        && !is_code
        && let Some(result) = completed(data, data.text("url"))
    {
        return Some(Outcome::Completed(result));
    }
    if name == "COMPONENT_CLOSE_SESSION" {
        let message = "The user closed Flinks Connect.";
        return Some(Outcome::Failed(LinkError::new(ErrorCode::UserCancelled, message)));
    }
    if name == "COMPONENT_DENY_CONSENT" {
        return Some(Outcome::Failed(denied()));
    }
    let mut extra = Record::default();
    if let Some((_, code, message)) = FAILURES.iter().find(|(failure, ..)| *failure == name) {
        extra.put_text("providerCode", name);
        return Some(Outcome::Failed(failed(*code, None, message, extra)));
    }
    if name == "ACCOUNT_SELECTED" {
        extra.copy_texts(data, &["accountId"]);
    }
    if is_code {
        extra.copy_texts(data, &["requestId"]);
    }
    extra.copy_texts(data, &["institution"]);
    if let Some(cached) = data.flag("cached") {
        extra.put_flag("cached", cached);
    }
    if let Some(types) = data.texts("mfaTypes") {
        extra.put_texts("mfaTypes", &types);
    }
    for name in &["totalAccounts", "displayedAccounts"] {
        if let Some(number) = data.number(name) {
            extra.put_number(name, number);
        }
    }
    Some(Outcome::Step(Step { step: kind(name), provider_step: name.to_owned(), data: extra }))
}

/// The result, if there is a login. Fields missing from `data` are taken from the query of `url`.
fn completed(data: &dyn Fields, url: Option<&String>) -> Option<LinkResult> {
    let query: &dyn Fields = &Query::of(url.map_or("", String::as_str));
    let text = |name| data.some_text(name).or_else(|| query.some_text(name));
    let mut result = Record::default();
    result.put_text("loginId", text("loginId")?);
    for name in &["institution", "requestId", "tag"] {
        result.put_text_if_some(name, text(name));
    }
    if let Some(ids) = data.items("accountId").or_else(|| query.items("accountId")) {
        result.put_texts("accountIds", &ids);
    }
    result.put_text_if_some("url", url.filter(|url| may_be_followed(url)));
    Some(LinkResult::new(Provider::Flinks, result))
}
