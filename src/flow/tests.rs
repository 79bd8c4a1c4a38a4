//! The state machine by itself: a table of every phase and input, and what holds in whatever order.

use super::*;
use crate::provider::fields::Json as Fields;
use crate::provider::fiskil::FiskilResult;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const ALLOWED: &str = "https://auth.fiskil.com";
const OTHER: &str = "https://evil.example";

fn flow(timeout_ms: f64, load_timeout_ms: f64) -> Flow {
    let allowed = Origin::from_option(ALLOWED).unwrap();
    Flow::new(Provider::Fiskil, allowed, timeout_ms, load_timeout_ms)
}

/// A flow in the named phase, with limits of 1000 and 100 ms.
fn in_phase(name: &str) -> Flow {
    let mut flow = flow(1000.0, 100.0);
    let inputs: &[Input] = match name {
        "opening" => &[],
        "loading" => &[Input::Opened(Mode::Overlay)],
        "open" | "staying" => &[Input::Opened(Mode::Overlay), Input::Loaded],
        "settled" => &[Input::ClosedByCaller],
        _ => unreachable!(),
    };
    for input in inputs {
        flow.handle(input.clone());
    }
    if name == "staying" {
        flow.hear(true, ALLOWED, &json!({ "error": "LINK_INVALID_SESSION" }));
    }
    flow
}

impl Flow {
    fn hear(&mut self, from_our_window: bool, origin: &str, data: &Json) -> Vec<Command> {
        self.message(from_our_window, origin, &Fields::new(data.clone()))
    }
}

/// Commands as a table shows them.
fn shown(commands: &[Command]) -> String {
    let words: Vec<String> = commands
        .iter()
        .map(|command| match command {
            Command::Start(timer, ms) => format!("start {timer:?} {ms}"),
            Command::Stop(timer) => format!("stop {timer:?}"),
            Command::Reveal => "reveal".into(),
            Command::RenewToken => "renew token".into(),
            Command::Navigate(url) => format!("navigate {url}"),
            Command::TearDown => "tear down".into(),
            Command::Emit(EventKind::Open(mode)) => format!("emit open {}", mode.as_str()),
            Command::Emit(EventKind::Load) => "emit load".into(),
            Command::Emit(EventKind::Step(step)) => format!("emit step {}", step.provider_step),
            Command::Emit(EventKind::ForeignMessage(origin)) => format!("emit foreign {origin}"),
            Command::Emit(EventKind::PopupSevered) => "emit severed".into(),
            Command::Emit(EventKind::Settled(Ok(()))) => "emit completed".into(),
            Command::Emit(EventKind::Settled(Err(code))) => format!("emit {code}"),
            Command::Settle(Ok(_)) => "resolve".into(),
            Command::Settle(Err(error)) => format!("reject {}", error.code),
        })
        .collect();
    words.join(", ")
}

