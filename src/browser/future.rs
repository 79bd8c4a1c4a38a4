//! Flows for front ends that are written in Rust.

use super::{Host, Page, told};
use crate::error::{ErrorCode, LinkError};
use crate::flow::{EventKind, Flow, Input, Timer};
use crate::options::Options;
use crate::provider::{LinkResult, Provider, Target};
use crate::record::Record;
use futures::channel::{mpsc, oneshot};
use futures::stream::Stream;
use gloo_timers::callback::Timeout;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/browser/stage.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn check(options: &JsValue) -> Result<JsValue, JsValue>;

    #[derive(Clone)]
    type Stage;
    #[wasm_bindgen(constructor)]
    fn new() -> Stage;
    #[wasm_bindgen(method, catch)]
    fn show(this: &Stage, shown: &JsValue, provider: &str, url: &str, tell: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn reveal(this: &Stage);
    #[wasm_bindgen(method)]
    fn focus(this: &Stage);
    #[wasm_bindgen(method)]
    fn navigate(this: &Stage, url: &str);
    #[wasm_bindgen(method, js_name = takeOff)]
    fn take_off(this: &Stage);
}

/// What `stage.js` imports. Only files that Rust names are shipped, so each is named here.
#[allow(dead_code)]
mod imported {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/browser/container.js")]
    extern "C" {
        fn container();
    }
    #[wasm_bindgen(module = "/src/browser/dialog.js")]
    extern "C" {
        fn dialog();
    }
    #[wasm_bindgen(module = "/src/browser/frame.js")]
    extern "C" {
        fn frame();
    }
    #[wasm_bindgen(module = "/src/browser/overlay.js")]
    extern "C" {
        fn overlay();
    }
    #[wasm_bindgen(module = "/src/browser/page.js")]
    extern "C" {
        fn undo();
    }
    #[wasm_bindgen(module = "/src/browser/shadow.js")]
    extern "C" {
        fn shadow();
    }
    #[wasm_bindgen(module = "/src/browser/told.js")]
    extern "C" {
        #[wasm_bindgen(thread_local_v2)]
        static OPENED: u32;
    }
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page began.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Opens a provider's page over this one.
///
/// Call it inside the click that asked for it. It never fails by itself: what is wrong comes as the
/// flow's answer.
///
/// ```no_run
/// # async fn connect() {
/// use link_widget::{open, options::Options, provider::Target};
///
/// match open(Target::fiskil("36eDkpZD8997xnPrTX9Z2mBaS0k"), Options::default()).await {
///     Ok(result) => { /* send it to your server, which confirms it */ }
///     Err(error) => { /* error.code.description().message is for the user */ }
/// }
/// # }
/// ```
#[must_use = "dropping a flow closes it"]
pub fn open(target: Target, options: Options) -> LinkFlow {
    start(&target, &options, None)
}

/// Opens a provider's page inside an element of this one. See [`open`].
#[must_use = "dropping a flow closes it"]
pub fn open_in(element: Element, target: Target, options: Options) -> LinkFlow {
    start(&target, &options, Some(&element))
}

fn start(target: &Target, options: &Options, element: Option<&Element>) -> LinkFlow {
    let provider = target.provider();
    let (answer_to, answer) = oneshot::channel();
    let (events_to, events) = mpsc::unbounded();
    let stage = Stage::new();
    let begun = Flow::begin(target, options).and_then(|begun| Ok((begun, shown(options, element)?)));
    let running = match begun {
        Err(error) => {
            // The receiver is right here.
            let _ = answer_to.send(Err(error.of(provider)));
            None
        }
        Ok(((flow, url), shown)) => {
            let page = Rc::new_cyclic(|page: &Weak<Page<Channels>>| {
                let host = Channels {
                    provider,
                    began_ms: now(),
                    page: page.clone(),
                    stage: stage.clone(),
                    timers: Default::default(),
                    answer_to: Cell::new(Some(answer_to)),
                    events_to,
                };
                Page::new(flow, host)
            });
            let told = Rc::downgrade(&page);
            let tell = Tell::new(move |number, detail: Option<u32>, text: Option<String>, data| {
                if let Some(page) = told.upgrade() {
                    page.tell(number, detail.unwrap_or(0), &text.unwrap_or_default(), data);
                }
            });
            if let Err(error) = stage.show(&shown, provider.name(), &url, tell.as_ref()) {
                let message = js_sys::Error::from(error).message();
                page.tell(told::FAILED, 0, &String::from(message), JsValue::UNDEFINED);
            }
            Some((page, tell))
        }
    };
    LinkFlow { running, stage, answer, events: Some(events) }
}

/// What the stage calls. Not FnMut: an event may be dispatched from within a handler.
type Tell = Closure<dyn Fn(u32, Option<u32>, Option<String>, JsValue)>;

/// The options that concern the page, as the stage takes them.
fn shown(options: &Options, element: Option<&Element>) -> Result<JsValue, LinkError> {
    #[derive(serde::Deserialize)]
    struct Parts {
        message: String,
    }

    let mut given = Record::default();
    given.maybe("title", options.title.as_deref());
    given.maybe("locale", options.locale.as_deref());
    given.flag("closeButton", options.close_button);
    if let Some(element) = element {
        given.record("container", JsValue::from(element).into());
    }
    check(&given.into()).map_err(|parts| {
        // The types are right; what is left is an element that is not in the document.
        let message = Record::from(parts).read().map(|parts: Parts| parts.message);
        LinkError::new(ErrorCode::NotFound, message.unwrap_or_default())
    })
}

struct Channels {
    provider: Provider,
    began_ms: f64,
    page: Weak<Page<Channels>>,
    stage: Stage,
    timers: [Cell<Option<Timeout>>; 2],
    answer_to: Cell<Option<oneshot::Sender<Result<LinkResult, LinkError>>>>,
    events_to: mpsc::UnboundedSender<LinkEvent>,
}

impl Host for Channels {
    fn reveal(&self) {
        self.stage.reveal();
    }

