//! Flinks Connect (Canada): its URL, events, return parameters and codes.

use super::{Protocol, Said, StepKind, denied, failed};
use crate::error::{ErrorCode, Failure, must_be};
use crate::url::{may_be_followed, secure};
use crate::value::{Text, Url, Value};
use serde::{Deserialize, Serialize};

/// What a completed Flinks Connect flow gives.
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
    /// The accounts that the user picked, where the page let them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_ids: Option<Vec<String>>,
    /// What the page gave as `tag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Where the provider would have sent the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

pub(crate) struct Flinks;

impl Protocol for Flinks {
    const PARAMETERS: &str = "loginId institution accountId requestId tag";

    /// Of the customer's `instance`, or a whole `url`: exactly one of the two. With `params`.
    fn open_url<'t>(target: Value<'t>) -> Result<Url<'t>, Failure<'t>> {
        let turn = target.turn();
        let url = match (target.text("instance"), target.text("url")) {
            (Some(instance), None) => Some(instance)
                .filter(|instance| instance.is("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"))
                .and_then(|instance| instance.between("https://", "-iframe.private.fin.ag/v2/").url(""))
                .ok_or_else(|| {
                    must_be!(
                        turn,
                        "instance",
                        "1 to 63 of a-z, 0-9 and hyphens, with no hyphen at either end"
                    )
                }),
            (None, Some(url)) => secure(turn, Some(url), "url"),
            _ => Err(must_be!(turn, "instance or url", "given, and only one of the two")),
        }?;
        let Some(params) = target.record("params") else { return Ok(url) };
        if params.text("language").is_some_and(|language| !language.is("en|fr")) {
            return Err(must_be!(turn, "language", "'en' or 'fr'"));
        }
        Ok(url.with(params))
    }

    fn message<'t>(data: Value<'t>) -> Option<Said<'t>> {
        event(data.unpacked().unwrap_or(data))
    }

    fn is_step(data: Value, step: &str) -> bool {
        let data = data.unpacked().unwrap_or(data);
        data.text("step").or_else(|| data.text("flinksCode")).is_some_and(|name| name.is(step))
    }

    fn callback<'t>(url: Text<'t>, query: Value<'t>) -> Said<'t> {
        let details = url.turn().record();
        let Some(error) = query.some_text("error") else {
            let message = "Flinks sent the user back without a loginId.";
            return completed(query, Some(url))
                .unwrap_or_else(|| failed(ErrorCode::ProviderError, None, message, details));
        };
        let is_denied = error.is("access_denied");
        if !is_denied {
            details.put("error", error);
        }
        details.copy(query, "error_description");
        let code = if is_denied { ErrorCode::EnduserDenied } else { ErrorCode::ProviderError };
        let description = query.some_text("error_description");
        failed(code, description, "Flinks sent the user back with an error.", details)
    }
}

fn event<'t>(data: Value<'t>) -> Option<Said<'t>> {
    let turn = data.turn();
    let step = data.text("step");
    let is_code = step.is_none();
    let name = step.or_else(|| data.text("flinksCode"))?;
    let extra = turn.record();
    let reported = |code, message| {
        extra.put("providerCode", name);
        Some(failed(code, None, message, extra))
    };
    match name.position(
        "REDIRECT COMPONENT_CLOSE_SESSION COMPONENT_DENY_CONSENT TOKEN_INVALID \
        SESSION_EXPIRED|SESSION_NONEXISTENT MAXIMUM_RETRY_REACHED ACCOUNT_SELECTED",
    ) {
        0 if !is_code => {
            if let Some(result) = completed(data, data.text("url")) {
                return Some(result);
            }
        }
        1 => return Some(failed(ErrorCode::UserCancelled, None, "The user closed Flinks Connect.", extra)),
        2 => return Some(denied(turn)),
        3 => return reported(ErrorCode::InvalidSession, "Flinks did not accept the authorizeToken."),
        4 => return reported(ErrorCode::InvalidSession, "Flinks' session has ended."),
        5 => return reported(ErrorCode::ProviderError, "The user failed to sign in too often."),
        6 => extra.copy(data, "accountId"),
        _ => {}
    }
    if is_code {
        extra.copy(data, "requestId");
    }
    extra.copy(data, "institution");
    extra.copy_flags(data, "cached");
    extra.copy_lists(data, "mfaTypes");
    extra.copy_numbers(data, "totalAccounts displayedAccounts");
    let step = turn.record();
    step.put("step", turn.text(kind(name).as_str()));
    step.put("providerStep", name);
    step.put("data", extra);
    Some(Said::Step(step))
}

/// The result, if there is a login. What is missing in `data` is looked for in the query of `url`.
fn completed<'t>(data: Value<'t>, url: Option<Text<'t>>) -> Option<Said<'t>> {
    let result = data.turn().record();
    let query = url.map(|url| url.query());
    for source in [query, Some(data)].into_iter().flatten() {
        result.copy_some(source, "loginId institution requestId tag");
        result.maybe("accountIds", source.items("accountId"));
    }
    result.value().text("loginId")?;
    result.maybe("url", url.filter(|url| may_be_followed(*url)));
    Some(Said::Completed(result))
}

fn kind(name: Text) -> StepKind {
    const KINDS: [StepKind; 10] = [
        StepKind::Retry,
        StepKind::Loaded,
        StepKind::Institution,
        StepKind::Credentials,
        StepKind::Mfa,
        StepKind::Accounts,
        StepKind::Consent,
        StepKind::Handoff,
        StepKind::Offline,
        StepKind::Online,
    ];
    // First the handled errors: the user can try again, or pick another bank.
    let position = name.position(
        ".*_RETRY|INVALID_(USERNAME|PASSWORD|LOGIN|SECURITY_RESPONSE)|RETRY_LATER|UNAUTHORIZED|NEW_ACCOUNT|\
        AGGREGATION_ERROR|DISABLED_(INSTITUTION|LOGIN) \
        APP_MOUNTED \
        COMPONENT_LOAD_INSTITUTION_SELECTOR|INSTITUTION_SELECTED \
        COMPONENT_LOAD_CREDENTIAL|SUBMIT_CREDENTIAL \
        COMPONENT_LOAD_MFA|SUBMIT_MFA|ENHANCED_MFA_.* \
        COMPONENT_LOAD_ACCOUNT_SELECTION|ACCOUNT_SELECTED \
        COMPONENT_(LOAD_CONSENT|ACCEPT_(CONSENT|PROVIDER_CONSENT|TERMS)|DENY_TERMS) \
        POPUP_(OPENED|BLOCKED) \
        APP_OFFLINE \
        APP_ONLINE",
    );
    KINDS.get(position).copied().unwrap_or(StepKind::Other)
}