#[test]
fn begins_with_what_was_asked_for() {
    let session = |session: &str| Target::fiskil(session);
    let begin = |target: Target, options: Options| Flow::begin(&target, &options);
    let (flow, url) = begin(session("sess 1&x"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/?sess_id=sess+1%26x");
    assert_eq!(flow.gate.allowed().as_str(), ALLOWED);
    let (_, url) = begin(session("https://auth.fiskil.com/a?sess_id=1#b"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/a?sess_id=1#b");
    let staging =
        Target::Fiskil { session: "1".into(), auth_server: Some("http://localhost:4000/auth?a=b".into()) };
    let elsewhere = Options { allowed_origin: Some("https://other.example/".into()), ..Options::default() };
    let (flow, url) = begin(staging, elsewhere).unwrap();
    assert_eq!(url, "http://localhost:4000/auth?a=b&sess_id=1");
    assert_eq!(flow.gate.allowed().as_str(), "https://other.example");

    let star = Options { allowed_origin: Some("*".into()), ..Options::default() };
    let endless = Options { timeout_ms: -1.0, ..Options::default() };
    let insecure = Target::Fiskil { session: "1".into(), auth_server: Some("http://auth.fiskil.com".into()) };
    for (target, options, name) in [
        (session(""), Options::default(), "sessionId"),
        (session("https://evil.example/?sess_id=1"), Options::default(), "sessionId"),
        (session("javascript:alert(1)"), Options::default(), "sessionId"),
        (insecure, Options::default(), "authServer"),
        (session("1"), star, "allowedOrigin"),
        (session("1"), endless, "timeoutMs"),
    ] {
        let error = begin(target, options).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidOptions);
        assert!(error.message.starts_with(name), "{error}");
    }
}

#[test]
fn every_phase_and_input() {
    let refused = || Input::Refused(LinkError::new(ErrorCode::FrameBlocked, "frame-src"));
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let blocked = "tear down, emit LINK_FRAME_BLOCKED, reject LINK_FRAME_BLOCKED";
    let timed_out = "tear down, emit LINK_TIMEOUT, reject LINK_TIMEOUT";
    let done = "tear down, emit completed, resolve";
    let callback = |url: &str| Input::Away(Away::Callback { url: url.into(), is_ours: true });
    let opened = "start Flow 1000, start Load 100, emit open overlay";
    let table: &[(Input, [&str; 5])] = &[
        // opening, loading, open, settled with the page staying, settled
        (Input::Opened(Mode::Overlay), [opened, "", "", "", ""]),
        (refused(), [blocked, blocked, blocked, "tear down", ""]),
        (Input::Loaded, ["", "stop Load, emit load, reveal", "emit load", "", ""]),
        (Input::Elapsed(Timer::Flow), ["", timed_out, timed_out, "", ""]),
        (
            Input::Elapsed(Timer::Load),
            ["", "tear down, emit LINK_LOAD_TIMEOUT, reject LINK_LOAD_TIMEOUT", "", "", ""],
        ),
        (Input::ClosedByCaller, [cancelled, cancelled, cancelled, "tear down", ""]),
        (Input::ClosedByUser, [cancelled, cancelled, cancelled, "tear down", ""]),
        (callback("https://shop.example/?consent_id=1"), ["", done, done, "", ""]),
        (Input::Away(Away::Looked { is_closed: true, has_focus: true, at_ms: 9000 }), ["", "", "", "", ""]),
        (Input::Away(Away::Token(Some("t".into()))), ["", "", "", "", ""]),
    ];
    for (input, expected) in table {
        for (phase, expected) in ["opening", "loading", "open", "staying", "settled"].iter().zip(expected) {
            let commands = in_phase(phase).handle(input.clone());
            assert_eq!(shown(&commands), *expected, "{phase}: {input:?}");
        }
    }
}

#[test]
fn every_phase_and_message() {
    let completed = json!({ "isCompleted": true, "consentID": "arr_1" });
    let failed = json!({ "isCompleted": false, "errorType": "CONSENT_TIMEOUT" });
    let invalid = json!({ "isCompleted": false, "errorType": "LINK_INVALID_SESSION" });
    let bare = json!({ "error": "Some error" });
    let noise = json!({ "type": "webpackOk" });
    let done = "tear down, emit completed, resolve";
    let expired = "tear down, emit CONSENT_TIMEOUT, reject CONSENT_TIMEOUT";
    let mismatch = "tear down, emit LINK_ORIGIN_MISMATCH, reject LINK_ORIGIN_MISMATCH";
    let stays = "emit LINK_INVALID_SESSION, reject LINK_INVALID_SESSION";
    let internal = "tear down, emit LINK_INTERNAL_ERROR, reject LINK_INTERNAL_ERROR";
    let kept = format!("stop Load, stop Flow, reveal, {stays}");
    let foreign = format!("emit foreign {OTHER}");
    let table: &[(&Json, bool, &str, [&str; 2])] = &[
        // message, from our window, origin, [loading, open]
        (&completed, true, ALLOWED, [done, done]),
        (&failed, true, ALLOWED, [expired, expired]),
        (&invalid, true, ALLOWED, [&kept, &kept]),
        (&bare, true, ALLOWED, [internal, internal]),
        (&noise, true, ALLOWED, ["", ""]),
        (&completed, true, OTHER, [mismatch, mismatch]),
        (&failed, true, OTHER, [mismatch, mismatch]),
        (&completed, true, "null", [mismatch, mismatch]),
        (&json!({ "isCompleted": false }), true, OTHER, [&foreign, &foreign]),
        (&json!({ "isCompleted": "yes", "error": "x" }), true, OTHER, [&foreign, &foreign]),
        (&bare, true, OTHER, [&foreign, &foreign]),
        (&completed, false, ALLOWED, ["emit foreign https://auth.fiskil.com"; 2]),
        (&completed, false, OTHER, [&foreign, &foreign]),
        (&noise, false, OTHER, [&foreign, &foreign]),
    ];
    for (data, ours, origin, expected) in table {
        for (phase, expected) in ["loading", "open"].iter().zip(expected) {
            let commands = in_phase(phase).hear(*ours, origin, data);
            assert_eq!(shown(&commands), *expected, "{phase}: {data} from {origin}, ours: {ours}");
        }
        for phase in ["opening", "staying", "settled"] {
            let commands = in_phase(phase).hear(*ours, origin, data);
            assert_eq!(shown(&commands), "", "{phase}: {data}");
        }
    }
}

#[test]
fn the_answer_is_the_providers() {
    let mut flow = in_phase("open");
    let commands = flow.hear(true, ALLOWED, &json!({ "isCompleted": true, "consentID": "arr_1" }));
    let Some(Command::Settle(Ok(result))) = commands.last() else { panic!("{commands:?}") };
    let expected = FiskilResult { consent_id: Some("arr_1".into()), redirect_url: None };
    assert_eq!(result.read(), Ok(expected));
    assert!(flow.is_over());
}

#[test]
fn an_origin_mismatch_names_both_origins() {
    let commands = in_phase("open").hear(true, OTHER, &json!({ "isCompleted": true, "consentID": "secret" }));
    let Some(Command::Settle(Err(error))) = commands.last() else { panic!("{commands:?}") };
    assert_eq!(error.provider, Some(Provider::Fiskil));
    assert_eq!(
        error.details.as_ref().unwrap().to_json(),
        json!({ "expectedOrigin": ALLOWED, "receivedOrigin": OTHER })
    );
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn a_stranger_is_reported_once() {
    let mut flow = in_phase("open");
    assert_eq!(flow.hear(false, OTHER, &json!({})).len(), 1);
    assert_eq!(flow.hear(false, OTHER, &json!({})).len(), 0);
    assert_eq!(flow.hear(true, OTHER, &json!({})).len(), 0);
    assert_eq!(flow.hear(false, "https://b.example", &json!({})).len(), 1);
}

#[test]
fn no_limit_starts_no_timer_and_a_long_one_runs_in_parts() {
    for none in [0.0, f64::INFINITY] {
        let commands = flow(none, none).handle(Input::Opened(Mode::Container));
        assert_eq!(shown(&commands), "emit open container");
    }
    let long = f64::from(LONGEST_TIMER_MS);
    let mut flow = flow(long * 2.0 + 7.0, 0.0);
    let commands = flow.handle(Input::Opened(Mode::Overlay));
    assert_eq!(shown(&commands), format!("start Flow {long}, emit open overlay"));
    for expected in [format!("start Flow {long}"), "start Flow 7".into()] {
        assert_eq!(shown(&flow.handle(Input::Elapsed(Timer::Flow))), expected);
    }
    assert!(shown(&flow.handle(Input::Elapsed(Timer::Flow))).ends_with("reject LINK_TIMEOUT"));
}

/// A flow of Flinks, finX or FinqLink that is open in this mode.
fn open_flow(target: Target, options: Options, mode: Mode) -> Flow {
    let (mut flow, _) = Flow::begin(&target, &options).unwrap();
    flow.handle(Input::Opened(mode));
    flow
}

fn flinks(mode: Mode) -> Flow {
    let url = Some("https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=old".into());
    open_flow(Target::Flinks { instance: None, url, params: Vec::new() }, Options::default(), mode)
}

const FLINKS: &str = "https://toolbox-iframe.private.fin.ag";

#[test]
fn a_refused_token_is_renewed_once() {
    let refusal = json!({ "step": "TOKEN_INVALID" });
    let refused = "tear down, emit LINK_INVALID_SESSION, reject LINK_INVALID_SESSION";
    assert_eq!(
        shown(&flinks(Mode::Overlay).hear(true, FLINKS, &refusal)),
        refused,
        "without a way to renew it"
    );

    let mut flow = flinks(Mode::Overlay).renewing();
    assert_eq!(shown(&flow.hear(true, FLINKS, &refusal)), "renew token");
    assert_eq!(shown(&flow.hear(true, FLINKS, &refusal)), "", "the old page is on its way out");
    let navigate = "navigate https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=new";
    assert_eq!(shown(&flow.handle(Input::Away(Away::Token(Some("new".into()))))), navigate);
    assert_eq!(shown(&flow.handle(Input::Away(Away::Token(Some("newer".into()))))), "");
    assert_eq!(shown(&flow.hear(true, FLINKS, &refusal)), "", "the old page, until the new one has loaded");
    flow.handle(Input::Loaded);
    assert_eq!(shown(&flow.hear(true, FLINKS, &refusal)), refused, "the second time");

    for none in [None, Some(String::new())] {
        let mut flow = flinks(Mode::Overlay).renewing();
        flow.hear(true, FLINKS, &json!({ "flinksCode": "TOKEN_INVALID" }));
        assert_eq!(shown(&flow.handle(Input::Away(Away::Token(none)))), refused);
    }
}

#[test]
fn a_step_tells_that_a_popup_has_loaded() {
    let step = json!({ "step": "APP_MOUNTED" });
    let mut flow = flinks(Mode::Popup);
    let expected = "stop Load, emit load, reveal, emit step APP_MOUNTED";
    assert_eq!(shown(&flow.hear(true, FLINKS, &step)), expected);
    assert_eq!(shown(&flow.hear(true, FLINKS, &step)), "emit step APP_MOUNTED");
    let mut flow = flinks(Mode::Overlay);
    assert_eq!(shown(&flow.hear(true, FLINKS, &step)), "stop Load, emit step APP_MOUNTED, reveal");
}

#[test]
fn each_mode_has_its_timers() {
    for (mode, timers) in [
        (Mode::Overlay, "start Flow 600000, start Load 30000, "),
        (Mode::Container, "start Flow 600000, start Load 30000, "),
        (Mode::Popup, "start Flow 600000, "),
        (Mode::Redirect, ""),
    ] {
        let (mut flow, _) = Flow::begin(&Target::fiskil("1"), &Options::default()).unwrap();
        let commands = flow.handle(Input::Opened(mode));
        assert_eq!(shown(&commands), format!("{timers}emit open {}", mode.as_str()));
    }
}

#[test]
fn a_popup_that_the_user_closed_ends_the_flow() {
    let look = |is_closed, has_focus, at_ms| Input::Away(Away::Looked { is_closed, has_focus, at_ms });
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let mut flow = flinks(Mode::Popup);
    assert_eq!(shown(&flow.handle(look(false, false, 5000))), "");
    assert_eq!(shown(&flow.handle(look(true, true, 6000))), "");
    assert_eq!(shown(&flow.handle(look(true, true, 7000))), cancelled);
    let mut flow = flinks(Mode::Popup);
    assert_eq!(shown(&flow.handle(look(true, false, 200))), "emit severed");
    assert_eq!(shown(&flow.handle(look(true, true, 90_000))), "");
}

#[test]
fn an_expected_state_comes_before_anything_else() {
    let finx = || {
        let options = Options { state: Some("S".into()), ..Options::default() };
        open_flow(Target::Finx("https://finx.finleap.cloud/?token=t".into()), options, Mode::Overlay)
    };
    let hear = |query: Json| {
        let location = "https://shop.example/";
        shown(&finx().hear(
            true,
            "https://finx.finleap.cloud",
            &json!({ "location": location, "query": query, "url": location }),
        ))
    };
    let mismatch = "tear down, emit LINK_STATE_MISMATCH, reject LINK_STATE_MISMATCH";
    assert_eq!(hear(json!({ "state": "S", "code": "c" })), "tear down, emit completed, resolve");
    assert_eq!(hear(json!({ "state": "s", "code": "c" })), mismatch);
    assert_eq!(hear(json!({ "code": "c" })), mismatch);
    assert_eq!(hear(json!({ "state": "other", "cancel": "true" })), mismatch);
}

#[test]
fn only_its_own_callback_counts() {
    let page = "https://shop.example/back";
    let link = || Target::Finqlink("https://pay.example/l".into());
    let options = |state: Option<&str>, return_url: Option<&str>| Options {
        state: state.map(str::to_owned),
        return_url: return_url.map(str::to_owned),
        ..Options::default()
    };
    let done = "tear down, emit completed, resolve";
    let mismatch = "tear down, emit LINK_STATE_MISMATCH, reject LINK_STATE_MISMATCH";
    for (state, return_url, url, from_our_window, over_the_channel) in [
        (Some("S"), Some(page), "https://shop.example/back?state=S", done, done),
        (Some("S"), Some(page), "https://shop.example/back?state=T", mismatch, ""),
        (Some("S"), Some(page), "https://shop.example/back", mismatch, ""),
        (Some("S"), Some(page), "https://shop.example/elsewhere?state=S", "", ""),
        (Some("S"), Some(page), "https://evil.example/back?state=S", "", ""),
        (Some("S"), None, "https://shop.example/any?state=S", done, done),
        (None, Some(page), "https://shop.example/back?status=active", done, done),
        (None, None, "https://shop.example/any?status=active", done, ""),
    ] {
        for (is_ours, expected) in [(true, from_our_window), (false, over_the_channel)] {
            let mut flow = open_flow(link(), options(state, return_url), Mode::Popup);
            let commands = flow.handle(Input::Away(Away::Callback { url: url.into(), is_ours }));
            assert_eq!(shown(&commands), expected, "{state:?} {return_url:?} {url} ours: {is_ours}");
        }
    }
}

#[derive(Clone, Debug)]
enum Happening {
    Input(Input),
    Message(bool, String, Json),
}

fn happening() -> impl Strategy<Value = Happening> {
    let error = LinkError::new(ErrorCode::FrameBlocked, "x");
    let input = prop::sample::select(vec![
        Input::Opened(Mode::Overlay),
        Input::Opened(Mode::Container),
        Input::Refused(error),
        Input::Loaded,
        Input::Elapsed(Timer::Flow),
        Input::Elapsed(Timer::Load),
        Input::ClosedByCaller,
        Input::ClosedByUser,
        Input::Opened(Mode::Popup),
        Input::Away(Away::Callback { url: "https://shop.example/?consent_id=1".into(), is_ours: true }),
        Input::Away(Away::Callback { url: "https://shop.example/?error=x".into(), is_ours: false }),
        Input::Away(Away::Looked { is_closed: true, has_focus: false, at_ms: 200 }),
        Input::Away(Away::Looked { is_closed: true, has_focus: true, at_ms: 5000 }),
        Input::Away(Away::Looked { is_closed: true, has_focus: true, at_ms: 7000 }),
        Input::Away(Away::Token(None)),
        Input::Away(Away::Token(Some("t".into()))),
    ]);
    let data = prop::sample::select(vec![
        json!({ "isCompleted": true, "consentID": "arr_1" }),
        json!({ "isCompleted": false, "error": "LINK_INVALID_SESSION" }),
        json!({ "isCompleted": false }),
        json!({ "error": "x" }),
        json!({ "type": "noise" }),
        json!(null),
    ]);
    let origin = prop::sample::select(vec![ALLOWED.to_owned(), OTHER.to_owned(), "null".to_owned()]);
    prop_oneof![
        input.prop_map(Happening::Input),
        (any::<bool>(), origin, data).prop_map(|(ours, origin, data)| Happening::Message(ours, origin, data)),
    ]
}

proptest! {
    #[test]
    fn settles_once_and_tears_down_once_in_any_order(happenings in prop::collection::vec(happening(), 0..40)) {
        let mut flow = flow(1000.0, 100.0);
        let (mut settled, mut torn_down) = (0, 0);
        let mut running = [false, false];
        for happening in happenings {
            let was_over = flow.is_over();
            let commands = match happening {
                Happening::Input(input) => flow.handle(input),
                Happening::Message(ours, origin, data) => flow.hear(ours, &origin, &data),
            };
            prop_assert!(!was_over || commands.is_empty(), "nothing follows the end: {commands:?}");
            for command in commands {
                match command {
                    Command::Settle(_) => settled += 1,
                    Command::TearDown => { torn_down += 1; running = [false, false]; }
                    Command::Start(timer, _) => { prop_assert_eq!(torn_down, 0); running[timer as usize] = true; }
                    Command::Stop(timer) => running[timer as usize] = false,
                    Command::Reveal | Command::RenewToken | Command::Navigate(_) => prop_assert_eq!(torn_down, 0),
                    Command::Emit(_) => prop_assert_eq!(settled, 0, "no event follows the answer"),
                }
            }
            prop_assert!(settled <= 1 && torn_down <= 1);
            prop_assert!(torn_down <= settled, "a page that is gone has given its answer");
            prop_assert_eq!(flow.is_over(), settled == 1 && torn_down == 1);
            prop_assert!(settled == 0 || running == [false, false], "no timer outlives the answer");
        }
        // Whatever came before, one `close()` ends it.
        let commands = flow.handle(Input::ClosedByCaller);
        settled += commands.iter().filter(|command| matches!(command, Command::Settle(_))).count();
        torn_down += commands.iter().filter(|command| matches!(command, Command::TearDown)).count();
        prop_assert_eq!((settled, torn_down), (1, 1));
        prop_assert!(flow.is_over());
    }
}
