//! The Rust face in a browser. The provider's page is a page of the test server's own that does not exist: it loads,
//! and posts what it is made to post.
#![cfg(all(target_arch = "wasm32", not(feature = "npm")))]

use futures::channel::oneshot;
use futures::future::{Either, join, select};
use futures::{FutureExt, StreamExt};
use gloo_timers::callback::Timeout;
use js_sys::{Function, JSON, Reflect};
use link_widget::{
    ErrorCode, EventKind, FinxResult, FiskilResult, FlinksResult, LinkError, LinkEvent, LinkFlow, LinkResult,
    Mode, Options, Provider, Target, open, open_in, resume,
};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlIFrameElement};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> web_sys::Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Where the provider's page is: at the tests' own origin.
fn provider() -> String {
    let location = Reflect::get(&web_sys::window().unwrap(), &"location".into()).unwrap();
    let origin = Reflect::get(&location, &"origin".into()).unwrap().as_string().unwrap();
    format!("{origin}/no-such-page")
}

fn target() -> Target {
    Target::fiskil("session").at_auth_server(provider())
}

/// An element of the page, which goes at the end of the test.
struct Place(Element);

impl Place {
    fn new() -> Self {
        let element = document().create_element("section").unwrap();
        document().document_element().unwrap().append_child(&element).unwrap();
        Self(element)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.remove();
    }
}

async fn sleep(ms: u32) {
    let (done, waiting) = oneshot::channel();
    let _timeout = Timeout::new(ms, move || {
        let _ = done.send(());
    });
    let _ = waiting.await;
}

/// The widget's elements on the page.
fn hosts() -> u32 {
    let count = js_sys::eval("document.querySelectorAll('[data-link-widget]').length").unwrap();
    count.as_f64().unwrap() as u32
}

/// The frame of the only flow.
fn frame() -> HtmlIFrameElement {
    let host = document().query_selector("[data-link-widget]").unwrap().expect("a flow");
    host.shadow_root().unwrap().query_selector("iframe").unwrap().unwrap().unchecked_into()
}

/// Makes the provider's page post what this code gives.
fn say(code: &str) {
    let window = Reflect::get(&frame(), &"contentWindow".into()).unwrap();
    // run by the frame's own timer, so that the frame is who posts it
    let set_timeout: Function = Reflect::get(&window, &"setTimeout".into()).unwrap().unchecked_into();
    let code = format!("parent.postMessage({code}, '*')");
    set_timeout.call1(&window, &code.as_str().into()).unwrap();
}

/// The flow's page has loaded.
async fn loaded(flow: &mut LinkFlow) {
    let mut events = flow.events();
    while let Some(event) = events.next().await {
        if event.kind == EventKind::Load {
            return;
        }
    }
    panic!("it ended before it had loaded");
}

fn to_json(value: impl Into<JsValue>) -> Value {
    let text = JSON::stringify(&value.into()).unwrap().as_string().unwrap();
    serde_json::from_str(&text).unwrap()
}

fn code(answer: Result<LinkResult, LinkError>) -> ErrorCode {
    answer.expect_err("a failure").code
}

#[wasm_bindgen_test]
async fn a_consent_is_the_futures_answer() {
    let mut flow = open(target(), Options::default());
    assert_eq!(hosts(), 1);
    assert!(
        document().active_element().unwrap().has_attribute("data-link-widget"),
        "the dialog has the focus"
    );
    loaded(&mut flow).await;
    say("{ isCompleted: true, consentID: 'arr_1', redirectURL: '/done' }");
    let result = (&mut flow).await.expect("a success");
    assert_eq!(hosts(), 0);

    let fiskil = FiskilResult { consent_id: Some("arr_1".into()), redirect_url: Some("/done".into()) };
    assert_eq!(result.read(), Ok(fiskil));
    assert_eq!((result.provider(), result.state()), (Provider::Fiskil, None));
    let other = result.read::<FlinksResult>().expect_err("another provider's");
    assert!(other.message.starts_with("This result is from fiskil: "), "{other}");
    assert_eq!(to_json(result), json!({ "consentID": "arr_1", "redirectURL": "/done" }));

    let again = flow.await.expect_err("an answer is given once");
    assert_eq!(again.code, ErrorCode::InternalError);
}

