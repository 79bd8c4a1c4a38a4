//! How a consent can end. Chosen by the customer ID typed in, or by `scenario` when the session is created.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::store::{Session, id};

/// One way for a consent to end. Its name in JSON is also the customer ID that chooses it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    Success,
    SuccessRedirectUrl,
    SuccessRedirectOnly,
    SuccessSevered,
    Denied,
    OtpFailure,
    Ineligible,
    ConsentTimeout,
    UpstreamError,
    Cancelled,
    InvalidSession,
    InvalidSessionAlias,
    ExpiredSession,
    UsedSession,
    UnknownError,
    SmuggledError,
    BareError,
    Stranger,
    NeverAnswers,
    NeverLoads,
}

/// The consent page, for the rows that work in all modes.
pub(crate) const ALL_MODES: &[&str] = &["overlay", "container", "popup", "redirect"];
const FRAMED: &[&str] = &["overlay", "container"];
const WITH_A_LISTENER: &[&str] = &["overlay", "container", "popup"];

/// What the demo page says about a scenario.
pub(crate) struct Description {
    pub title: &'static str,
    /// `completed`, or the code of the LinkError.
    pub expect: &'static str,
    pub hint: &'static str,
    /// The modes in which it ends as expected.
    pub modes: &'static [&'static str],
    /// Whether a customer ID of its name is listed on the sign-in page.
    pub typed: bool,
}

impl Scenario {
    pub const ALL: [Self; 20] = [
        Self::Success,
        Self::SuccessRedirectUrl,
        Self::SuccessRedirectOnly,
        Self::SuccessSevered,
        Self::Denied,
        Self::OtpFailure,
        Self::Ineligible,
        Self::ConsentTimeout,
        Self::UpstreamError,
        Self::Cancelled,
        Self::InvalidSession,
        Self::InvalidSessionAlias,
        Self::ExpiredSession,
        Self::UsedSession,
        Self::UnknownError,
        Self::SmuggledError,
        Self::BareError,
        Self::Stranger,
        Self::NeverAnswers,
        Self::NeverLoads,
    ];