    fn take_off(&self) {
        for timer in &self.timers {
            timer.take();
        }
        self.stage.take_off();
    }

    /// A flow in Rust gives its token when it begins.
    fn renew_token(&self) {}

    fn navigate(&self, url: &str) {
        self.stage.navigate(url);
    }

    fn start(&self, timer: Timer, ms: u32) {
        let page = self.page.clone();
        let timeout = Timeout::new(ms, move || {
            if let Some(page) = page.upgrade() {
                page.tell(told::ELAPSED, timer as u32, "", JsValue::UNDEFINED);
            }
        });
        self.timers[timer as usize].set(Some(timeout));
    }

    fn stop(&self, timer: Timer) {
        self.timers[timer as usize].take();
    }

    fn emit(&self, kind: EventKind) {
        let event = LinkEvent { provider: self.provider, elapsed_ms: now() - self.began_ms, kind };
        // Nobody may be listening any more.
        let _ = self.events_to.unbounded_send(event);
    }

    fn settle(&self, answer: Result<LinkResult, LinkError>) {
        if let Some(answer_to) = self.answer_to.take() {
            let _ = answer_to.send(answer);
        }
    }
}

/// A flow on its way: a future of its one answer. Dropping it closes it.
pub struct LinkFlow {
    running: Option<(Rc<Page<Channels>>, Tell)>,
    stage: Stage,
    answer: oneshot::Receiver<Result<LinkResult, LinkError>>,
    events: Option<mpsc::UnboundedReceiver<LinkEvent>>,
}

impl LinkFlow {
    /// Ends the flow: removes everything that it put on the page and, if it is still pending, answers
    /// LINK_USER_CANCELLED. May be called at any time, any number of times.
    pub fn close(&self) {
        if let Some((page, _)) = &self.running {
            page.input(Input::ClosedByCaller);
        }
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        self.stage.focus();
    }

    /// What happens on the way, from the beginning. The second call gets an empty stream.
    pub fn events(&mut self) -> impl Stream<Item = LinkEvent> + use<> {
        self.events.take().unwrap_or_else(|| mpsc::unbounded().1)
    }
}

impl Future for LinkFlow {
    type Output = Result<LinkResult, LinkError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| {
            answer.unwrap_or_else(|_| {
                Err(LinkError::new(ErrorCode::InternalError, "The flow has given its answer before."))
            })
        })
    }
}

impl Drop for LinkFlow {
    fn drop(&mut self) {
        self.close();
    }
}

/// What happened in a flow, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkEvent {
    /// Whose flow it is.
    pub provider: Provider,
    /// Milliseconds since the flow began.
    pub elapsed_ms: f64,
    /// What happened.
    pub kind: EventKind,
}

impl From<LinkEvent> for JsValue {
    /// As `onEvent` of the npm package is given it.
    fn from(event: LinkEvent) -> Self {
        let mut record = event.kind.into_record();
        record.text("provider", event.provider.name());
        record.number("elapsedMs", event.elapsed_ms);
        record.into()
    }
}

impl From<LinkResult> for JsValue {
    fn from(result: LinkResult) -> Self {
        result.into_record().into()
    }
}

impl From<JsValue> for LinkResult {
    /// A result that JavaScript hands over, such as one that the npm package gave. [`LinkResult::read`]
    /// checks it.
    fn from(value: JsValue) -> Self {
        Self(value.into())
    }
}
