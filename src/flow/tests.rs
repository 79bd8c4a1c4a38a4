//! The state machine on its own: a table of every phase and input, and what holds in any order.

use super::*;
use crate::provider::fields::Json;
use crate::provider::fiskil::FiskilResult;
use crate::provider::{LastStep, StepKind};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashSet;

mod exploration;
mod origins;

const ALLOWED: &str = "https://auth.fiskil.com";
const OTHER: &str = "https://evil.example";

/// A flow, and the last of its answers.
struct Run {
    flow: Flow,
    answer: Option<Answer>,
}

impl Run {
    fn begin(target: &Target, options: &Options) -> Checked<(Self, String)> {
        let (flow, url) = Flow::begin(target, options, false)?;
        Ok((Self { flow, answer: None }, url))
    }

    /// A flow of Fiskil's with these limits.
    fn limited(timeout_ms: f64, load_timeout_ms: f64) -> Self {
        let options = Options { timeout_ms, load_timeout_ms, ..Options::default() };
        Self::begin(&Target::fiskil("1"), &options).unwrap().0
    }

    /// The commands, as a table shows them.
    fn handle(&mut self, input: Input) -> String {
        let commands = self.flow.handle(input);
        self.told(commands)
    }

    fn hear(&mut self, from_our_window: bool, origin: &str, data: &Value) -> String {
        let commands = self.flow.hear(from_our_window, origin, &Json::new(data));
        self.told(commands)
    }

    fn told(&mut self, commands: Vec<Command>) -> String {
        if let Some(Command::Settle(answer)) = commands.last() {
            self.answer = Some(answer.clone());
        }
        commands.into_iter().map(shown).collect::<Vec<_>>().join(", ")
    }
}

fn refused() -> Input {
    Input::Refused(LinkError::new(ErrorCode::FrameBlocked, "frame-src"))
}

fn callback(url: &str, way: Way) -> Input {
    Input::Callback { url: url.into(), way }
}

fn look(is_closed: bool, has_focus: bool, at_ms: u32) -> Input {
    Input::Looked { is_closed, has_focus, at_ms }
}

fn token(token: Option<&str>) -> Input {
    Input::Token(token.map(str::to_owned))
}

/// A flow in the named phase, with limits of 1000 and 100 ms.
fn in_phase(name: &str) -> Run {
    let mut run = Run::limited(1000.0, 100.0);
    let inputs: &[Input] = match name {
        "opening" => &[],
        "loading" => &[Input::Opened(Mode::Overlay)],
        "open" | "staying" => &[Input::Opened(Mode::Overlay), Input::Loaded],
        "popup" | "staying popup" => &[Input::Opened(Mode::Popup)],
        "over" => &[Input::ClosedByCaller],
        _ => unreachable!(),
    };
    for input in inputs {
        run.handle(input.clone());
    }
    if name.starts_with("staying") {
        run.hear(true, ALLOWED, &json!({ "error": "LINK_INVALID_SESSION" }));
    }
    run
}

fn shown(command: Command) -> String {
    match command {
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
    }
}

