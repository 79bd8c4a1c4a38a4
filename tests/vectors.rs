//! Every row of the contracts, as data in `tests/vectors`, and what no input at all may do to a parser.
#![cfg(not(target_arch = "wasm32"))]

mod url_corpus;

use link_widget::{
    CallbackResult, ErrorCode, FinxResult, FiskilResult, FlinksResult, LinkResult, Outcome, Provider, Step,
    frame_source,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use url::{Host, Url};

/// The most that is read of a field.
const LIMIT: usize = 64 * 1024;

/// One file of `tests/vectors`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    provider: String,
    flow: Flow,
    messages: Vec<Message>,
    callbacks: Vec<Callback>,
}

/// What the tests that try every provider need to know of one. The package's tests and those in a browser read the rest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(dead_code, reason = "other tests read the rest")]
struct Flow {
    /// The function of the npm package that opens its page.
    launch: String,
    /// What that is called with, the options last. `$url` stands for the page to open.
    call: Vec<Value>,
    /// The function that embeds a page of its that has no outcome.
    embed: Option<String>,
    /// Where its pages are, if every customer's are there.
    origin: Option<String>,
    /// The modes in which its pages work. The first one is the default.
    modes: Vec<String>,
    /// Whether the `state` that its page is opened with comes back.
    echoes_state: bool,
    /// None: its page posts nothing that counts.
    messages: Option<Says>,
    returns: Returns,
}

/// Messages that count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    /// `$mark` stands for a text to know it by.
    completed: Value,
    /// What that gives.
    result: Value,
    /// With `completed` they have all fields that are read.
    others: Vec<Value>,
    /// The fields that are read as a text or a flag; with a dot: inside a record.
    fields: Vec<String>,
}

/// Queries of return URLs, without the `state`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Returns {
    /// Its secrets begin with `secret-`.
    completed: String,
    /// What that gives, among others.
    result: Map<String, Value>,
    failed: String,
    /// What that fails with.
    code: String,
}

/// What the provider's page posts, and what it means; `null`: nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    name: String,
    data: Value,
    expect: Value,
}

/// A URL that the provider returns to, and what it means. A URL that is too long to write is a list of its parts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Callback {
    name: String,
    url: Value,
    /// The `state` that the caller expects.
    state: Option<String>,
    expect: Value,
}

/// Replaces each `{"$repeat": [text, times]}` by the string that it stands for.
fn expand(value: Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get("$repeat").and_then(Value::as_array).map(Vec::as_slice) {
            Some([Value::String(text), Value::Number(times)]) => {
                json!(text.repeat(times.as_u64().expect("a count") as usize))
            }
            _ => Value::Object(fields.into_iter().map(|(name, value)| (name, expand(value))).collect()),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(expand).collect()),
        other => other,
    }
}

/// The vectors of every provider that there is. The tests that list the files find all of these, and no other.
fn files() -> Vec<(Provider, Vectors)> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")).expect("a folder");
    let names = folder.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    assert_eq!(names.filter(|name| name.ends_with(".json")).count(), Provider::ALL.len());
    let read = |&provider: &Provider| {
        let path = format!("{}/tests/vectors/{}.json", env!("CARGO_MANIFEST_DIR"), provider.name());
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let vectors: Vectors = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(vectors.provider, provider.name());
        (provider, vectors)
    };
    Provider::ALL.iter().map(read).collect()
}

fn to_json(outcome: Outcome, provider: Provider) -> Value {
    let mut json = match outcome {
        Outcome::Completed(result) => json!({ "kind": "completed", "result": result.into_record() }),
        Outcome::Step(Step { step, provider_step, data }) => json!({
            "kind": "step", "step": step, "providerStep": provider_step, "data": data,
        }),
        Outcome::Failed(error) => {
            let mut failed = json!({ "kind": "failed", "code": error.code, "message": error.message });
            if let Some(details) = error.details {
                failed["details"] = json!(details);
            }
            failed
        }
    };
    json["provider"] = provider.name().into();
    json
}

fn outcome_of(provider: Provider, message: &Value) -> Value {
    provider.parse_message(message).map_or(Value::Null, |outcome| to_json(outcome, provider))
}

