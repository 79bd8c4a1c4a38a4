//! The state machine by itself: a table of every phase and input, and what holds in whatever order.

use super::running::{EventKind, Running, Task};
use super::*;
use crate::provider::LinkResult;
use crate::provider::fiskil::FiskilResult;
use crate::value::in_turn;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const ALLOWED: &str = "https://auth.fiskil.com";
const OTHER: &str = "https://evil.example";

/// An [`Input`] that outlives its turn.
#[derive(Clone, Debug)]
enum In {
    Opened(Mode),
    Refused,
    Loaded,
    Elapsed(Timer),
    ClosedByCaller,
    ClosedByUser,
    Callback(&'static str, bool),
    Looked(bool, bool, u32),
    Token(Option<&'static str>),
    Message(bool, &'static str, Json),
}

impl In {
    fn to<'t>(&self, turn: Turn<'t>) -> Input<'t> {
        match self {
            Self::Opened(mode) => Input::Opened(*mode),
            Self::Refused => Input::Refused(Failure::new(ErrorCode::FrameBlocked, turn.text("frame-src"))),
            Self::Loaded => Input::Loaded,
            Self::Elapsed(timer) => Input::Elapsed(*timer),
            Self::ClosedByCaller => Input::ClosedByCaller,
            Self::ClosedByUser => Input::ClosedByUser,
            Self::Callback(url, is_ours) => {
                Input::Away(Away::Callback { url: turn.text(url), is_ours: *is_ours })
            }
            Self::Looked(is_closed, has_focus, at_ms) => {
                Input::Away(Away::Looked { is_closed: *is_closed, has_focus: *has_focus, at_ms: *at_ms })
            }
            Self::Token(token) => Input::Away(Away::Token(token.map(|token| turn.text(token)))),
            Self::Message(from_our_window, origin, data) => Input::Message {
                from_our_window: *from_our_window,
                origin: turn.text(origin),
                data: turn.json(data.clone()),
            },
        }
    }
}

/// A flow, and the last of its answers.
struct Run {
    running: Running,
    answer: Option<Result<LinkResult, LinkError>>,
}

impl Run {
    fn begin(target: &Target, options: &Options) -> Result<(Self, String), LinkError> {
        let (running, url) = Running::begin(target, options)?;
        Ok((Self { running, answer: None }, url))
    }

    /// A flow of Fiskil's with these limits.
    fn limited(timeout_ms: f64, load_timeout_ms: f64) -> Self {
        let options = Options { timeout_ms, load_timeout_ms, ..Options::default() };
        Self::begin(&Target::fiskil("1"), &options).unwrap().0
    }

    fn renewing(self) -> Self {
        Self { running: self.running.renewing(), ..self }
    }

