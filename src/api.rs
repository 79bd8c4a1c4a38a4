//! The exports of the npm package, nothing else. `pkg-template` gives them their public shape.
//!
//! Providers and error codes are named by their place in [`Provider::ALL`] and in `CODES`, values by their place
//! in the list of `browser/values.js`. What an export has to say it says by [`answer`].

use crate::browser::input;
use crate::csp::source;
use crate::error::Failure;
use crate::flow::pending::{Return, come_back};
use crate::flow::{Command, Event, Flow, Run, Timer};
use crate::provider::finqlink::sca;
use crate::provider::{Provider, Said};
use crate::value::{Turn, Value};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/values.js")]
extern "C" {
    #[wasm_bindgen(js_name = answer)]
    fn answer_with(answer: i32, detail: i32, value: i32);
}

/// What is answered, each with a number and a value, in the order of `pkg-template/answers.js`.
#[derive(Clone, Copy)]
enum Answer {
    /// A timer, in milliseconds.
    StartFlow,
    StartLoad,
    Stop,
    Reveal,
    RenewToken,
    /// A URL.
    Url,
    TearDown,
    /// A mode.
    Open,
    Load,
    /// A step.
    Step,
    PopupSevered,
    /// An origin.
    ForeignMessage,
    /// A code and one, or 0: completed.
    Settled,
    /// A result.
    Completed,
    /// The parts of an error.
    Failed,
    /// A provider.
    Provider,
    /// Which record is consumed.
    Consumed,
}

fn answer(answer: Answer, detail: i32, value: Option<Value>) {
    answer_with(answer as i32, detail, value.map_or(0, Value::at));
}

fn answer_value<'t>(kind: Answer, value: impl Into<Value<'t>>) {
    answer(kind, 0, Some(value.into()));
}

fn answer_failure(failure: Failure) {
    answer_value(Answer::Failed, failure.parts());
}

/// Answers with what is to be done.
struct Answering;

impl<'t> Run<'t> for Answering {
    // Inlined, each is one call of numbers that are known.
    #[inline(always)]
    fn run(&mut self, command: Command<'t>) {
        match command {
            Command::Start(Timer::Flow, ms) => answer(Answer::StartFlow, ms as i32, None),
            Command::Start(Timer::Load, ms) => answer(Answer::StartLoad, ms as i32, None),
            Command::Stop(timer) => answer(Answer::Stop, timer as i32, None),
            Command::Reveal => answer(Answer::Reveal, 0, None),
            Command::RenewToken => answer(Answer::RenewToken, 0, None),
            Command::Navigate(url) => answer_value(Answer::Url, url),
            Command::TearDown => answer(Answer::TearDown, 0, None),
            Command::Emit(Event::Open(mode)) => answer(Answer::Open, mode as i32, None),
            Command::Emit(Event::Load) => answer(Answer::Load, 0, None),
            Command::Emit(Event::Step(step)) => answer_value(Answer::Step, step),
            Command::Emit(Event::PopupSevered) => answer(Answer::PopupSevered, 0, None),
            Command::Emit(Event::ForeignMessage(origin)) => answer_value(Answer::ForeignMessage, origin),
            Command::Emit(Event::Settled(outcome)) => {
                answer(Answer::Settled, outcome.err().map_or(0, |code| code as i32 + 1), None);
            }
            Command::Settle(Ok(result)) => answer_value(Answer::Completed, result),
            Command::Settle(Err(failure)) => answer_failure(failure),
        }
    }
}

fn answer_said(said: Said) {
    match said {
        Said::Completed(result) => answer_value(Answer::Completed, result),
        Said::Failed(failure) => answer_failure(failure),
        Said::Step(step) => answer_value(Answer::Step, step),
    }
}

