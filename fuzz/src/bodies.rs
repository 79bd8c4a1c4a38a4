//! What no input may do, whatever it is. Each panics where it does.

use std::collections::HashSet;

use link_widget::error::{ErrorCode, Failure};
use link_widget::flow::away::Away;
use link_widget::flow::pending::{Return, come_back};
use link_widget::flow::running::{EventKind, Running, Task};
use link_widget::flow::{Input, Timer};
use link_widget::options::{Mode, Options};
use link_widget::provider::finqlink::sca_query_string;
use link_widget::provider::{Outcome, Provider, Step, Target};
use link_widget::value::{LIMIT, Turn, in_turn};
use serde_json::{Value, json};
use url::{Host, Url, form_urlencoded};

/// What lets somebody into an account: for a result alone.
const SECRETS: [&str; 4] = ["loginId", "code", "consentID", "consent_id"];

/// The origin that every flow here is opened at.
pub const ORIGIN: &str = "https://provider.example";

fn provider(name: &str) -> Provider {
    Provider::from_name(name).expect("a provider")
}

/// Reads a message: as JSON, where it is that, and as a text.
pub fn message(name: &str, data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut messages = vec![Value::from(&*text)];
    messages.extend(serde_json::from_str::<Value>(&text));
    for message in messages {
        let outcome = provider(name).parse_message(&message);
        assert_eq!(outcome, provider(name).parse_message(&message), "the same every time");
        let Some(outcome) = outcome else { continue };
        let is_completed = matches!(outcome, Outcome::Completed(_));
        let told = check(name, outcome);
        if is_completed {
            for link in ["redirectURL", "url", "location"] {
                told["result"][link].as_str().into_iter().for_each(may_be_followed);
            }
            continue;
        }
        let inside = message.as_str().and_then(|text| serde_json::from_str(text).ok());
        let texts = texts(inside.as_ref().unwrap_or(&message));
        let secrets = texts.iter().filter(|(name, _)| SECRETS.contains(&name.as_str()));
        keeps_secret(&told, secrets.map(|(_, secret)| secret.as_str()), &texts);
    }
}

/// Reads a return URL: after the first line, which is the state that is expected.
pub fn callback(name: &str, data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (state, url) = text.split_once('\n').unwrap_or(("", &text));
    let outcome = provider(name).parse_callback(url);
    assert!(!matches!(outcome, Outcome::Step(_)), "nobody comes back with a step");
    let expecting = provider(name).parse_callback_expecting(url, state);
    let is_mismatch = matches!(&expecting, Outcome::Failed(error) if error.code == ErrorCode::StateMismatch);
    assert!(is_mismatch || expecting == outcome, "{expecting:?} is neither a mismatch nor {outcome:?}");
    let parameters = parameters(url);
    let has_state =
        parameters.iter().find(|(name, _)| name == "state").is_some_and(|(_, value)| value == state);
    assert!(has_state || !matches!(expecting, Outcome::Completed(_)), "it completes with another state");
    for outcome in [outcome, expecting] {
        let is_completed = matches!(outcome, Outcome::Completed(_));
        let told = check(name, outcome);
        if !is_completed {
            let secrets = parameters.iter().filter(|(name, _)| SECRETS.contains(&name.as_str()));
            keeps_secret(&told, secrets.map(|(_, secret)| secret.as_str()), &parameters);
        }
    }
}

/// Comes back from a redirect: the first line is the time, the second the records as JSON, the third the URL.
pub fn resume(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let now_ms = line().parse().unwrap_or(0.0);
    let records: Value = serde_json::from_str(line()).unwrap_or_default();
    let url = line();
    in_turn(|turn| {
        let (back, index, provider) = come_back(turn.json(records.clone()), Some(turn.text(url)), now_ms);
        assert!(index.is_none() || provider.is_some());
        let gives = matches!(back, Return::Completed(_) | Return::Failed(_));
        assert_eq!(index.is_some(), gives || matches!(back, Return::Expired), "{back:?}");
        let Some(index) = index else { return };
        let record = &records[usize::try_from(index).expect("a place")];
        if let Some(own) = record["state"].as_str() {
            let parameters = parameters(url);
            assert!(parameters.iter().any(|(name, value)| name == "state" && value == own), "another state");
        }
        if let Some(own) = record["returnUrl"].as_str() {
            assert_eq!(page(own), page(url), "another page");
        }
        let is_late = record["expires"].as_f64().is_some_and(|expires| now_ms >= expires);
        assert_eq!(gives, !is_late, "an answer comes in time, or not at all");
    });
}

