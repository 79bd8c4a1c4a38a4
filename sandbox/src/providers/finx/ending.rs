//! What the widget does when it is over: `contracts/finx.md`, "postMessage payload" and "Redirect/callback params".

use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::scenario::Scenario;
use super::store::Flow;
use crate::tokens::random;
use crate::urls::posting;

/// What the page is to do. Neither: it waits for ever.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ending {
    /// For the page that embeds it. Then nobody is sent anywhere.
    pub message: Option<Value>,
    /// Where the person is sent when no page embeds it.
    pub location: Option<String>,
    /// Somebody else's page, that goes on to speak from its own origin.
    pub stranger_url: Option<String>,
}

/// How a flow ends in a scenario. `code` is there when one came of it.
pub(super) fn ending(scenario: Scenario, flow: &Flow, code: Option<&str>, stranger: &str) -> Ending {
    let mut query: Vec<(&str, &str)> = Vec::new();
    match scenario {
        Scenario::NeverAnswers | Scenario::NeverLoads => return Ending::default(),
        Scenario::Stranger => return from_a_stranger(flow, stranger),
        Scenario::Cancel => query.extend([("success", "false"), ("cancel", "true")]),
        Scenario::Denied => query.extend([
            ("success", "false"),
            ("error", "access_denied"),
            ("error_description", "The user did not authorise the access"),
        ]),
        _ => {
            query.extend(code.map(|code| ("code", code)));
            query.push(("success", if scenario.connects() { "true" } else { "false" }));
        }
    }
    match (scenario, &flow.state) {
        (Scenario::StateMissing, _) | (_, None) => {}
        (Scenario::StateSwapped, Some(_)) => query.push(("state", "somebody-elses-state")),
        (_, Some(state)) => query.push(("state", state)),
    }
    query.push(("flow_id", &flow.id));
    let mut location = Url::parse(&flow.redirect_uri).expect("checked when the flow was created");
    location.query_pairs_mut().extend_pairs(&query);
    Ending {
        message: Some(message(&location, scenario)),
        location: Some(location.into()),
        ..Ending::default()
    }
}

/// `{ location, query, url }`: the whole, its parameters, and the part before them.
fn message(location: &Url, scenario: Scenario) -> Value {
    let mut url = location.clone();
    url.set_query(None);
    let query: Map<String, Value> = match scenario {
        Scenario::SuccessLocationOnly => Map::new(),
        _ => location.query_pairs().map(|(name, value)| (name.into(), value.into())).collect(),
    };
    json!({ "location": location.as_str(), "query": query, "url": url.as_str() })
}

fn from_a_stranger(flow: &Flow, stranger: &str) -> Ending {
    let mut location = Url::parse(&flow.redirect_uri).expect("checked when the flow was created");
    location.query_pairs_mut().append_pair("code", &random(32)).append_pair("success", "true");
    if let Some(state) = &flow.state {
        location.query_pairs_mut().append_pair("state", state);
    }
    let stranger_url = posting(stranger, &message(&location, Scenario::Stranger));
    Ending { stranger_url: Some(stranger_url), ..Ending::default() }
}

#[cfg(test)]
mod tests {
    use super::super::store::{Purpose, Stage};
    use super::*;

    fn flow(redirect_uri: &str) -> Flow {
        Flow {
            id: "3ca31c37".into(),
            redirect_uri: redirect_uri.into(),
            state: Some("a b".into()),
            german: true,
            known_account: None,
            sync_period: 90,
            purpose: Purpose::Share,
            scenario: None,
            stage: Stage::Open,
        }
    }

    #[test]
    fn a_success_is_told_as_documented() {
        let ending =
            ending(Scenario::Success, &flow("https://app.example/cb?tab=1"), Some("c"), "http://s.example");
        let location = "https://app.example/cb?tab=1&code=c&success=true&state=a+b&flow_id=3ca31c37";
        assert_eq!(ending.location.as_deref(), Some(location));
        assert_eq!(
            ending.message.unwrap(),
            json!({
                "location": location,
                "query": { "tab": "1", "code": "c", "success": "true", "state": "a b", "flow_id": "3ca31c37" },
                "url": "https://app.example/cb",
            })
        );
    }

    #[test]
    fn a_synchronisation_has_no_code() {
        let query = |scenario| {
            let flow = Flow { purpose: Purpose::Sync, ..flow("https://app.example/cb") };
            ending(scenario, &flow, None, "http://s.example").message.unwrap()["query"].clone()
        };
        let told = json!({ "success": "true", "state": "a b", "flow_id": "3ca31c37" });
        assert_eq!(query(Scenario::Success), told);
        assert_eq!(query(Scenario::Failure)["success"], "false");
    }

    #[test]
    fn cancel_is_there_only_when_somebody_cancelled() {
        let query = |scenario| {
            let ending = ending(scenario, &flow("https://app.example/cb"), None, "http://s.example");
            ending.message.unwrap()["query"].clone()
        };
        assert_eq!(query(Scenario::Cancel)["cancel"], "true");
        for scenario in [Scenario::Failure, Scenario::Denied] {
            assert_eq!((query(scenario).get("cancel"), &query(scenario)["success"]), (None, &json!("false")));
        }
    }

    #[test]
    fn an_app_of_its_own_is_reached_by_its_scheme() {
        let ending = ending(Scenario::Cancel, &flow("myapp://callback"), None, "http://s.example");
        assert!(ending.location.unwrap().starts_with("myapp://callback?success=false&cancel=true"));
        assert_eq!(ending.message.unwrap()["url"], "myapp://callback");
    }
}
