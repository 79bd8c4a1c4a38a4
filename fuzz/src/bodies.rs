//! What no input may do, whatever it is. Each panics where it does.

use std::collections::HashSet;

use link_widget::fuzzing::{Command, EventKind, Flow, Input, Json, Pending, Timer, Way, match_return};
use link_widget::{ErrorCode, LinkError, Mode, Options, Outcome, Provider, Step, Target, sca_query_string};
use serde_json::{Value, json};
use url::{Host, Url, form_urlencoded};

/// What lets somebody into an account: for a result alone.
const SECRETS: [&str; 4] = ["loginId", "code", "consentID", "consent_id"];

/// The most that is read of a field.
const LIMIT: usize = 64 * 1024;

/// The origin that every flow here is opened at.
pub const ORIGIN: &str = "https://provider.example";

/// Reads a message as each provider's: as JSON, where it is that, and as a text.
pub fn message(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut messages = vec![Value::from(&*text)];
    messages.extend(serde_json::from_str::<Value>(&text));
    for message in messages {
        for &provider in Provider::ALL {
            message_of(provider, &message);
        }
    }
}

fn message_of(provider: Provider, message: &Value) {
    let outcome = provider.parse_message(message);
    assert_eq!(outcome, provider.parse_message(message), "the same every time");
    let Some(outcome) = outcome else { return };
    let is_completed = matches!(outcome, Outcome::Completed(_));
    let told = check(provider, outcome);
    if is_completed {
        for link in ["redirectURL", "url", "location"] {
            told["result"][link].as_str().into_iter().for_each(may_be_followed);
        }
        return;
    }
    let inside = message.as_str().and_then(|text| serde_json::from_str(text).ok());
    let texts = texts(inside.as_ref().unwrap_or(message));
    let secrets = texts.iter().filter(|(name, _)| SECRETS.contains(&name.as_str()));
    keeps_secret(&told, secrets.map(|(_, secret)| secret.as_str()), &texts);
}

/// Reads a return URL as each provider's: after the first line, which is the state that is expected.
pub fn callback(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (state, url) = text.split_once('\n').unwrap_or(("", &text));
    for &provider in Provider::ALL {
        callback_of(provider, state, url);
    }
}

fn callback_of(provider: Provider, state: &str, url: &str) {
    let outcome = provider.parse_callback(url);
    assert!(!matches!(outcome, Outcome::Step(_)), "nobody comes back with a step");
    let expecting = provider.parse_callback_expecting(url, state);
    let is_mismatch = matches!(&expecting, Outcome::Failed(error) if error.code == ErrorCode::StateMismatch);
    let parameters = parameters(url);
    let given = parameters.iter().find(|(name, _)| name == "state").map(|(_, value)| value);
    // A result carries the state as it is expected, so only one that lost a plus on the way differs.
    let is_as_given = given.is_none_or(|given| given == state);
    assert!(
        is_mismatch || !is_as_given || expecting == outcome,
        "{expecting:?} is neither a mismatch nor {outcome:?}"
    );
    let has_state = given.is_some_and(|given| is_state(given, state));
    assert!(has_state || !matches!(expecting, Outcome::Completed(_)), "it completes with another state");
    for outcome in [outcome, expecting] {
        let is_completed = matches!(outcome, Outcome::Completed(_));
        let told = check(provider, outcome);
        if !is_completed {
            let secrets = parameters.iter().filter(|(name, _)| SECRETS.contains(&name.as_str()));
            keeps_secret(&told, secrets.map(|(_, secret)| secret.as_str()), &parameters);
        }
    }
}

/// Whether a state is the expected one, but for pluses that became spaces.
fn is_state(given: &str, expected: &str) -> bool {
    given.len() == expected.len()
        && given.chars().zip(expected.chars()).all(|pair| pair.0 == pair.1 || pair == (' ', '+'))
}