/// The origin and the path of a URL.
fn page(url: &str) -> Option<(String, String)> {
    Url::parse(url).ok().map(|url| (url.origin().ascii_serialization(), url.path().to_owned()))
}

/// Reads what a landing page of FinqLink's relays.
pub fn sca(data: &[u8]) {
    let url = String::from_utf8_lossy(data);
    let Some((query, state)) = sca_query_string(&url) else { return };
    assert!(url.contains(&query) && !query.contains('#'), "as it came");
    let raw = query.split('&').find_map(|pair| pair.strip_prefix("state=")).expect("a state");
    assert!(raw == state || raw.contains('%'), "{raw:?} is not {state:?}");
}

/// What holds of every outcome. Gives it as JavaScript sees it.
fn check(name: &str, outcome: Outcome) -> Value {
    if let Outcome::Failed(error) = &outcome {
        assert_eq!(error.provider, Some(provider(name)));
        assert!(!error.message.is_empty());
    }
    let told = told(outcome);
    for (field, text) in texts(&told) {
        assert!(text.len() <= LIMIT, "{field} has {} bytes", text.len());
    }
    told
}

/// An outcome as JSON.
fn told(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Completed(result) => json!({ "result": result }),
        Outcome::Step(Step { step, provider_step, data }) => {
            json!({ "step": step, "providerStep": provider_step, "data": data.into_object() })
        }
        Outcome::Failed(error) => json!({
            "code": error.code, "message": error.message, "details": error.details.map(|it| it.into_object()),
        }),
    }
}

/// A link in a result is nothing that runs, and nothing that goes unencrypted over a network.
fn may_be_followed(link: &str) {
    const ACTIVE: [&str; 8] =
        ["javascript", "data", "blob", "vbscript", "file", "about", "filesystem", "view-source"];
    // what is no absolute URL has the scheme of the page that follows it
    let Ok(url) = Url::parse(link) else { return };
    assert!(!ACTIVE.contains(&url.scheme()), "{link:?}");
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    assert!(url.scheme() != "http" || is_loopback, "{link:?}");
}

/// Nothing is told of a secret that is in no other field, and is not as our own words are: those with a digit have spaces.
fn keeps_secret<'a>(told: &Value, secrets: impl Iterator<Item = &'a str>, given: &[(String, String)]) {
    let told = texts(told);
    let is_telling = |secret: &&str| {
        secret.len() >= 8
            && secret.contains(|c: char| c.is_ascii_digit())
            && !secret.contains(char::is_whitespace)
    };
    for secret in secrets.filter(is_telling) {
        let holds = |(name, text): &&(String, String)| name.contains(secret) || text.contains(secret);
        if given.iter().filter(holds).count() == 1 {
            assert!(!told.iter().any(|pair| holds(&pair)), "{secret:?} is told: {told:?}");
        }
    }
}

/// Every text in a value, with the name of its field. A name without a text counts as an empty one.
fn texts(value: &Value) -> Vec<(String, String)> {
    fn collect(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| collect(name, value, found)),
            Value::Array(items) => items.iter().for_each(|item| collect(name, item, found)),
            Value::String(text) => found.push((name.into(), text.clone())),
            _ => found.push((name.into(), String::new())),
        }
    }
    let mut found = Vec::new();
    collect("", value, &mut found);
    found
}