    /// `None`: there is no such scenario.
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(name)) => name,
            _ => unreachable!("a unit variant is a string"),
        }
    }

    pub fn describe(self) -> Description {
        let row = |title, expect, hint, modes, typed| Description { title, expect, hint, modes, typed };
        match self {
            Self::Success => row("Consent given", "completed", "The person consents.", ALL_MODES, true),
            Self::SuccessRedirectUrl => row(
                "Consent given, with a redirectURL",
                "completed",
                "The answer carries a redirectURL beside the consent ID.",
                ALL_MODES,
                true,
            ),
            Self::SuccessRedirectOnly => row(
                "Consent given, redirectURL alone",
                "completed",
                "The answer carries no consent ID: the server finds the consent.",
                ALL_MODES,
                true,
            ),
            Self::SuccessSevered => row(
                "Consent given in a severed popup",
                "completed",
                "The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.",
                &["popup"],
                false,
            ),
            Self::Denied => row(
                "Consent declined",
                "CONSENT_ENDUSER_DENIED",
                "The person declines to share.",
                ALL_MODES,
                true,
            ),
            Self::OtpFailure => row(
                "Wrong one-time password",
                "CONSENT_OTP_FAILURE",
                "No code is right; after three the bank gives up.",
                ALL_MODES,
                true,
            ),
            Self::Ineligible => row(
                "Not eligible",
                "CONSENT_ENDUSER_INELIGIBLE",
                "The bank says that this person may not share.",
                ALL_MODES,
                true,
            ),
            Self::ConsentTimeout => row(
                "Consent timed out",
                "CONSENT_TIMEOUT",
                "The bank waited too long for the person.",
                ALL_MODES,
                true,
            ),
            Self::UpstreamError => row(
                "The bank fails",
                "CONSENT_UPSTREAM_PROCESSING_ERROR",
                "The bank answers with an error of its own.",
                ALL_MODES,
                true,
            ),
            Self::Cancelled => row(
                "Cancelled in the provider’s page",
                "AUTH_SESSION_CANCELLED",
                "The person presses Cancel there.",
                ALL_MODES,
                true,
            ),
            Self::InvalidSession => row(
                "Invalid session",
                "LINK_INVALID_SESSION",
                "The provider’s page says so and stays, for the person to read.",
                ALL_MODES,
                true,
            ),
            Self::InvalidSessionAlias => row(
                "Invalid session, by its other name",
                "LINK_INVALID_SESSION",
                "The provider names it AUTH_SESSION_INVALID.",
                ALL_MODES,
                true,
            ),
            Self::ExpiredSession => row(
                "Expired session",
                "LINK_INVALID_SESSION",
                "The session is older than five days.",
                ALL_MODES,
                false,
            ),
            Self::UsedSession => row(
                "Used session",
                "LINK_INVALID_SESSION",
                "The session has been used before.",
                ALL_MODES,
                false,
            ),
            Self::UnknownError => row(
                "An error type of tomorrow",
                "LINK_INTERNAL_ERROR",
                "The provider names a code that nobody knows yet.",
                ALL_MODES,
                true,
            ),
            Self::SmuggledError => row(
                "A failure inside redirectURL",
                "CONSENT_ENDUSER_DENIED",
                "isCompleted is true, and the error stands in the redirectURL’s query.",
                WITH_A_LISTENER,
                true,
            ),
            Self::BareError => row(
                "A bare error",
                "LINK_INTERNAL_ERROR",
                "The message is { error } and nothing else.",
                ALL_MODES,
                true,
            ),
            Self::Stranger => row(
                "A success from another origin",
                "LINK_ORIGIN_MISMATCH",
                "The page goes to another origin, which claims success.",
                WITH_A_LISTENER,
                true,
            ),
            Self::NeverAnswers => row(
                "The page never answers",
                "LINK_TIMEOUT",
                "It loads, and then nothing happens.",
                WITH_A_LISTENER,
                true,
            ),
            Self::NeverLoads => row(
                "The page never loads",
                "LINK_LOAD_TIMEOUT",
                "The provider’s server holds the page back.",
                FRAMED,
                false,
            ),
        }
    }

    /// The provider's name for the failure, where it has one.
    fn error_type(self) -> Option<&'static str> {
        Some(match self {
            Self::Denied | Self::SmuggledError => "CONSENT_ENDUSER_DENIED",
            Self::OtpFailure => "CONSENT_OTP_FAILURE",
            Self::Ineligible => "CONSENT_ENDUSER_INELIGIBLE",
            Self::ConsentTimeout => "CONSENT_TIMEOUT",
            Self::UpstreamError => "CONSENT_UPSTREAM_PROCESSING_ERROR",
            Self::Cancelled => "AUTH_SESSION_CANCELLED",
            Self::InvalidSession | Self::ExpiredSession | Self::UsedSession => "LINK_INVALID_SESSION",
            Self::InvalidSessionAlias => "AUTH_SESSION_INVALID",
            Self::UnknownError => "CONSENT_LUNAR_ECLIPSE",
            _ => return None,
        })
    }

    /// Whether a consent comes of it.
    pub fn consents(self) -> bool {
        matches!(
            self,
            Self::Success | Self::SuccessRedirectUrl | Self::SuccessRedirectOnly | Self::SuccessSevered
        )
    }

    /// Whether the session is spent by it. The other failures can be tried again with the same session.
    pub fn spends(self) -> bool {
        self.consents() || matches!(self, Self::Cancelled | Self::Ineligible) || self.is_invalid_session()
    }

    /// Whether the page says that the session is invalid, and stays.
    pub fn is_invalid_session(self) -> bool {
        matches!(
            self,
            Self::InvalidSession | Self::InvalidSessionAlias | Self::ExpiredSession | Self::UsedSession
        )
    }

    /// Whether it is settled as soon as the bank knows the person. The others go on to consent.
    pub fn ends_at_sign_in(self) -> bool {
        !self.consents() && self != Self::OtpFailure
    }
}

/// What the page is to do: the message for the window that embeds or opened it, and where to go without one.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ending {
    pub message: Option<Value>,
    /// Where the person is sent when no window listens.
    pub return_url: Option<String>,
    /// Somebody else's page, that goes on to speak from its own origin.
    pub stranger_url: Option<String>,
    /// The page stays and says that the session is invalid.
    pub invalid_session: bool,
}