/// Comes back from a redirect: the first line is the time, the second the records as JSON, the third the URL.
pub fn resume(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let now_ms = line().parse().unwrap_or(0.0);
    let records: Vec<Value> = serde_json::from_str(line()).unwrap_or_default();
    let records: Vec<Pending> = records.iter().filter_map(pending).collect();
    let url = line();
    let Some(back) = match_return(&records, url, now_ms) else { return };
    let Some(consumed) = back.consumed else {
        let is_mismatch = matches!(&back.answer, Some(Err(error)) if error.code == ErrorCode::StateMismatch);
        assert!(is_mismatch, "it is of no record: {back:?}");
        return;
    };
    let record = &records[consumed];
    assert_eq!(back.provider, record.provider);
    if let Some(own) = &record.state {
        let parameters = parameters(url);
        assert!(
            parameters.iter().any(|(name, value)| name == "state" && is_state(value, own)),
            "another state"
        );
    }
    if let Some(own) = &record.return_url {
        let (own, there) = (page(own).unwrap(), page(url).unwrap());
        assert_eq!(own.0, there.0, "another origin");
        assert!(record.state.is_some() || own.1 == there.1, "another page");
    }
    let is_late = record.expires_ms.is_some_and(|expires| now_ms >= expires);
    assert_eq!(back.answer.is_some(), !is_late, "an answer comes in time, or not at all");
}

fn pending(record: &Value) -> Option<Pending> {
    let text = |name: &str| record[name].as_str().map(str::to_owned);
    Some(Pending {
        provider: Provider::from_name(record["provider"].as_str()?)?,
        state: text("state"),
        return_url: text("returnUrl"),
        expires_ms: record["expires"].as_f64(),
    })
}

/// The origin, and the path as all spellings of it have it in common.
fn page(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).ok()?;
    let path = url.path().to_ascii_lowercase();
    let path = path.strip_suffix('/').unwrap_or(&path);
    let path = path.strip_suffix(".html").unwrap_or(path);
    let path = path.strip_suffix("/index").unwrap_or(path);
    Some((url.origin().ascii_serialization(), path.to_owned()))
}

/// Reads what a landing page of FinqLink's relays.
pub fn sca(data: &[u8]) {
    let url = String::from_utf8_lossy(data);
    let Some((query, state)) = sca_query_string(&url) else { return };
    assert!(url.contains(query) && !query.contains('#'), "as it came");
    let raw = query.split('&').find_map(|pair| pair.strip_prefix("state=")).expect("a state");
    assert!(raw == state || raw.contains('%'), "{raw:?} is not {state:?}");
}