/// JavaScript has one kind of number: 5 and 5.0 are the same.
fn numbers(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.as_f64()),
        Value::Array(items) => items.iter_mut().for_each(numbers),
        Value::Object(fields) => fields.values_mut().for_each(numbers),
        _ => {}
    }
}

/// What fits on a screen.
fn short(value: &Value) -> String {
    value.to_string().chars().take(600).collect()
}

/// Compares outcomes row by row, and at the end tells every row that differs.
#[derive(Default)]
struct Report {
    seen: HashSet<String>,
    wrong: Vec<String>,
}

impl Report {
    fn row(&mut self, provider: Provider, name: &str, expect: &Value, outcome: Option<Outcome>) {
        let name = format!("{}: {name}", provider.name());
        let mut expect = expect.clone();
        let mut actual = outcome.map_or(Value::Null, |outcome| to_json(outcome, provider));
        if let Some(fields) = expect.as_object_mut() {
            fields.insert("provider".into(), json!(provider.name()));
            // the words of a failure are compared only where the contract gives them
            if actual["message"].is_string() && !fields.contains_key("message") {
                fields.insert("message".into(), actual["message"].clone());
            }
        }
        numbers(&mut expect);
        numbers(&mut actual);
        if actual != expect {
            self.wrong.push(format!("{name}\n  expected {}\n       got {}", short(&expect), short(&actual)));
        }
        assert!(self.seen.insert(name.clone()), "two rows are called {name:?}");
    }

    fn end(self) {
        assert!(!self.seen.is_empty(), "no rows");
        assert!(
            self.wrong.is_empty(),
            "{} of {} rows:\n{}",
            self.wrong.len(),
            self.seen.len(),
            self.wrong.join("\n")
        );
    }
}

#[test]
fn messages() {
    let mut report = Report::default();
    for (provider, vectors) in files() {
        for row in vectors.messages {
            report.row(provider, &row.name, &row.expect, provider.parse_message(&expand(row.data)));
        }
    }
    report.end();
}

#[test]
fn callbacks() {
    let mut report = Report::default();
    for (provider, vectors) in files() {
        for row in vectors.callbacks {
            let url = match expand(row.url) {
                Value::Array(parts) => parts.iter().map(|part| part.as_str().expect("text")).collect(),
                Value::String(url) => url,
                other => panic!("{}: not a URL: {other}", row.name),
            };
            let outcome = match row.state {
                Some(state) => provider.parse_callback_expecting(&url, &state),
                None => provider.parse_callback(&url),
            };
            report.row(provider, &row.name, &row.expect, Some(outcome));
        }
    }
    report.end();
}

#[test]
fn flows() {
    for (provider, Vectors { flow, .. }) in files() {
        assert_eq!(provider.default_mode().as_str(), flow.modes[0], "{provider}");
        if let Some(Says { completed, result, others, fields }) = flow.messages {
            let outcome = outcome_of(provider, &completed);
            assert_eq!([&outcome["kind"], &outcome["result"]], [&json!("completed"), &result], "{provider}");
            assert!(completed.to_string().contains("$mark") && !fields.is_empty(), "{provider}");
            for message in others {
                assert_ne!(outcome_of(provider, &message), Value::Null, "{provider}: {message}");
            }
        }
        let Returns { completed, result, failed, code } = flow.returns;
        let read = |query| {
            let url = format!("https://shop.example/done?{query}");
            to_json(provider.parse_callback(&url), provider)
        };
        let outcome = read(completed);
        assert_eq!(outcome["kind"], "completed", "{provider}");
        for (name, value) in result {
            assert_eq!(outcome["result"][&name], value, "{provider}: {name}");
        }
        assert_eq!(read(failed)["code"], code, "{provider}");
        let options = flow.call.last().expect("an argument");
        assert!(options.is_object() && json!(flow.call).to_string().contains("$url"), "{provider}");
    }
}

/// The result as its type, and back.
fn read_back(result: &LinkResult) -> Value {
    match result.provider() {
        Provider::Fiskil => json!(result.read::<FiskilResult>().expect("a result")),
        Provider::Flinks => json!(result.read::<FlinksResult>().expect("a result")),
        Provider::Finx => json!(result.read::<FinxResult>().expect("a result")),
        _ => json!(result.read::<CallbackResult>().expect("a result")),
    }
}