#[wasm_bindgen_test]
async fn a_failure_says_whose_and_why() {
    let mut flow = open(target(), Options::default());
    loaded(&mut flow).await;
    say("{ isCompleted: false, error: 'no', errorType: 'CONSENT_TIMEOUT', errorID: 'err_1' }");
    let error = flow.await.expect_err("a failure");
    assert_eq!((error.code, error.provider), (ErrorCode::ConsentTimeout, Some(Provider::Fiskil)));
    assert_eq!(error.to_string(), "CONSENT_TIMEOUT: no");
    assert_eq!(
        to_json(error.details.expect("details").into_object()),
        json!({ "error_id": "err_1", "error_type": "CONSENT_TIMEOUT" })
    );
}

#[wasm_bindgen_test]
async fn it_is_closed_by_the_page_by_dropping_it_and_by_the_person() {
    let flow = open(target(), Options::default());
    flow.close();
    flow.close();
    flow.focus();
    assert_eq!(hosts(), 0);
    assert_eq!(code(flow.await), ErrorCode::UserCancelled);

    let mut flow = open(target(), Options::default());
    loaded(&mut flow).await;
    drop(flow);
    assert_eq!(hosts(), 0);

    let flow = open(target(), Options::default());
    let handle = flow.handle();
    let closing = async { handle.clone().close() };
    assert_eq!(code(join(flow, closing).await.0), ErrorCode::UserCancelled);
    handle.focus();
    handle.close();
    assert_eq!(hosts(), 0);

    let flow = open(target(), Options::default());
    let root = document().query_selector("[data-link-widget]").unwrap().unwrap().shadow_root().unwrap();
    let button = root.query_selector("button").unwrap().unwrap();
    button.unchecked_into::<web_sys::HtmlElement>().click();
    assert_eq!(code(flow.await), ErrorCode::UserCancelled);
    assert_eq!(hosts(), 0);
}

#[wasm_bindgen_test]
async fn its_limits_end_it() {
    let flow = open(target(), Options { timeout_ms: 30.0, ..Options::default() });
    assert_eq!(code(flow.await), ErrorCode::Timeout);
    let flow =
        open(target(), Options { timeout_ms: 0.0, load_timeout_ms: f64::INFINITY, ..Options::default() });
    let patience = sleep(100);
    let Either::Right((_, flow)) = select(flow, Box::pin(patience)).await else {
        panic!("no limit ended it")
    };
    drop(flow);
    // nothing serves this one
    let nowhere = Target::fiskil("session").at_auth_server("http://127.0.0.1:9/");
    let flow = open(nowhere, Options { load_timeout_ms: 0.5, ..Options::default() });
    assert_eq!(code(flow.await), ErrorCode::LoadTimeout);
    assert_eq!(hosts(), 0);
}

#[wasm_bindgen_test]
async fn what_is_wrong_is_its_answer() {
    let with = |options| open(target(), options);
    let default = Options::default;
    let detached = document().create_element("div").unwrap();
    let others =
        js_sys::eval("document.implementation.createHTMLDocument('').body").unwrap().unchecked_into();
    for (flow, code, name) in [
        (open(Target::fiskil(""), default()), ErrorCode::InvalidOptions, "sessionId"),
        (
            open(Target::fiskil("http://auth.fiskil.com/?sess_id=1"), default()),
            ErrorCode::InvalidOptions,
            "sessionId",
        ),
        (with(Options { timeout_ms: -1.0, ..default() }), ErrorCode::InvalidOptions, "timeoutMs"),
        (with(Options { timeout_ms: f64::NAN, ..default() }), ErrorCode::InvalidOptions, "timeoutMs"),
        (
            with(Options { load_timeout_ms: f64::NEG_INFINITY, ..default() }),
            ErrorCode::InvalidOptions,
            "loadTimeoutMs",
        ),
        (
            with(Options { allowed_origin: Some("*".into()), ..default() }),
            ErrorCode::InvalidOptions,
            "allowedOrigin",
        ),
        (open_in(detached, target(), default()), ErrorCode::NotFound, "The container"),
        (open_in(others, target(), default()), ErrorCode::InvalidOptions, "container"),
        (with(Options { mode: Some(Mode::Container), ..default() }), ErrorCode::InvalidOptions, "container"),
        (
            with(Options { return_url: Some("https://elsewhere.example/".into()), ..default() }),
            ErrorCode::InvalidOptions,
            "returnUrl",
        ),
    ] {
        assert_eq!(hosts(), 0, "{name}");
        let error = flow.await.expect_err(name);
        assert_eq!((error.code, error.provider), (code, Some(Provider::Fiskil)), "{name}");
        assert!(error.message.starts_with(name), "{name}: {}", error.message);
    }
}