/// How a session ends in a scenario. `consent_id` is there when a consent came of it.
pub(crate) fn ending(
    scenario: Scenario,
    session: &Session,
    consent_id: Option<&str>,
    stranger: &str,
) -> Ending {
    if let Some(consent_id) = consent_id {
        return success(scenario, session, consent_id);
    }
    match scenario {
        Scenario::NeverAnswers | Scenario::NeverLoads => Ending::default(),
        Scenario::Stranger => {
            let message = json!({ "isCompleted": true, "consentID": id("arr_") });
            let mut url = Url::parse(stranger).expect("an origin of ours");
            url.set_fragment(Some(&message.to_string()));
            Ending { stranger_url: Some(url.into()), ..Ending::default() }
        }
        Scenario::BareError => Ending {
            message: Some(json!({ "error": "Some error" })),
            return_url: with_query(&session.cancel_uri, &[("error", "Some error")]),
            ..Ending::default()
        },
        _ => {
            let mut ending = failure(
                scenario.error_type().unwrap_or("CONSENTDATA_PROCESSING_ERROR"),
                Some(&session.cancel_uri),
            );
            if scenario == Scenario::SmuggledError {
                ending.message = Some(json!({ "isCompleted": true, "redirectURL": ending.return_url }));
            }
            ending
        }
    }
}

fn success(scenario: Scenario, session: &Session, consent_id: &str) -> Ending {
    let named = scenario != Scenario::SuccessRedirectOnly;
    let mut message = json!({ "isCompleted": true });
    if named {
        message["consentID"] = consent_id.into();
    }
    // without a redirect_uri there is none to hand over, except where the scenario is about it
    let redirect_url =
        session.redirect_uri.as_ref().or((scenario != Scenario::Success).then_some(&session.cancel_uri));
    if let Some(url) = redirect_url {
        message["redirectURL"] = url.as_str().into();
    }
    let mut query = vec![("session_id", session.id.as_str())];
    if named {
        query.push(("consent_id", consent_id));
    }
    let return_url = session.redirect_uri.as_ref().and_then(|url| with_query(url, &query));
    Ending { message: Some(message), return_url, ..Ending::default() }
}

/// A failure that the provider names. `cancel_uri` is unknown where the session is.
pub(crate) fn failure(error_type: &str, cancel_uri: Option<&str>) -> Ending {
    let (error, description) = match error_type {
        "CONSENT_ENDUSER_DENIED" => {
            ("access_denied", "End-user denied consent in the data holder's application")
        }
        "CONSENT_OTP_FAILURE" => ("access_denied", "The one-time password was wrong too often"),
        "CONSENT_ENDUSER_INELIGIBLE" => ("access_denied", "The end-user is not eligible for data sharing"),
        "CONSENT_TIMEOUT" => ("access_denied", "The end-user took too long"),
        "CONSENT_UPSTREAM_PROCESSING_ERROR" => {
            ("server_error", "The data holder's server failed while it processed the consent")
        }
        "AUTH_SESSION_CANCELLED" => ("access_denied", "The end-user cancelled the session"),
        "LINK_INVALID_SESSION" | "AUTH_SESSION_INVALID" => ("invalid_request", "Invalid/terminal session"),
        _ => ("server_error", "Something that has no name yet"),
    };
    let error_id = id("err_");
    let error_uri = format!("https://docs.fiskil.com/errors#{error_type}");
    let query = [
        ("error", error),
        ("error_type", error_type),
        ("error_description", description),
        ("error_id", &error_id),
        ("error_uri", &error_uri),
    ];
    let invalid_session = matches!(error_type, "LINK_INVALID_SESSION" | "AUTH_SESSION_INVALID");
    Ending {
        return_url: cancel_uri.and_then(|url| with_query(url, &query)),
        message: Some(json!({
            "isCompleted": false,
            "error": error_type,
            "errorID": error_id,
            "errorType": error_type,
            "errorDescription": description,
            "errorURI": error_uri,
        })),
        invalid_session,
        ..Ending::default()
    }
}

fn with_query(url: &str, query: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.query_pairs_mut().extend_pairs(query);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_listed_once_and_found_by_its_name() {
        for (index, scenario) in Scenario::ALL.into_iter().enumerate() {
            assert_eq!(Scenario::from_name(&scenario.name()), Some(scenario));
            assert_eq!(Scenario::ALL.iter().position(|&other| other == scenario), Some(index));
            assert_eq!(scenario.describe().expect == "completed", scenario.consents(), "{scenario:?}");
        }
        assert_eq!(Scenario::from_name("nonsense"), None);
    }

    #[test]
    fn a_query_of_the_merchants_own_is_kept() {
        assert_eq!(
            with_query("https://app.example/back?tab=1", &[("session_id", "a b")]).unwrap(),
            "https://app.example/back?tab=1&session_id=a+b"
        );
    }
}