#[test]
fn a_result_is_read_as_the_type_of_its_provider() {
    let mut seen = HashSet::new();
    for (provider, vectors) in files() {
        let messages =
            vectors.messages.into_iter().filter_map(|row| provider.parse_message(&expand(row.data)));
        let urls = vectors.callbacks.into_iter().filter_map(|row| row.url.as_str().map(str::to_owned));
        for outcome in messages.chain(urls.map(|url| provider.parse_callback(&url))) {
            let Outcome::Completed(result) = outcome else { continue };
            assert_eq!(read_back(&result), json!(result.clone().into_record()));
            assert_eq!(result.state().as_deref(), json!(result.clone().into_record())["state"].as_str());
            // Of these two, no field is required.
            let read = match provider {
                Provider::Fiskil => result.read::<FinxResult>().map(drop),
                _ => result.read::<FiskilResult>().map(drop),
            };
            let error = read.expect_err("another provider's");
            assert_eq!((error.code, error.provider), (ErrorCode::InternalError, Some(provider)));
            seen.insert(provider);
        }
    }
    assert_eq!(seen.len(), Provider::ALL.len());
}

#[test]
fn fields_that_nobody_reads_do_not_matter() {
    let mut report = Report::default();
    for (provider, vectors) in files() {
        for row in vectors.messages {
            let mut data = expand(row.data);
            let expect = outcome_of(provider, &data);
            if let Some(fields) = data.as_object_mut() {
                fields.insert("unread".into(), json!("x".repeat(LIMIT + 1)));
                fields.insert("loops".into(), json!([[[{ "error": "x", "step": "REDIRECT" }]]]));
                report.row(provider, &row.name, &expect, provider.parse_message(&data));
            }
        }
    }
    report.end();
}

#[test]
fn a_url_may_grow_when_it_is_parsed() {
    for (provider, Vectors { flow, .. }) in files() {
        let query = flow.returns.completed;
        // an apostrophe becomes three letters of a query, a euro sign nine of a path
        for (url, kind) in [
            (format!("https://shop.example/?{query}&x={}", "'".repeat(22_000)), "completed"),
            (format!("https://shop.example/{}?{query}", "€".repeat(8000)), "completed"),
            (format!("javascript:alert(1)//{}?{query}", "€".repeat(8000)), "failed"),
        ] {
            let outcome = to_json(provider.parse_callback(&url), provider);
            assert_eq!(outcome["kind"], kind, "{provider}: {}", &url[..40]);
        }
    }
}

#[test]
fn a_url_has_at_most_64_kib() {
    let start = "https://shop.example/back?status=active&code=c&loginId=1&x=";
    let longest = start.to_owned() + &"x".repeat(LIMIT - start.len());
    for &provider in Provider::ALL {
        let kind = |url: &str| to_json(provider.parse_callback(url), provider)["kind"].clone();
        assert_eq!((kind(&longest), kind(&format!("{longest}x"))), (json!("completed"), json!("failed")));
    }
}

#[test]
fn a_result_has_the_first_thousand_parameters_or_so() {
    let names: Vec<String> = (0..2000).map(|number| format!("p{number}=")).collect();
    let url = format!("https://shop.example/back?{}", names.join("&"));
    let kept = Provider::ALL.iter().filter_map(|&provider| {
        let outcome = to_json(provider.parse_callback(&url), provider);
        outcome["result"]["params"].as_object().map(Map::len)
    });
    // of the providers whose parameters are not public
    assert_eq!(kept.collect::<Vec<_>>(), [1024; 2]);
}

#[test]
fn a_field_has_at_most_64_kib() {
    let fiskil = Provider::from_name("fiskil").expect("a provider");
    let long = "x".repeat(LIMIT);
    let outcome = fiskil.parse_message(&json!({ "isCompleted": true, "consentID": long }));
    assert_eq!(to_json(outcome.expect("an outcome"), fiskil)["result"]["consentID"], long);
    assert_eq!(fiskil.parse_message(&json!({ "isCompleted": true, "consentID": long + "x" })), None);

    // a stringified message counts as one field: white space after it makes it longer and changes nothing else
    let mut report = Report::default();
    for (provider, vectors) in files() {
        for row in vectors.messages {
            if let Value::String(text) = expand(row.data)
                && text.len() < LIMIT
            {
                let expect = outcome_of(provider, &json!(text));
                let padding = " ".repeat(LIMIT - text.len());
                let long = text + &padding;
                report.row(provider, &row.name, &expect, provider.parse_message(&json!(long)));
                assert_eq!(provider.parse_message(&json!(long + " ")), None, "{}", row.name);
            }
        }
    }
    report.end();
}