    /// The commands, as a table shows them.
    fn handle(&mut self, input: In) -> String {
        let tasks = self.running.handle(|turn| input.to(turn));
        if let Some(Task::Settle(answer)) = tasks.last() {
            self.answer = Some(answer.clone());
        }
        let flow = self.running.flow;
        if flow.timeout.0.is_finite() && flow.load_timeout.0.is_finite() {
            let recalled = in_turn(|turn| {
                let kept = turn.record();
                flow.keep(kept);
                Flow::recall(kept.value())
            });
            assert_eq!(format!("{recalled:?}"), format!("{:?}", Some(flow)), "what is kept is all of it");
        }
        tasks.into_iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    fn hear(&mut self, from_our_window: bool, origin: &'static str, data: &Json) -> String {
        self.handle(In::Message(from_our_window, origin, data.clone()))
    }
}

/// A flow in the named phase, with limits of 1000 and 100 ms.
fn in_phase(name: &str) -> Run {
    let mut run = Run::limited(1000.0, 100.0);
    let inputs: &[In] = match name {
        "opening" => &[],
        "loading" => &[In::Opened(Mode::Overlay)],
        "open" | "staying" => &[In::Opened(Mode::Overlay), In::Loaded],
        "settled" => &[In::ClosedByCaller],
        _ => unreachable!(),
    };
    for input in inputs {
        run.handle(input.clone());
    }
    if name == "staying" {
        run.hear(true, ALLOWED, &json!({ "error": "LINK_INVALID_SESSION" }));
    }
    run
}

fn shown(task: Task) -> String {
    match task {
        Task::Start(timer, ms) => format!("start {timer:?} {ms}"),
        Task::Stop(timer) => format!("stop {timer:?}"),
        Task::Reveal => "reveal".into(),
        Task::RenewToken => "renew token".into(),
        Task::Navigate(url) => format!("navigate {url}"),
        Task::TearDown => "tear down".into(),
        Task::Emit(EventKind::Open(mode)) => format!("emit open {}", mode.as_str()),
        Task::Emit(EventKind::Load) => "emit load".into(),
        Task::Emit(EventKind::Step(step)) => format!("emit step {}", step.provider_step),
        Task::Emit(EventKind::ForeignMessage(origin)) => format!("emit foreign {origin}"),
        Task::Emit(EventKind::PopupSevered) => "emit severed".into(),
        Task::Emit(EventKind::Settled(Ok(()))) => "emit completed".into(),
        Task::Emit(EventKind::Settled(Err(code))) => format!("emit {code}"),
        Task::Settle(Ok(_)) => "resolve".into(),
        Task::Settle(Err(error)) => format!("reject {}", error.code),
    }
}

#[test]
fn begins_with_what_was_asked_for() {
    let session = |session: &str| Target::fiskil(session);
    let begin = |target: Target, options: Options| Run::begin(&target, &options);
    let (flow, url) = begin(session("sess 1&x"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/?sess_id=sess+1%26x");
    assert_eq!(flow.running.allowed_origin(), ALLOWED);
    let (_, url) = begin(session("https://auth.fiskil.com/a?sess_id=1#b"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/a?sess_id=1#b");
    let staging =
        Target::Fiskil { session: "1".into(), auth_server: Some("http://localhost:4000/auth?a=b".into()) };
    let elsewhere = Options { allowed_origin: Some("https://other.example/".into()), ..Options::default() };
    let (flow, url) = begin(staging, elsewhere).unwrap();
    assert_eq!(url, "http://localhost:4000/auth?a=b&sess_id=1");
    assert_eq!(flow.running.allowed_origin(), "https://other.example");

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
        let error = begin(target, options).err().unwrap();
        assert_eq!(error.code, ErrorCode::InvalidOptions);
        assert!(error.message.starts_with(name), "{error}");
    }
}

#[test]
fn every_phase_and_input() {
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let blocked = "tear down, emit LINK_FRAME_BLOCKED, reject LINK_FRAME_BLOCKED";
    let timed_out = "tear down, emit LINK_TIMEOUT, reject LINK_TIMEOUT";
    let done = "tear down, emit completed, resolve";
    let opened = "start Flow 1000, start Load 100, emit open overlay";
    let table: &[(In, [&str; 5])] = &[
        // opening, loading, open, settled with the page staying, settled
        (In::Opened(Mode::Overlay), [opened, "", "", "", ""]),
        (In::Refused, [blocked, blocked, blocked, "tear down", ""]),
        (In::Loaded, ["", "stop Load, emit load, reveal", "emit load", "", ""]),
        (In::Elapsed(Timer::Flow), ["", timed_out, timed_out, "", ""]),
        (
            In::Elapsed(Timer::Load),
            ["", "tear down, emit LINK_LOAD_TIMEOUT, reject LINK_LOAD_TIMEOUT", "", "", ""],
        ),
        (In::ClosedByCaller, [cancelled, cancelled, cancelled, "tear down", ""]),
        (In::ClosedByUser, [cancelled, cancelled, cancelled, "tear down", ""]),
        (In::Callback("https://shop.example/?consent_id=1", true), ["", done, done, "", ""]),
        (In::Looked(true, true, 9000), ["", "", "", "tear down", ""]),
        (In::Looked(false, true, 9000), ["", "", "", "", ""]),
        (In::Token(Some("t")), ["", "", "", "", ""]),
    ];
    for (input, expected) in table {
        for (phase, expected) in ["opening", "loading", "open", "staying", "settled"].iter().zip(expected) {
            let commands = in_phase(phase).handle(input.clone());
            assert_eq!(commands, *expected, "{phase}: {input:?}");
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
            assert_eq!(commands, *expected, "{phase}: {data} from {origin}, ours: {ours}");
        }
        for phase in ["opening", "staying", "settled"] {
            let commands = in_phase(phase).hear(*ours, origin, data);
            assert_eq!(commands, "", "{phase}: {data}");
        }
    }
}

#[test]
fn the_answer_is_the_providers() {
    let mut flow = in_phase("open");
    let commands = flow.hear(true, ALLOWED, &json!({ "isCompleted": true, "consentID": "arr_1" }));
    let Some(Ok(result)) = &flow.answer else { panic!("{commands}") };
    let expected = FiskilResult { consent_id: Some("arr_1".into()), redirect_url: None };
    assert_eq!(*result, LinkResult::Fiskil(expected));
    assert!(flow.running.is_over());
}

#[test]
fn an_origin_mismatch_names_both_origins() {
    let mut flow = in_phase("open");
    let commands = flow.hear(true, OTHER, &json!({ "isCompleted": true, "consentID": "secret" }));
    let Some(Err(error)) = &flow.answer else { panic!("{commands}") };
    assert_eq!(
        error.details.clone().unwrap().into_object(),
        json!({ "expectedOrigin": ALLOWED, "receivedOrigin": OTHER })
    );
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn a_stranger_is_reported_once_and_only_so_many() {
    let mut flow = in_phase("open");
    assert_eq!(flow.hear(false, OTHER, &json!({})), format!("emit foreign {OTHER}"));
    assert_eq!(flow.hear(false, OTHER, &json!({})), "");
    assert_eq!(flow.hear(true, OTHER, &json!({})), "");
    let mut heard = 1;
    for n in 0..1000 {
        let origin = format!("https://{n}.example").leak();
        heard += usize::from(!flow.hear(false, origin, &json!({})).is_empty());
    }
    assert_eq!(heard, STRANGERS as usize);
}

#[test]
fn no_limit_starts_no_timer_and_a_long_one_runs_in_parts() {
    for none in [0.0, f64::INFINITY] {
        let commands = Run::limited(none, none).handle(In::Opened(Mode::Container));
        assert_eq!(commands, "emit open container");
    }
    let long = f64::from(LONGEST_TIMER_MS);
    let mut flow = Run::limited(long * 2.0 + 7.0, 0.0);
    let commands = flow.handle(In::Opened(Mode::Overlay));
    assert_eq!(commands, format!("start Flow {long}, emit open overlay"));
    for expected in [format!("start Flow {long}"), "start Flow 7".into()] {
        assert_eq!(flow.handle(In::Elapsed(Timer::Flow)), expected);
    }
    assert!(flow.handle(In::Elapsed(Timer::Flow)).ends_with("reject LINK_TIMEOUT"));
}

/// A flow of Flinks, finX or FinqLink that is open in this mode.
fn open_flow(target: Target, options: Options, mode: Mode) -> Run {
    let (mut flow, _) = Run::begin(&target, &options).unwrap();
    flow.handle(In::Opened(mode));
    flow
}

fn flinks(mode: Mode) -> Run {
    let url = Some("https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=old".into());
    open_flow(Target::Flinks { instance: None, url, params: Vec::new() }, Options::default(), mode)
}

const FLINKS: &str = "https://toolbox-iframe.private.fin.ag";

#[test]
fn a_refused_token_is_renewed_once() {
    let refusal = json!({ "step": "TOKEN_INVALID" });
    let refused = "tear down, emit LINK_INVALID_SESSION, reject LINK_INVALID_SESSION";
    assert_eq!(flinks(Mode::Overlay).hear(true, FLINKS, &refusal), refused, "without a way to renew it");

    let mut flow = flinks(Mode::Overlay).renewing();
    assert_eq!(flow.hear(true, FLINKS, &refusal), "renew token");
    assert_eq!(flow.hear(true, FLINKS, &refusal), "", "the old page is on its way out");
    let navigate = "navigate https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=new";
    assert_eq!(flow.handle(In::Token(Some("new"))), navigate);
    assert_eq!(flow.handle(In::Token(Some("newer"))), "");
    assert_eq!(flow.hear(true, FLINKS, &refusal), "", "the old page, until the new one has loaded");
    flow.handle(In::Loaded);
    assert_eq!(flow.hear(true, FLINKS, &refusal), refused, "the second time");

    let mut flow = flinks(Mode::Overlay).renewing();
    flow.hear(true, FLINKS, &refusal);
    flow.handle(In::Token(Some("new")));
    let answer = json!({ "step": "REDIRECT", "loginId": "1" });
    assert_eq!(flow.hear(true, FLINKS, &answer), "", "of the old page");
    assert_eq!(
        flow.hear(true, FLINKS, &json!({ "step": "APP_MOUNTED" })),
        "stop Load, emit step APP_MOUNTED, reveal"
    );
    let done = "tear down, emit completed, resolve";
    assert_eq!(flow.hear(true, FLINKS, &answer), done, "of the new one, before all of it has loaded");

    for none in [None, Some("")] {
        let mut flow = flinks(Mode::Overlay).renewing();
        flow.hear(true, FLINKS, &json!({ "flinksCode": "TOKEN_INVALID" }));
        assert_eq!(flow.handle(In::Token(none)), refused);
    }
}

#[test]
fn a_step_tells_that_a_popup_has_loaded() {
    let step = json!({ "step": "APP_MOUNTED" });
    let mut flow = flinks(Mode::Popup);
    let expected = "stop Load, emit load, reveal, emit step APP_MOUNTED";
    assert_eq!(flow.hear(true, FLINKS, &step), expected);
    assert_eq!(flow.hear(true, FLINKS, &step), "emit step APP_MOUNTED");
    let mut flow = flinks(Mode::Overlay);
    assert_eq!(flow.hear(true, FLINKS, &step), "stop Load, emit step APP_MOUNTED, reveal");
}

#[test]
fn each_mode_has_its_timers() {
    for (mode, timers) in [
        (Mode::Overlay, "start Flow 600000, start Load 30000, "),
        (Mode::Container, "start Flow 600000, start Load 30000, "),
        (Mode::Popup, "start Flow 600000, "),
        (Mode::Redirect, ""),
    ] {
        let (mut flow, _) = Run::begin(&Target::fiskil("1"), &Options::default()).unwrap();
        let commands = flow.handle(In::Opened(mode));
        assert_eq!(commands, format!("{timers}emit open {}", mode.as_str()));
    }
}

#[test]
fn a_popup_that_the_user_closed_ends_the_flow() {
    let look = In::Looked;
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let mut flow = flinks(Mode::Popup);
    assert_eq!(flow.handle(look(false, false, 5000)), "");
    assert_eq!(flow.handle(look(true, true, 6000)), "");
    assert_eq!(flow.handle(look(true, true, 7000)), cancelled);
    let mut flow = flinks(Mode::Popup);
    assert_eq!(flow.handle(look(true, false, 200)), "emit severed");
    assert_eq!(flow.handle(look(true, true, 90_000)), "");
}

#[test]
fn a_popup_that_is_cut_off_says_so_when_its_time_is_over() {
    for (looked, cause, fix) in [
        (In::Looked(false, false, 200), "did not finish", "timeoutMs"),
        (In::Looked(true, false, 200), "Cross-Origin-Opener-Policy", "completeCallback()"),
        (In::Looked(true, false, 5000), "Cross-Origin-Opener-Policy", "completeCallback()"),
    ] {
        let mut flow = flinks(Mode::Popup);
        flow.handle(looked);
        assert!(flow.handle(In::Elapsed(Timer::Flow)).ends_with("reject LINK_TIMEOUT"));
        let Some(Err(LinkError { message, .. })) = flow.answer else { panic!("it has failed") };
        assert!(message.contains(cause) && message.contains(fix), "{message}");
    }
}

#[test]
fn an_expected_state_comes_before_anything_else() {
    let finx = || {
        let options = Options { state: Some("S".into()), ..Options::default() };
        open_flow(Target::Finx("https://finx.finleap.cloud/?token=t".into()), options, Mode::Overlay)
    };
    let hear = |query: Json| {
        let location = "https://shop.example/";
        finx().hear(
            true,
            "https://finx.finleap.cloud",
            &json!({ "location": location, "query": query, "url": location }),
        )
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
            let commands = flow.handle(In::Callback(url, is_ours));
            assert_eq!(commands, expected, "{state:?} {return_url:?} {url} ours: {is_ours}");
        }
    }
}

fn happening() -> impl Strategy<Value = In> {
    let input = prop::sample::select(vec![
        In::Opened(Mode::Overlay),
        In::Opened(Mode::Container),
        In::Refused,
        In::Loaded,
        In::Elapsed(Timer::Flow),
        In::Elapsed(Timer::Load),
        In::ClosedByCaller,
        In::ClosedByUser,
        In::Opened(Mode::Popup),
        In::Callback("https://shop.example/?consent_id=1", true),
        In::Callback("https://shop.example/?error=x", false),
        In::Looked(true, false, 200),
        In::Looked(true, true, 5000),
        In::Looked(true, true, 7000),
        In::Token(None),
        In::Token(Some("t")),
    ]);
    let data = prop::sample::select(vec![
        json!({ "isCompleted": true, "consentID": "arr_1" }),
        json!({ "isCompleted": false, "error": "LINK_INVALID_SESSION" }),
        json!({ "isCompleted": false }),
        json!({ "error": "x" }),
        json!({ "type": "noise" }),
        json!(null),
    ]);
    let origin = prop::sample::select(vec![ALLOWED, OTHER, "null"]);
    prop_oneof![
        input,
        (any::<bool>(), origin, data).prop_map(|(ours, origin, data)| In::Message(ours, origin, data)),
    ]
}

proptest! {
    #[test]
    fn settles_once_and_tears_down_once_in_any_order(happenings in prop::collection::vec(happening(), 0..40)) {
        let mut run = Run::limited(1000.0, 100.0);
        let (mut settled, mut torn_down) = (0, 0);
        let mut running = [false, false];
        let timer = |name: &str| usize::from(name.starts_with("Load"));
        for happening in happenings {
            let was_over = run.running.is_over();
            let commands = run.handle(happening);
            prop_assert!(!was_over || commands.is_empty(), "nothing follows the end: {commands}");
            for command in commands.split(", ").filter(|command| !command.is_empty()) {
                let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
                match name {
                    "resolve" | "reject" => settled += 1,
                    "tear" => { torn_down += 1; running = [false, false]; }
                    "start" => { prop_assert_eq!(torn_down, 0); running[timer(rest)] = true; }
                    "stop" => running[timer(rest)] = false,
                    "reveal" | "renew" | "navigate" => prop_assert_eq!(torn_down, 0),
                    _ => prop_assert_eq!((name, settled), ("emit", 0), "no event follows the answer"),
                }
            }
            prop_assert!(settled <= 1 && torn_down <= 1);
            prop_assert!(torn_down <= settled, "a page that is gone has given its answer");
            prop_assert_eq!(run.running.is_over(), settled == 1 && torn_down == 1);
            prop_assert!(settled == 0 || running == [false, false], "no timer outlives the answer");
        }
        // Whatever came before, one `close()` ends it.
        let commands = run.handle(In::ClosedByCaller);
        settled += commands.matches("resolve").count() + commands.matches("reject").count();
        torn_down += commands.matches("tear down").count();
        prop_assert_eq!((settled, torn_down), (1, 1));
        prop_assert!(run.running.is_over());
    }
}
