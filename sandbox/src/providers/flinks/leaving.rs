//! How a session of Flinks Connect ends: what it says last, and the URL that the person leaves by.

use serde_json::json;

use super::data::Login;
use super::options::Options;
use super::scenario::Scenario;
use super::turn::{Leave, Turn};

/// Tells of a connection, and sends the person to `base`. `selected`: they chose the accounts, which are named.
pub(super) fn connected(
    turn: &mut Turn,
    (options, manner): (&Options, Scenario),
    request_id: &str,
    login: &Login,
    base: &str,
    selected: bool,
) {
    let institution = login.institution;
    let names = login.account_ids.join(",");
    let mut query = vec![("loginId", login.id.as_str())];
    if let Some(oauth) = &options.oauth {
        // the connection alone, and the state of who asked
        query.extend(oauth.state.as_deref().map(|state| ("state", state)));
    } else {
        query.push(("institution", institution));
        query.extend(selected.then_some(("accountId", names.as_str())));
        query.extend(options.tag.as_deref().map(|tag| ("tag", tag)));
    }
    let url = with_query(base, &query);
    if manner == Scenario::RedirectWithoutLogin {
        let bare = with_query(base, &[("institution", institution)]);
        turn.say.push(json!({ "step": "REDIRECT", "institution": institution, "url": bare }));
    }
    let mut redirect = json!({ "step": "REDIRECT", "institution": institution, "url": url });
    if manner != Scenario::SuccessUrlOnly {
        redirect["loginId"] = login.id.as_str().into();
        redirect["requestId"] = request_id.into();
        if selected {
            redirect["accountId"] = match login.account_ids.as_slice() {
                [one] => one.as_str().into(),
                several => several.into(),
            };
        }
    }
    turn.say.push(redirect);
    turn.show = Some("done");
    turn.leave = options.redirect_url.is_some().then_some(Leave {
        url,
        inside: options.inner_redirect,
        alone: options.js_redirect,
    });
}

/// With a listener the event says it all; without one the person is sent back as the OAuth pages do.
pub(super) fn gave_up(options: &Options, error: &str, description: &str) -> Option<Leave> {
    let state = options.oauth.as_ref().and_then(|oauth| oauth.state.as_deref());
    let mut query: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
    query.extend([("error", error), ("error_description", description)]);
    let url = with_query(options.redirect_url.as_deref()?, &query);
    Some(Leave { url, inside: true, alone: options.oauth.is_none() })
}

/// A URL that cannot be read stays as it is.
fn with_query(url: &str, query: &[(&str, &str)]) -> String {
    crate::urls::with_query(url, query).unwrap_or_else(|| url.into())
}