/// What holds of every outcome. Gives it as JavaScript sees it.
fn check(provider: Provider, outcome: Outcome) -> Value {
    if let Outcome::Failed(error) = &outcome {
        assert_eq!(error.provider, Some(provider));
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
        Outcome::Completed(result) => json!({ "result": result.into_record() }),
        Outcome::Step(Step { step, provider_step, data }) => {
            json!({ "step": step, "providerStep": provider_step, "data": data })
        }
        Outcome::Failed(error) => json!({
            "code": error.code, "message": error.message, "details": error.details,
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
    let (page, fragment) = url.split_once('#').unwrap_or((url, ""));
    let query = page.split_once('?').map_or("", |(_, query)| query);
    let is_parameters = !fragment.starts_with(['/', '!']) && fragment.contains('=');
    let whole = if is_parameters { fragment } else { "" };
    let route = fragment.split_once('?').map_or(whole, |(_, query)| query);
    let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    [pairs(query), pairs(route)].concat()
}

/// What a line of [`flow`] says happened.
enum Happening<'a> {
    Input(Input),
    Message { is_ours: bool, origin: &'a str, data: Value },
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
/// callback cut https://shop.example/back?code=c
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
    let target = Target::at(Provider::from_name(name).unwrap_or(Provider::Fiskil), &page);
    let Ok((flow, url)) = Flow::begin(&target, &options, true) else { panic!("{target:?} {options:?}") };
    assert!(url.starts_with(ORIGIN));
    let mut life = Life {
        flow,
        options,
        settled: 0,
        torn_down: 0,
        renewals: 0,
        is_running: [false; 3],
        strangers: HashSet::new(),
        told_end: None,
    };
    for happening in lines.filter_map(happening) {
        life.goes_on(happening);
    }
    // whatever came before, one `close()` ends it
    life.goes_on(Happening::Input(Input::ClosedByCaller));
    assert_eq!((life.settled, life.torn_down), (1, 1));
    assert!(life.flow.is_over());
}

fn happening(line: &str) -> Option<Happening<'_>> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_ours = rest.starts_with("ours ");
    let said = ["ours ", "other ", "cut "].iter().find_map(|whose| rest.strip_prefix(whose)).unwrap_or(rest);
    Some(Happening::Input(match word {
        "opened" => Input::Opened(Mode::ALL.into_iter().find(|mode| mode.as_str() == rest)?),
        "refused" => Input::Refused(Box::new(LinkError {
            code: ErrorCode::FrameBlocked,
            message: "x".into(),
            provider: None,
            details: None,
        })),
        "loaded" => Input::Loaded,
        "elapsed" => Input::Elapsed(match rest {
            "load" => Timer::Load,
            "look" => Timer::Look,
            _ => Timer::Flow,
        }),
        "caller" => Input::ClosedByCaller,
        "user" => Input::ClosedByUser,
        "callback" => Input::Callback {
            url: said.to_owned(),
            way: match rest.split(' ').next() {
                Some("ours") => Way::OurWindow,
                Some("cut") => Way::CutOff,
                _ => Way::Channel,
            },
        },
        "looked" => Input::Looked {
            is_closed: rest.contains("closed"),
            has_focus: rest.contains("focus"),
            at_ms: rest.rsplit(' ').next()?.parse().ok()?,
        },
        "token" => Input::Token(Some(rest).filter(|token| !token.is_empty()).map(str::to_owned)),
        "message" => {
            let (origin, text) = said.split_once(' ')?;
            let data = serde_json::from_str(text).unwrap_or_else(|_| text.into());
            return Some(Happening::Message { is_ours, origin, data });
        }
        _ => return None,
    }))
}

/// A flow, and what has come of it.
struct Life {
    flow: Flow,
    options: Options,
    settled: usize,
    torn_down: usize,
    renewals: usize,
    is_running: [bool; 3],
    strangers: HashSet<String>,
    told_end: Option<Result<(), ErrorCode>>,
}

impl Life {
    fn goes_on(&mut self, happening: Happening) {
        let was_over = self.flow.is_over();
        let may_complete = self.may_complete(&happening);
        let is_token = matches!(happening, Happening::Input(Input::Token(_)));
        let commands = match happening {
            Happening::Input(input) => self.flow.handle(input),
            Happening::Message { is_ours, origin, data } => {
                self.flow.hear(is_ours, origin, &Json::new(&data))
            }
        };
        assert!(!was_over || commands.is_empty(), "nothing follows the end: {commands:?}");
        for command in commands {
            match command {
                Command::Start(timer, _) => {
                    assert_eq!(self.torn_down, 0, "a timer starts after the end");
                    self.is_running[timer as usize] = true;
                }
                Command::Stop(timer) => self.is_running[timer as usize] = false,
                Command::TearDown => {
                    self.torn_down += 1;
                    self.is_running = [false; 3];
                }
                Command::Reveal => assert_eq!(self.torn_down, 0),
                Command::RenewToken => {
                    self.renewals += 1;
                    assert!(self.renewals == 1 && self.torn_down == 0);
                }
                Command::Navigate(url) => {
                    let origin = Url::parse(&url).map(|url| url.origin().ascii_serialization());
                    assert!(is_token && origin.as_deref() == Ok(ORIGIN), "{url}");
                }
                Command::Emit(event) => {
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
                Command::Settle(answer) => {
                    self.settled += 1;
                    assert!(answer.is_err() || may_complete, "nobody was entitled to that: {answer:?}");
                    let end = answer.map(drop).map_err(|error| error.code);
                    assert_eq!(self.told_end, Some(end), "the last event tells the end");
                }
            }
        }
        assert!(self.torn_down <= self.settled && self.settled <= 1);
        assert_eq!(self.flow.is_over(), self.settled == 1 && self.torn_down == 1);
        let has_limit = self.is_running[Timer::Flow as usize] || self.is_running[Timer::Load as usize];
        assert!(self.settled == 0 || !has_limit, "no limit outlives the answer");
    }

    /// Whether this is from where an answer may come: our window at the provider's origin, or the flow's own return URL.
    fn may_complete(&self, happening: &Happening) -> bool {
        match happening {
            Happening::Message { is_ours, origin, .. } => *is_ours && *origin == ORIGIN,
            Happening::Input(Input::Callback { url, way }) => {
                let Options { state, return_url, .. } = &self.options;
                let has_state = state.as_ref().is_none_or(|state| {
                    parameters(url)
                        .iter()
                        .find(|(name, _)| name == "state")
                        .is_some_and(|(_, own)| is_state(own, state))
                });
                // With the right state, a server may have sent the user on within its origin.
                let place = |url| page(url).map(|(origin, path)| (origin, state.is_none().then_some(path)));
                let is_page = return_url.as_ref().is_none_or(|own| place(own) == place(url));
                let is_known = match way {
                    Way::OurWindow => true,
                    Way::CutOff => state.is_some() || return_url.is_some(),
                    Way::Channel => state.is_some(),
                };
                has_state && is_page && is_known
            }
            _ => false,
        }
    }
}