#[wasm_bindgen_test]
async fn its_events_come_as_a_stream() {
    let place = Place::new();
    let mut flow = open_in(place.0.clone(), target(), Options::default());
    let events = flow.events();
    assert_eq!(flow.events().collect::<Vec<_>>().await, [], "the second call has nothing left");
    loaded_by_dom().await;
    say("{ isCompleted: true, consentID: 'arr_1' }");
    assert!((&mut flow).await.is_ok());
    drop(flow);
    let events: Vec<LinkEvent> = events.collect().await;
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [EventKind::Open(Mode::Container), EventKind::Load, EventKind::Settled(Ok(()))]);
    assert!(events.iter().all(|event| event.provider == Provider::Fiskil));
    assert!(events.is_sorted_by(|one, other| one.elapsed_ms <= other.elapsed_ms));
    let open = to_json(events.into_iter().next().unwrap());
    assert_eq!(
        (&open["type"], &open["mode"], &open["provider"]),
        (&json!("open"), &json!("container"), &json!("fiskil"))
    );
    assert!(open["elapsedMs"].is_number());
}

#[wasm_bindgen_test]
async fn its_events_end_with_it() {
    let mut flow = open(target(), Options::default());
    let (handle, events) = (flow.handle(), flow.events().map(|event| event.kind.to_string()));
    handle.close();
    let (answer, events) = join(flow, events.collect::<Vec<_>>()).await;
    assert_eq!(code(answer), ErrorCode::UserCancelled);
    assert_eq!(events, ["open overlay", "settled LINK_USER_CANCELLED"]);
}

#[wasm_bindgen_test]
async fn events_that_nobody_reads_do_not_pile_up() {
    let place = Place::new();
    let mut flow = open_in(place.0.clone(), Target::flinks_at(provider()), Options::default());
    loaded_by_dom().await;
    for _ in 0..500 {
        say("{ step: 'SUBMIT_MFA' }");
    }
    sleep(200).await;
    let events = flow.events();
    drop(flow);
    let count = events.count().await;
    assert!((256..300).contains(&count), "{count}");
}

/// The frame has loaded, as the page sees it.
async fn loaded_by_dom() {
    let (done, waiting) = oneshot::channel();
    let mut done = Some(done);
    let on_load = Closure::<dyn FnMut()>::new(move || {
        let _ = done.take().map(|done| done.send(()));
    });
    frame().add_event_listener_with_callback("load", on_load.as_ref().unchecked_ref()).unwrap();
    let _ = waiting.await;
}

#[wasm_bindgen_test]
async fn flows_do_not_touch_each_other() {
    let place = Place::new();
    let mut first = open_in(place.0.clone(), target(), Options::default());
    loaded(&mut first).await;
    let second = open(target(), Options::default());
    assert_eq!(hosts(), 2);
    second.close();
    assert_eq!(code(second.await), ErrorCode::UserCancelled);
    assert_eq!(hosts(), 1);
    assert!((&mut first).now_or_never().is_none(), "the first is pending");
    say("{ isCompleted: true, consentID: 'arr_1' }");
    assert!(first.await.is_ok());
}