/// The parameters of a URL or of a relative reference: from the first `?` to the fragment.
fn parameters(url: &str) -> Vec<(String, String)> {
    let path = url.split('#').next().unwrap_or_default();
    let query = path.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// What a line of [`flow`] says happened.
enum Happening<'a> {
    Opened(Mode),
    Refused,
    Loaded,
    Elapsed(Timer),
    ClosedByCaller,
    ClosedByUser,
    Message { is_ours: bool, origin: &'a str, data: Value },
    Callback { is_ours: bool, url: &'a str },
    Looked { is_closed: bool, has_focus: bool, at_ms: u32 },
    Token(Option<&'a str>),
}

impl Happening<'_> {
    fn input<'t>(&self, turn: Turn<'t>) -> Input<'t> {
        match self {
            Self::Opened(mode) => Input::Opened(*mode),
            Self::Refused => Input::Refused(Failure::new(ErrorCode::FrameBlocked, turn.text("x"))),
            Self::Loaded => Input::Loaded,
            Self::Elapsed(timer) => Input::Elapsed(*timer),
            Self::ClosedByCaller => Input::ClosedByCaller,
            Self::ClosedByUser => Input::ClosedByUser,
            Self::Message { is_ours, origin, data } => Input::Message {
                from_our_window: *is_ours,
                origin: turn.text(origin),
                data: turn.json(data.clone()),
            },
            Self::Callback { is_ours, url } => {
                Input::Away(Away::Callback { url: turn.text(url), is_ours: *is_ours })
            }
            Self::Looked { is_closed, has_focus, at_ms } => {
                Input::Away(Away::Looked { is_closed: *is_closed, has_focus: *has_focus, at_ms: *at_ms })
            }
            Self::Token(token) => Input::Away(Away::Token(token.map(|token| turn.text(token)))),
        }
    }
}

/// Lives a flow through, a line for each thing that happens. The first line may say of which provider it is:
///
/// ```text
/// begin finx S1 https://shop.example/back
/// opened popup
/// loaded
/// elapsed load
/// message ours https://provider.example {"step":"REDIRECT","loginId":"1"}
/// callback other https://shop.example/back?state=S1&code=c
/// looked closed focus 5000
/// token T2
/// refused
/// user
/// caller
/// ```
///
/// Lines that say nothing are passed over.
pub fn flow(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines().peekable();
    let begin = lines.next_if(|line| line.starts_with("begin ")).unwrap_or("begin fiskil");
    let mut words = begin.split(' ').skip(1);
    let name = words.next().unwrap_or_default();
    let options = Options {
        state: words.next().filter(|state| !state.is_empty()).map(str::to_owned),
        return_url: words.next().filter(|url| Url::parse(url).is_ok()).map(str::to_owned),
        timeout_ms: 1000.0,
        load_timeout_ms: 100.0,
        ..Options::default()
    };
    let page = format!("{ORIGIN}/?token=old");
    let target = match name {
        "flinks" => Target::Flinks { instance: None, url: Some(page), params: Vec::new() },
        "finx" => Target::Finx(page),
        "finqlink" => Target::Finqlink(page),
        "fimento" => Target::Fimento(page),
        _ => Target::Fiskil { session: "1".into(), auth_server: Some(page) },
    };
    let Ok((flow, url)) = Running::begin(&target, &options) else { panic!("{target:?} {options:?}") };
    assert!(url.starts_with(ORIGIN));
    let mut life = Life {
        flow: flow.renewing(),
        options,
        settled: 0,
        torn_down: 0,
        renewals: 0,
        is_running: [false; 2],
        strangers: HashSet::new(),
        told_end: None,
    };
    for happening in lines.filter_map(happening) {
        life.goes_on(happening);
    }
    // whatever came before, one `close()` ends it
    life.goes_on(Happening::ClosedByCaller);
    assert_eq!((life.settled, life.torn_down), (1, 1));
    assert!(life.flow.is_over());
}