/// Whether it is secure, by the parts that the parser gives: https, or http on this machine.
fn is_secure(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

/// Active schemes, which no URL that a provider sends a user to may have.
const ACTIVE: [&str; 8] =
    ["javascript", "data", "blob", "vbscript", "file", "about", "filesystem", "view-source"];

#[test]
fn urls_of_every_shape() {
    let urls = url_corpus::urls();
    assert!(urls.len() > 4000 && urls == url_corpus::urls(), "{}", urls.len());
    for (provider, vectors) in files() {
        let has_all = vectors.callbacks.iter().all(|row| match &row.url {
            Value::String(url) => urls.contains(url),
            _ => true,
        });
        assert!(has_all, "tests/url_corpus.rs lacks the vectors of {provider}");
    }
    let (mut opened, mut followed) = (0, 0);
    for text in &urls {
        let url = Url::parse(text).ok();
        // what may be opened is named by its origin
        let has_user =
            |url: &Url| !url.username().is_empty() || url.password().is_some_and(|it| !it.is_empty());
        let origin = url
            .as_ref()
            .filter(|url| is_secure(url) && !has_user(url))
            .map(|url| url.origin().ascii_serialization());
        opened += usize::from(origin.is_some());
        let is_callback =
            text.len() <= LIMIT && url.as_ref().is_some_and(|url| !ACTIVE.contains(&url.scheme()));
        followed += usize::from(is_callback);
        for &provider in Provider::ALL {
            match frame_source(provider, Some(text)) {
                Ok(source) => assert_eq!(source, origin, "{text:?}"),
                Err(error) => {
                    assert_eq!((error.code, error.provider), (ErrorCode::InvalidOptions, Some(provider)));
                    assert_eq!(origin, None, "{text:?}");
                }
            }
            let is_refused = matches!(
                provider.parse_callback(text),
                Outcome::Failed(error) if error.code == ErrorCode::InvalidOptions
            );
            assert_eq!(is_refused, !is_callback, "{provider}: {text:?}");
        }
    }
    // many of each kind, or nothing is compared
    println!("{} URLs, {opened} that may be opened, {followed} that may be callbacks", urls.len());
    assert!(opened > 1500 && followed > 2500, "{opened} {followed} of {}", urls.len());
}

/// In the value of every field that may not leave a result. Nothing else in a generated input contains it.
const SECRET: &str = "s3cr3t";

/// The protocols' own names, and those of every object; the last is empty.
const NAMES: &str = "isCompleted redirectURL error errorID errorType errorDescription errorURI step flinksCode \
    institution requestId cached mfaTypes totalAccounts displayedAccounts accountId url tag location \
    query state success cancel flow_id status consent error_type error_id error_description \
    error_uri __proto__ constructor toString length ";

/// Names whose values are for the result alone.
const SECRETS: &str = "loginId code consentID consent_id";

/// Values that mean something to one of the protocols, and awkward ones; the last is empty.
const WORDS: &str = "REDIRECT APP_MOUNTED COMPONENT_LOAD_MFA COMPONENT_CLOSE_SESSION COMPONENT_DENY_CONSENT \
    TOKEN_INVALID MAXIMUM_RETRY_REACHED SESSION_EXPIRED INVALID_LOGIN CONSENT_TIMEOUT \
    AUTH_SESSION_INVALID LINK_INVALID_SESSION access_denied server_error true false failed expired \
    revoked authError customerDeniedConsent javascript:alert(1) % é😀 ";

fn one_of(words: &'static str) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words.split(' ').collect::<Vec<_>>())
}

fn secret() -> impl Strategy<Value = String> {
    "[a-z]{0,4}".prop_map(|text| format!("{SECRET}{text}"))
}

/// A URL with the protocols' own parameters, sound or nearly so.
fn url(secrets: bool) -> impl Strategy<Value = String> {
    let base = prop_oneof![
        Just("https://app.example/cb"),
        Just("myapp://cb"),
        Just("http://localhost:3000/"),
        Just("/cb"),
        Just("javascript:alert(1)"),
        Just("https%3A%2F%2Fapp.example%2Fcb"),
    ];
    let parameter = prop_oneof![
        4 => (one_of(NAMES), one_of(WORDS)).prop_map(|(n, v)| format!("{n}={v}")),
        2 => (one_of(SECRETS), secret())
            .prop_map(move |(name, value)| if secrets { format!("{name}={value}") } else { name.into() }),
        1 => "[a-z%+=é]{0,12}",
    ];
    (base, prop::collection::vec(parameter, 0..8), prop::sample::select(&["?", "#", "%3F"][..]))
        .prop_map(|(base, parameters, mark)| format!("{base}{mark}{}", parameters.join("&")))
}

/// Any JSON, the protocols' own names and values more often than chance would have them.
fn message() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        one_of(WORDS).prop_map(Value::from),
        url(false).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let names = prop_oneof![4 => one_of(NAMES).prop_map(String::from), 1 => any::<String>()];
        let fields = prop::collection::vec((names, inner.clone()), 0..8);
        let secrets = prop::collection::vec((one_of(SECRETS), secret()), 0..3);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..6).prop_map(Value::from),
            4 => (fields, secrets).prop_map(|(fields, secrets)| {
                let mut object: Map<String, Value> = fields.into_iter().collect();
                object.extend(secrets.into_iter().map(|(name, value)| (name.into(), value.into())));
                object.into()
            }),
        ]
    })
}