#[wasm_bindgen_test]
async fn an_invalid_session_stays_to_be_read_until_the_flow_is_dropped() {
    let mut flow = open(target(), Options::default());
    loaded(&mut flow).await;
    say("{ isCompleted: false, error: 'used', errorType: 'LINK_INVALID_SESSION' }");
    assert_eq!(code((&mut flow).await), ErrorCode::InvalidSession);
    assert_eq!(hosts(), 1);
    drop(flow);
    assert_eq!(hosts(), 0);
}

#[wasm_bindgen_test]
async fn a_page_that_is_come_back_to_gets_the_answer_once() {
    let eval = |code: &str| js_sys::eval(code).unwrap().as_string();
    let address = eval("location.href").unwrap();
    eval(
        "sessionStorage.setItem('link-widget', JSON.stringify([
            { provider: 'nobody', expires: null },
            { provider: 'finqlink', state: 's2', expires: null },
            { provider: 'finx', state: 's1', expires: null }
        ])); history.replaceState(null, '', '?page=1&code=c1&state=s1')",
    );
    let Some(Ok(result)) = resume() else { panic!("no answer") };
    let finx: FinxResult = result.read().unwrap();
    assert_eq!((finx.code.as_deref(), finx.state.as_deref()), (Some("c1"), Some("s1")));
    assert_eq!(eval("location.search").as_deref(), Some("?page=1"));
    assert_eq!(resume(), Some(Ok(result)), "a second call in the same task gives the same");
    sleep(20).await;
    assert_eq!(resume(), None);
    // the record is used up, and the other one is of another flow
    eval("history.replaceState(null, '', '?code=c1&state=s1')");
    let Some(Err(error)) = resume() else { panic!("no failure") };
    assert_eq!((error.code, error.provider), (ErrorCode::StateMismatch, Some(Provider::Finqlink)));
    assert_eq!(eval("location.search").as_deref(), Some(""));
    let left = eval("sessionStorage.getItem('link-widget')").unwrap();
    // what another version of this crate may have left is not touched
    let expected =
        r#"[{"provider":"nobody","expires":null},{"provider":"finqlink","state":"s2","expires":null}]"#;
    assert_eq!(left, expected);
    eval(&format!("sessionStorage.clear(); history.replaceState(null, '', {address:?})"));
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

/// Each message of the contract as a real one, from a real window.
#[wasm_bindgen_test]
async fn every_message_of_the_contract() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/fiskil.json")).unwrap();
    let rows = vectors["messages"].as_array().unwrap();
    let (nothing, outcomes): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["expect"].is_null());
    let message = |row: &Value| format!("JSON.parse({:?})", Text(expand(row["data"].clone()).to_string()));
    let mut wrong = Vec::new();
    let place = Place::new();

    let mut flow = open_in(place.0.clone(), target(), Options::default());
    loaded(&mut flow).await;
    for row in &nothing {
        say(&message(row));
    }
    sleep(300).await;
    if let Some(answer) = (&mut flow).now_or_never() {
        panic!("a message of no meaning ended the flow: {answer:?}");
    }
    drop(flow);

    for row in &outcomes {
        let mut flow = open_in(place.0.clone(), target(), Options::default());
        loaded(&mut flow).await;
        say(&message(row));
        let expect = &row["expect"];
        let given = match (&mut flow).await {
            Ok(result) => json!({ "kind": "completed", "result": to_json(result) }),
            Err(error) => {
                let mut given = json!({ "kind": "failed", "code": error.code.as_str() });
                if expect["message"].is_string() {
                    given["message"] = json!(error.message);
                }
                if let Some(details) = error.details {
                    given["details"] = to_json(details.into_object());
                }
                given
            }
        };
        if given != *expect {
            wrong.push(format!("{}\n  expected {expect}\n       got {given}", row["name"]));
        }
    }
    assert!(nothing.len() > 50 && outcomes.len() > 50, "{} and {}", nothing.len(), outcomes.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A text as JavaScript writes it.
struct Text(String);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).unwrap())
    }
}