/// Begins a flow, and answers with the URL to show, or a failure. All that the flow remembers is in `memory`.
/// `can_renew`: the caller has a way to a new token.
#[wasm_bindgen]
pub fn begin(provider: i32, timeout_ms: f64, load_timeout_ms: f64, can_renew: bool, given: i32, memory: i32) {
    let turn = Turn::of_the_call();
    let memory = turn.record_at(memory);
    let (Some(provider), Some(given)) = (named(provider), turn.value(given)) else { return };
    match Flow::begin_with(provider, given, timeout_ms, load_timeout_ms, memory) {
        Ok((flow, url)) => {
            let flow = if can_renew { flow.renewing() } else { flow };
            flow.keep(memory);
            answer_value(Answer::Url, url);
        }
        Err(failure) => answer_failure(failure),
    }
}

/// Tells a flow what happened: see [`input`]. Answers with what is to be done.
#[wasm_bindgen]
pub fn tell(number: i32, detail: i32, text: i32, data: i32, memory: i32) {
    let turn = Turn::of_the_call();
    let memory = turn.record_at(memory);
    if let Some(mut flow) = Flow::recall(memory.value()) {
        flow.handle(memory, input(turn, number, detail, text, data), Answering);
        flow.keep(memory);
    }
}

fn named(provider: i32) -> Option<Provider> {
    // A negative number becomes more than any place.
    Provider::ALL.get(provider as usize).copied()
}

/// See `parseMessage` in `index.d.ts`.
#[wasm_bindgen(js_name = parseMessage)]
pub fn parse_message(provider: i32, data: i32) {
    let data = Turn::of_the_call().value(data);
    if let Some(said) = named(provider).zip(data).and_then(|(provider, data)| provider.read(data)) {
        answer_said(said);
    }
}

/// See `parseCallback` in `index.d.ts`. `given`: a record with the `url`.
#[wasm_bindgen(js_name = parseCallback)]
pub fn parse_callback(provider: i32, given: i32) {
    let turn = Turn::of_the_call();
    let url = turn.record_at(given).value().text("url");
    if let Some(provider) = named(provider) {
        answer_said(provider.come_back(turn, url, None));
    }
}

/// Answers with the origin that a page that embeds this provider must allow, where it is known, or with a failure.
#[wasm_bindgen(js_name = frameSource)]
pub fn frame_source(provider: i32, given: i32) {
    let turn = Turn::of_the_call();
    let url = turn.record_at(given).value().text("url");
    match named(provider).map(|provider| source(turn, provider, url)) {
        Some(Ok(Some(source))) => answer_value(Answer::Url, source),
        Some(Err(failure)) => answer_failure(failure),
        Some(Ok(None)) | None => {}
    }
}

/// What a URL is to a page that flows may come back to: see [`come_back`]. `given`: a record with the `url`.
/// `records`: a list of `{ provider, state, returnUrl, expires }`. Without an answer it is no callback.
#[wasm_bindgen(js_name = comeBack)]
pub fn come_back_to(records: i32, given: i32, now_ms: f64) {
    let turn = Turn::of_the_call();
    let url = turn.record_at(given).value().text("url");
    let (back, index, provider) = come_back(turn.record_at(records).value(), url, now_ms);
    if let Some(provider) = provider {
        answer(Answer::Provider, provider as i32, None);
    }
    if let Some(index) = index {
        answer(Answer::Consumed, index, None);
    }
    match back {
        Return::None | Return::Expired => {}
        Return::Completed(result) => answer_value(Answer::Completed, result),
        Return::Failed(failure) | Return::Foreign(failure) => answer_failure(failure),
    }
}

/// Answers with the names of the parameters that a provider adds to a return URL, parted by spaces.
#[wasm_bindgen(js_name = parametersOf)]
pub fn parameters_of(provider: i32) {
    if let Some(provider) = named(provider) {
        answer_value(Answer::Completed, Turn::of_the_call().text(provider.parameters()));
    }
}

/// See `scaQueryString` in `index.d.ts`. `given`: a record with the `url`.
#[wasm_bindgen(js_name = scaQueryString)]
pub fn sca_query_string(given: i32) {
    let turn = Turn::of_the_call();
    let url = turn.record_at(given).value().text("url");
    if let Some((query, state)) = url.and_then(sca) {
        let result = turn.record();
        result.put("queryString", query);
        result.put("state", state);
        answer_value(Answer::Completed, result);
    }
}