fn happening(line: &str) -> Option<Happening<'_>> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_ours = rest.starts_with("ours ");
    let said = rest.strip_prefix("ours ").or_else(|| rest.strip_prefix("other ")).unwrap_or(rest);
    Some(match word {
        "opened" => Happening::Opened(Mode::ALL.into_iter().find(|mode| mode.as_str() == rest)?),
        "refused" => Happening::Refused,
        "loaded" => Happening::Loaded,
        "elapsed" => Happening::Elapsed(if rest == "load" { Timer::Load } else { Timer::Flow }),
        "caller" => Happening::ClosedByCaller,
        "user" => Happening::ClosedByUser,
        "callback" => Happening::Callback { url: said, is_ours },
        "looked" => Happening::Looked {
            is_closed: rest.contains("closed"),
            has_focus: rest.contains("focus"),
            at_ms: rest.rsplit(' ').next()?.parse().ok()?,
        },
        "token" => Happening::Token(Some(rest).filter(|token| !token.is_empty())),
        "message" => {
            let (origin, text) = said.split_once(' ')?;
            let data = serde_json::from_str(text).unwrap_or_else(|_| text.into());
            Happening::Message { is_ours, origin, data }
        }
        _ => return None,
    })
}

/// A flow, and what has come of it.
struct Life {
    flow: Running,
    options: Options,
    settled: usize,
    torn_down: usize,
    renewals: usize,
    is_running: [bool; 2],
    strangers: HashSet<String>,
    told_end: Option<Result<(), ErrorCode>>,
}

impl Life {
    fn goes_on(&mut self, happening: Happening) {
        let was_over = self.flow.is_over();
        let may_complete = self.may_complete(&happening);
        let is_token = matches!(happening, Happening::Token(_));
        let commands = self.flow.handle(|turn| happening.input(turn));
        assert!(!was_over || commands.is_empty(), "nothing follows the end: {commands:?}");
        for command in commands {
            match command {
                Task::Start(timer, _) => {
                    assert_eq!(self.torn_down, 0, "a timer starts after the end");
                    self.is_running[timer as usize] = true;
                }
                Task::Stop(timer) => self.is_running[timer as usize] = false,
                Task::TearDown => {
                    self.torn_down += 1;
                    self.is_running = [false; 2];
                }
                Task::Reveal => assert_eq!(self.torn_down, 0),
                Task::RenewToken => {
                    self.renewals += 1;
                    assert!(self.renewals == 1 && self.torn_down == 0);
                }
                Task::Navigate(url) => {
                    let origin = Url::parse(&url).map(|url| url.origin().ascii_serialization());
                    assert!(is_token && origin.as_deref() == Ok(ORIGIN), "{url}");
                }
                Task::Emit(event) => {
                    assert_eq!(self.settled, 0, "no event follows the answer");
                    assert_eq!(self.told_end, None, "no event follows the last");
                    match event {
                        EventKind::ForeignMessage(origin) => {
                            assert!(self.strangers.insert(origin), "a stranger is told of once");
                        }
                        EventKind::Settled(end) => self.told_end = Some(end),
                        _ => {}
                    }
                }
                Task::Settle(answer) => {
                    self.settled += 1;
                    assert!(answer.is_err() || may_complete, "nobody was entitled to that: {answer:?}");
                    let end = answer.map(drop).map_err(|error| error.code);
                    assert_eq!(self.told_end, Some(end), "the last event tells the end");
                }
            }
        }
        assert!(self.torn_down <= self.settled && self.settled <= 1);
        assert_eq!(self.flow.is_over(), self.settled == 1 && self.torn_down == 1);
        assert!(self.settled == 0 || self.is_running == [false; 2], "no timer outlives the answer");
    }

    /// Whether this is from where an answer may come: our window at the provider's origin, or the flow's own return URL.
    fn may_complete(&self, happening: &Happening) -> bool {
        match happening {
            Happening::Message { is_ours, origin, .. } => *is_ours && *origin == ORIGIN,
            Happening::Callback { url, is_ours } => {
                let Options { state, return_url, .. } = &self.options;
                let has_state = state.as_ref().is_none_or(|state| {
                    parameters(url)
                        .iter()
                        .find(|(name, _)| name == "state")
                        .is_some_and(|(_, own)| own == state)
                });
                let is_page = return_url.as_ref().is_none_or(|own| page(own) == page(url));
                has_state && is_page && (*is_ours || state.is_some() || return_url.is_some())
            }
            _ => false,
        }
    }
}