/// An object in which each name that a protocol reads has a value that it may well have.
fn plausible() -> impl Strategy<Value = Value> {
    let word = || one_of(WORDS).prop_map(Value::from);
    let link = || url(true).prop_map(Value::from);
    let query = prop::collection::vec((one_of(NAMES), word()), 0..6);
    let fields = (
        prop::option::of(any::<bool>()),
        prop::option::of(link()),
        prop::option::of(word()),
        prop::option::of(word()),
        prop::option::of(word()),
        prop::option::of(word()),
        prop::option::of((link(), link(), query, prop::option::of(secret()))),
        prop::collection::vec((one_of(SECRETS), secret()), 0..4),
    );
    fields.prop_map(|(completed, redirect, error, error_type, step, code, finx, secrets)| {
        let mut object = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.insert(name.into(), value);
            }
        };
        put("isCompleted", completed.map(Value::from));
        put("redirectURL", redirect);
        put("error", error);
        put("errorType", error_type);
        put("step", step);
        put("flinksCode", code);
        if let Some((location, url, query, code)) = finx {
            let mut query: Map<_, _> = query.into_iter().map(|(name, value)| (name.into(), value)).collect();
            if let Some(code) = code {
                query.insert("code".into(), code.into());
            }
            put("location", Some(location));
            put("url", Some(url));
            put("query", Some(query.into()));
        }
        object.extend(secrets.into_iter().map(|(name, value)| (name.into(), value.into())));
        object.into()
    })
}

/// Only a result may carry what lets somebody into an account.
fn keeps_secrets(provider: Provider, outcome: Outcome) -> Result<(), TestCaseError> {
    let outcome = to_json(outcome, provider);
    prop_assert_eq!(&outcome["provider"], provider.name());
    prop_assert!(
        outcome["kind"] == "completed" || !outcome.to_string().contains(SECRET),
        "{} leaks: {}",
        provider.name(),
        outcome
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_message_is_read_or_ignored(data in prop_oneof![message(), plausible()], stringified: bool) {
        let data = if stringified { data.to_string().into() } else { data };
        for &provider in Provider::ALL {
            if let Some(outcome) = provider.parse_message(&data) {
                keeps_secrets(provider, outcome)?;
            }
        }
    }

    #[test]
    fn any_return_url_has_an_outcome(url in prop_oneof![any::<String>(), url(true)]) {
        for &provider in Provider::ALL {
            let outcome = provider.parse_callback(&url);
            prop_assert!(!matches!(outcome, Outcome::Step(..)), "{}: a step", provider.name());
            keeps_secrets(provider, outcome)?;
        }
    }
}