#[test]
fn begins_with_what_was_asked_for() {
    let session = |session: &str| Target::fiskil(session);
    let begin = |target: Target, options: Options| Run::begin(&target, &options);
    let (flow, url) = begin(session("sess 1&x"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/?sess_id=sess+1%26x");
    assert_eq!(flow.flow.terms.origin, ALLOWED);
    let (_, url) = begin(session("https://auth.fiskil.com/a?sess_id=1#b"), Options::default()).unwrap();
    assert_eq!(url, "https://auth.fiskil.com/a?sess_id=1#b");
    let staging = session("1").at_auth_server("http://localhost:4000/auth?a=b");
    let elsewhere = Options { allowed_origin: Some("https://other.example/".into()), ..Options::default() };
    let (flow, url) = begin(staging, elsewhere).unwrap();
    assert_eq!(url, "http://localhost:4000/auth?a=b&sess_id=1");
    assert_eq!(flow.flow.terms.origin, "https://other.example");
    assert_eq!(flow.flow.opened_origin(), "http://localhost:4000", "whoever may speak");

    let star = Options { allowed_origin: Some("*".into()), ..Options::default() };
    let endless = Options { timeout_ms: -1.0, ..Options::default() };
    let insecure = session("1").at_auth_server("http://auth.fiskil.com");
    for (target, options, name) in [
        (session(""), Options::default(), "sessionId"),
        (session("https://evil.example/?sess_id=1"), Options::default(), "sessionId"),
        (session("HTTP://auth.fiskil.com/?sess_id=1"), Options::default(), "sessionId"),
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
fn an_event_reads_as_in_a_log() {
    let step = Step { step: StepKind::Mfa, provider_step: "SUBMIT_MFA".into(), data: Record::default() };
    for (event, text) in [
        (EventKind::Open(Mode::Popup), "open popup"),
        (EventKind::Load, "load"),
        (EventKind::Step(step), "step mfa SUBMIT_MFA"),
        (EventKind::PopupSevered, "popup-severed"),
        (EventKind::ForeignMessage(OTHER.into()), "foreign-message https://evil.example"),
        (EventKind::Settled(Ok(())), "settled completed"),
        (EventKind::Settled(Err(ErrorCode::Timeout)), "settled LINK_TIMEOUT"),
    ] {
        assert_eq!(event.to_string(), text);
    }
}

#[test]
fn every_phase_and_input() {
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let blocked = "tear down, emit LINK_FRAME_BLOCKED, reject LINK_FRAME_BLOCKED";
    let timed_out = "tear down, emit LINK_TIMEOUT, reject LINK_TIMEOUT";
    let done = "tear down, emit completed, resolve";
    let opened = "start Flow 1000, start Load 100, emit open overlay";
    const PHASES: [&str; 7] = ["opening", "loading", "open", "popup", "staying", "staying popup", "over"];
    // no load timer runs in a popup
    const NEVER: &str = "never";
    let looking = "start Look 200";
    let in_popup = "start Flow 1000, start Look 200, emit open popup";
    let late = "tear down, emit LINK_LOAD_TIMEOUT, reject LINK_LOAD_TIMEOUT";
    let loaded = "stop Load, emit load, reveal";
    let gone = "tear down";
    let back = || callback("https://shop.example/?consent_id=1", Way::OurWindow);
    let table: &[(Input, [&str; 7])] = &[
        // as in PHASES; in those that are staying, the page of a settled flow is still to be read
        (Input::Opened(Mode::Overlay), [opened, "", "", "", "", "", ""]),
        (Input::Opened(Mode::Popup), [in_popup, "", "", "", "", "", ""]),
        (refused(), [blocked, blocked, blocked, blocked, gone, gone, ""]),
        (Input::Loaded, ["", loaded, "emit load", loaded, "", "", ""]),
        (Input::Elapsed(Timer::Flow), ["", timed_out, timed_out, timed_out, "", "", ""]),
        (Input::Elapsed(Timer::Load), ["", late, "", NEVER, "", "", ""]),
        (Input::Elapsed(Timer::Look), [""; 7]),
        (Input::ClosedByCaller, [cancelled, cancelled, cancelled, cancelled, gone, gone, ""]),
        (Input::ClosedByUser, [cancelled, cancelled, cancelled, cancelled, gone, gone, ""]),
        (back(), ["", done, done, done, "", "", ""]),
        (look(true, true, 9000), ["", "", "", looking, "", gone, ""]),
        (look(false, true, 9000), ["", "", "", looking, "", looking, ""]),
        (token(Some("t")), [""; 7]),
    ];
    for (input, expected) in table {
        for (phase, expected) in PHASES.iter().zip(expected) {
            if *expected != NEVER {
                let commands = in_phase(phase).handle(input.clone());
                assert_eq!(commands, *expected, "{phase}: {input:?}");
            }
        }
    }
}

#[test]
fn who_does_not_finish_is_said_to_have_stopped_somewhere() {
    let step = |step, provider_step: &str, institution: Option<&str>| {
        Some(LastStep {
            step,
            provider_step: provider_step.into(),
            institution: institution.map(str::to_owned),
        })
    };
    let load = "COMPONENT_LOAD_CREDENTIAL";
    let selector = "COMPONENT_LOAD_INSTITUTION_SELECTOR";
    let picked = json!({ "step": "INSTITUTION_SELECTED", "institution": "FlinksCapital" });
    let table: &[(&[Value], Input, Option<LastStep>)] = &[
        (&[], Input::ClosedByUser, None),
        (&[json!({ "step": selector })], Input::ClosedByUser, step(StepKind::Institution, selector, None)),
        // The bank stays known, until the user is to pick again.
        (
            &[picked.clone(), json!({ "step": load })],
            Input::Elapsed(Timer::Flow),
            step(StepKind::Credentials, load, Some("FlinksCapital")),
        ),
        (
            &[picked.clone(), json!({ "step": selector })],
            Input::ClosedByCaller,
            step(StepKind::Institution, selector, None),
        ),
        // Nobody stopped: the provider's page failed.
        (&[picked], refused(), None),
    ];
    for (messages, end, expected) in table {
        let options = Options { timeout_ms: 1000.0, ..Options::default() };
        let mut run = Run::begin(&Target::flinks("toolbox"), &options).unwrap().0;
        run.handle(Input::Opened(Mode::Overlay));
        let origin = run.flow.opened_origin();
        for message in *messages {
            run.hear(true, &origin, message);
        }
        run.handle(end.clone());
        if run.answer.is_none() {
            // A timer's second part.
            run.handle(end.clone());
        }
        let error = run.answer.unwrap().unwrap_err();
        assert_eq!(error.last_step(), *expected, "{messages:?}, then {end:?}");
    }

    let mut run = Run::begin(&Target::flinks("toolbox"), &Options::default()).unwrap().0;
    run.handle(Input::Opened(Mode::Popup));
    let origin = run.flow.opened_origin();
    run.hear(true, &origin, &json!({ "step": "SUBMIT_MFA" }));
    run.hear(true, &origin, &json!({ "step": "COMPONENT_CLOSE_SESSION" }));
    let error = run.answer.unwrap().unwrap_err();
    assert_eq!(error.code, ErrorCode::UserCancelled);
    assert_eq!(error.last_step(), step(StepKind::Mfa, "SUBMIT_MFA", None), "closed on the provider's page");
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
    let table: &[(&Value, bool, &str, &str)] = &[
        // message, from our window, origin
        (&completed, true, ALLOWED, done),
        (&failed, true, ALLOWED, expired),
        (&invalid, true, ALLOWED, &kept),
        (&bare, true, ALLOWED, internal),
        (&noise, true, ALLOWED, ""),
        (&completed, true, OTHER, mismatch),
        (&failed, true, OTHER, mismatch),
        (&completed, true, "null", mismatch),
        (&json!({ "isCompleted": false }), true, OTHER, &foreign),
        (&json!({ "isCompleted": "yes", "error": "x" }), true, OTHER, &foreign),
        (&bare, true, OTHER, &foreign),
        (&completed, false, ALLOWED, "emit foreign https://auth.fiskil.com"),
        (&completed, false, OTHER, &foreign),
        (&noise, false, OTHER, &foreign),
    ];
    for (data, ours, origin, expected) in table {
        for phase in ["loading", "open", "popup"] {
            let commands = in_phase(phase).hear(*ours, origin, data);
            let is_answer = *ours && *origin == ALLOWED && !expected.is_empty();
            let loaded = if phase == "popup" && is_answer { "stop Load, emit load, reveal, " } else { "" };
            assert_eq!(
                commands,
                format!("{loaded}{expected}"),
                "{phase}: {data} from {origin}, ours: {ours}"
            );
        }
        for phase in ["opening", "staying", "staying popup", "over"] {
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
    assert_eq!(result.read(), Ok(expected));
    assert!(flow.flow.is_over());
}

#[test]
fn an_origin_mismatch_names_both_origins() {
    let mut flow = in_phase("open");
    let commands = flow.hear(true, OTHER, &json!({ "isCompleted": true, "consentID": "secret" }));
    let Some(Err(error)) = &flow.answer else { panic!("{commands}") };
    assert_eq!(json!(error.details), json!({ "expectedOrigin": ALLOWED, "receivedOrigin": OTHER }));
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn what_other_pages_in_the_providers_window_say_ends_no_flow() {
    let foreign = format!("emit foreign {OTHER}");
    let location = "https://shop.example/?code=c";
    let finx = json!({ "location": location, "query": { "code": "c" }, "url": location });
    let mistake = |&provider| (Target::at(provider, "https://bank.example/l"), json!({ "error": "x" }));
    let own = [
        (flinks_target(), json!({ "step": "REDIRECT", "loginId": "1" })),
        (flinks_target(), json!({ "step": "COMPONENT_CLOSE_SESSION" })),
        (Target::finx("https://finx.finleap.cloud"), finx),
        (Target::finqlink("https://pay.example/l"), json!({ "isCompleted": true, "consentID": "1" })),
    ];
    for (target, data) in own.into_iter().chain(Provider::ALL.iter().map(mistake)) {
        let mut flow = open_flow(target, Options::default(), Mode::Overlay);
        assert_eq!(flow.hear(true, OTHER, &data), foreign, "{data}");
        assert_eq!(flow.handle(Input::Loaded), "stop Load, emit load, reveal");
    }
}

#[test]
fn a_stranger_is_reported_once_and_only_so_many() {
    let mut flow = in_phase("open");
    assert_eq!(flow.hear(false, OTHER, &json!({})), format!("emit foreign {OTHER}"));
    assert_eq!(flow.hear(false, OTHER, &json!({})), "");
    assert_eq!(flow.hear(true, OTHER, &json!({})), "");
    let mut heard = 1;
    for n in 0..1000 {
        let origin = format!("https://{n}.example");
        heard += usize::from(!flow.hear(false, &origin, &json!({})).is_empty());
    }
    assert_eq!(heard, MOST_STRANGERS);
}

#[test]
fn no_limit_starts_no_timer_and_a_long_one_runs_in_parts() {
    for none in [0.0, f64::INFINITY] {
        let commands = Run::limited(none, none).handle(Input::Opened(Mode::Container));
        assert_eq!(commands, "emit open container");
    }
    let long = f64::from(LONGEST_TIMER_MS);
    let mut flow = Run::limited(long * 2.0 + 7.0, 0.0);
    let commands = flow.handle(Input::Opened(Mode::Overlay));
    assert_eq!(commands, format!("start Flow {long}, emit open overlay"));
    for expected in [format!("start Flow {long}"), "start Flow 7".into()] {
        assert_eq!(flow.handle(Input::Elapsed(Timer::Flow)), expected);
    }
    assert!(flow.handle(Input::Elapsed(Timer::Flow)).ends_with("reject LINK_TIMEOUT"));
}

/// A flow of Flinks, finX or FinqLink that is open in this mode.
fn open_flow(target: Target, options: Options, mode: Mode) -> Run {
    let (mut flow, _) = Run::begin(&target, &options).unwrap();
    flow.handle(Input::Opened(mode));
    flow
}

fn flinks_target() -> Target {
    Target::flinks_at("https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=old")
}

fn flinks(mode: Mode) -> Run {
    open_flow(flinks_target(), Options::default(), mode)
}

/// The same for a caller who can supply another token.
fn renewing(mode: Mode) -> Run {
    let (flow, _) = Flow::begin(&flinks_target(), &Options::default(), true).unwrap();
    let mut run = Run { flow, answer: None };
    run.handle(Input::Opened(mode));
    run
}

const FLINKS: &str = "https://toolbox-iframe.private.fin.ag";

#[test]
fn a_refused_token_is_renewed_once() {
    let refusal = json!({ "step": "TOKEN_INVALID" });
    let refused = "tear down, emit LINK_INVALID_SESSION, reject LINK_INVALID_SESSION";
    assert_eq!(flinks(Mode::Overlay).hear(true, FLINKS, &refusal), refused, "without a way to renew it");

    let mut flow = renewing(Mode::Overlay);
    assert_eq!(flow.hear(true, FLINKS, &refusal), "renew token");
    assert_eq!(flow.hear(true, FLINKS, &refusal), "", "the old page is on its way out");
    let navigate = "navigate https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=new";
    assert_eq!(flow.handle(token(Some("new"))), navigate);
    assert_eq!(flow.handle(token(Some("newer"))), "");
    assert_eq!(flow.hear(true, FLINKS, &refusal), refused, "the second time");

    let mut flow = renewing(Mode::Overlay);
    let answer = json!({ "step": "REDIRECT", "loginId": "1" });
    flow.hear(true, FLINKS, &refusal);
    assert_eq!(flow.hear(true, FLINKS, &answer), "", "of the old page");
    flow.handle(token(Some("new")));
    let done = "tear down, emit completed, resolve";
    assert_eq!(flow.hear(true, FLINKS, &answer), done, "of the new one, before all of it has loaded");

    for none in [None, Some("")] {
        let mut flow = renewing(Mode::Overlay);
        flow.hear(true, FLINKS, &json!({ "flinksCode": "TOKEN_INVALID" }));
        assert_eq!(flow.handle(token(none)), refused);
    }
}

#[test]
fn the_page_with_the_new_token_loads_anew() {
    let refusal = json!({ "step": "TOKEN_INVALID" });
    let navigate = "navigate https://toolbox-iframe.private.fin.ag/v2/?demo=true&authorizeToken=new";
    let mut flow = renewing(Mode::Overlay);
    flow.handle(Input::Loaded);
    flow.hear(true, FLINKS, &refusal);
    assert_eq!(flow.handle(token(Some("new"))), format!("{navigate}, start Load 30000"));
    assert_eq!(flow.handle(Input::Loaded), "stop Load, emit load, reveal");

    let mut flow = renewing(Mode::Overlay);
    flow.handle(Input::Loaded);
    flow.hear(true, FLINKS, &refusal);
    flow.handle(token(Some("new")));
    let late = "tear down, emit LINK_LOAD_TIMEOUT, reject LINK_LOAD_TIMEOUT";
    assert_eq!(flow.handle(Input::Elapsed(Timer::Load)), late);

    // the refusal shows that a popup has loaded, and of the next page nothing can be seen
    let mut flow = renewing(Mode::Popup);
    assert_eq!(flow.hear(true, FLINKS, &refusal), "stop Load, emit load, reveal, renew token");
    assert_eq!(flow.handle(token(Some("new"))), navigate);
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
        (Mode::Popup, "start Flow 600000, start Look 200, "),
        (Mode::Redirect, "start Flow 600000, start Load 30000, "),
    ] {
        let (mut flow, _) = Run::begin(&Target::fiskil("1"), &Options::default()).unwrap();
        let commands = flow.handle(Input::Opened(mode));
        assert_eq!(commands, format!("{timers}emit open {}", mode.as_str()));
    }
}

#[test]
fn a_popup_that_the_user_closed_ends_the_flow() {
    let looking = "start Look 200";
    let cancelled = "tear down, emit LINK_USER_CANCELLED, reject LINK_USER_CANCELLED";
    let mut flow = flinks(Mode::Popup);
    assert_eq!(flow.handle(look(false, false, 5000)), looking);
    assert_eq!(flow.handle(look(true, true, 6000)), looking);
    assert_eq!(flow.handle(look(true, true, 7000)), cancelled);
    let mut flow = flinks(Mode::Popup);
    assert_eq!(flow.handle(look(true, false, 200)), "start Look 200, emit severed");
    assert_eq!(flow.handle(look(true, true, 90_000)), looking);
}

#[test]
fn a_popup_that_is_cut_off_says_so_when_its_time_is_over() {
    for (looked, cause, fix) in [
        (look(false, false, 200), "did not finish", "timeoutMs"),
        (look(true, false, 200), "Cross-Origin-Opener-Policy", "completeCallback()"),
        (look(true, false, 5000), "Cross-Origin-Opener-Policy", "completeCallback()"),
    ] {
        let mut flow = flinks(Mode::Popup);
        flow.handle(looked);
        assert!(flow.handle(Input::Elapsed(Timer::Flow)).ends_with("reject LINK_TIMEOUT"));
        let Some(Err(error)) = flow.answer else { panic!("it has not failed") };
        let message = error.message;
        assert!(message.contains(cause) && message.contains(fix), "{message}");
    }
}

#[test]
fn an_expected_state_comes_before_anything_else() {
    let finx = || {
        let options = Options { state: Some("S".into()), ..Options::default() };
        open_flow(Target::finx("https://finx.finleap.cloud/?token=t"), options, Mode::Overlay)
    };
    let hear = |query: Value| {
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
    let link = || Target::finqlink("https://pay.example/l");
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
        (Some("S"), Some(page), "https://shop.example/elsewhere?state=S", done, done),
        (Some("S"), Some(page), "https://shop.example/elsewhere?state=T", "", ""),
        (Some("S"), Some(page), "https://shop.example/Back/?state=S", done, done),
        (Some("S"), Some(page), "https://shop.example/#/route?state=S", done, done),
        (Some("S"), Some(page), "https://evil.example/back?state=S", "", ""),
        (Some("S"), None, "https://shop.example/any?state=S", done, done),
        (Some("q+7/A=="), None, "https://shop.example/any?state=q+7/A==", done, done),
        (None, Some(page), "https://shop.example/back?status=active", done, done),
        (None, Some(page), "https://shop.example/BACK.html?status=active", done, done),
        (None, Some(page), "https://shop.example/elsewhere?status=active", "", ""),
        (None, None, "https://shop.example/any?status=active", done, ""),
    ] {
        // Our window is open, and hands over what is its own. Without a state this may be of a flow in another tab.
        let from_any_page = if state.is_some() { over_the_channel } else { "" };
        for (way, expected) in [
            (Way::OurWindow, from_our_window),
            (Way::CutOff, over_the_channel),
            (Way::Channel, from_any_page),
        ] {
            let mut flow = open_flow(link(), options(state, return_url), Mode::Popup);
            let commands = flow.handle(callback(url, way));
            assert_eq!(commands, expected, "{state:?} {return_url:?} {url} {way:?}");
            // A policy cuts off no frame: one without a window was taken off the page.
            let expected = if way == Way::CutOff { from_any_page } else { expected };
            let mut flow = open_flow(link(), options(state, return_url), Mode::Overlay);
            let commands = flow.handle(callback(url, way));
            assert_eq!(commands, expected, "overlay: {state:?} {return_url:?} {url} {way:?}");
        }
    }
}

/// What happens to a flow.
#[derive(Clone, Debug)]
enum Happening {
    Input(Input),
    Message(bool, &'static str, Value),
}

fn happening() -> impl Strategy<Value = Happening> {
    let inputs = prop::sample::select(vec![
        Input::Opened(Mode::Overlay),
        Input::Opened(Mode::Container),
        refused(),
        Input::Loaded,
        Input::Elapsed(Timer::Flow),
        Input::Elapsed(Timer::Load),
        Input::ClosedByCaller,
        Input::ClosedByUser,
        Input::Opened(Mode::Popup),
        callback("https://shop.example/?consent_id=1", Way::OurWindow),
        callback("https://shop.example/?error=x", Way::CutOff),
        look(true, false, 200),
        look(true, true, 5000),
        look(true, true, 7000),
        token(None),
        token(Some("t")),
        look(false, true, 9000),
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
        inputs.prop_map(Happening::Input),
        (any::<bool>(), origin, data).prop_map(|(ours, origin, data)| Happening::Message(ours, origin, data)),
    ]
}

proptest! {
    #[test]
    fn settles_once_and_tears_down_once_in_any_order(happenings in prop::collection::vec(happening(), 0..40)) {
        let mut run = Run::limited(1000.0, 100.0);
        let (mut settled, mut torn_down) = (0, 0);
        let mut running = HashSet::new();
        for happening in happenings {
            let was_over = run.flow.is_over();
            let commands = match happening {
                Happening::Input(input) => run.handle(input),
                Happening::Message(ours, origin, data) => run.hear(ours, origin, &data),
            };
            prop_assert!(!was_over || commands.is_empty(), "nothing follows the end: {commands}");
            for command in commands.split(", ").filter(|command| !command.is_empty()) {
                let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
                match name {
                    "resolve" | "reject" => settled += 1,
                    "tear" => { torn_down += 1; running.clear(); }
                    "start" => {
                        prop_assert_eq!(torn_down, 0);
                        running.insert(rest.split(' ').next().unwrap_or_default().to_owned());
                    }
                    "stop" => drop(running.remove(rest)),
                    "reveal" | "renew" | "navigate" => prop_assert_eq!(torn_down, 0),
                    _ => prop_assert_eq!((name, settled), ("emit", 0), "no event follows the answer"),
                }
            }
            prop_assert!(settled <= 1 && torn_down <= 1);
            prop_assert!(torn_down <= settled, "a page that is gone has given its answer");
            prop_assert_eq!(run.flow.is_over(), settled == 1 && torn_down == 1);
            let outlives = |timer: &String| settled == 1 && timer != "Look";
            prop_assert!(!running.iter().any(outlives), "no limit outlives the answer: {running:?}");
        }
        // Whatever came before, one `close()` ends it.
        let commands = run.handle(Input::ClosedByCaller);
        settled += commands.matches("resolve").count() + commands.matches("reject").count();
        torn_down += commands.matches("tear down").count();
        prop_assert_eq!((settled, torn_down), (1, 1));
        prop_assert!(run.flow.is_over());
    }
}
