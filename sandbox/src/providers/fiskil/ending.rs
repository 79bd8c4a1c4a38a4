//! What the consent page does when it is over: `contracts/fiskil.md`, "postMessage schema" and "redirect_uri / cancel_uri".

use serde::Serialize;
use serde_json::{Value, json};

use super::scenario::Scenario;
use super::store::{Session, id};
use crate::urls::{posting, with_query};

/// The provider's own page for a failure, which it names where a session has no `cancel_uri`.
const CANCEL_PAGE: &str = "https://auth.fiskil.com/cancel";

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
    let cancel_uri = session.cancel_uri.as_deref();
    match scenario {
        Scenario::NeverAnswers | Scenario::NeverLoads => Ending::default(),
        Scenario::Stranger => {
            let message = json!({ "isCompleted": true, "consentID": id("arr_") });
            Ending { stranger_url: Some(posting(stranger, &message)), ..Ending::default() }
        }
        Scenario::BareError => Ending {
            message: Some(json!({ "error": "Some error" })),
            return_url: cancel_uri.and_then(|url| with_query(url, &[("error", "Some error")])),
            ..Ending::default()
        },
        _ => {
            let smuggles = scenario == Scenario::SmuggledError;
            let error_type = scenario.error_type().unwrap_or("CONSENTDATA_PROCESSING_ERROR");
            let mut ending = failure(error_type, cancel_uri.or(smuggles.then_some(CANCEL_PAGE)));
            if smuggles {
                ending.message = Some(json!({ "isCompleted": true, "redirectURL": ending.return_url }));
                ending.return_url.take_if(|_| cancel_uri.is_none());
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
    let redirect_url = session
        .redirect_uri
        .as_ref()
        .or(session.cancel_uri.as_ref().filter(|_| scenario != Scenario::Success));
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

/// A failure that the provider names. There may be no `cancel_uri`, and where the session is unknown, it is.
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
