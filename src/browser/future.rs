//! Flows for front ends that are written in Rust.

use super::{input, told};
use crate::error::{ErrorCode, LinkError};
use crate::flow::Input;
use crate::flow::pending::{Return, come_back};
use crate::flow::running::{EventKind, Running, Task};
use crate::options::{Mode, Options};
use crate::provider::{LinkResult, Provider, Step, StepKind, Target};
use crate::value::{Owned, Turn, in_turn};
use futures::channel::{mpsc, oneshot};
use futures::stream::Stream;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Date, Object, Reflect};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/browser/stage.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn check(options: &JsValue, surfaces: &JsValue, default_mode: &str) -> Result<Shown, JsValue>;

    /// The options as they are shown.
    type Shown;
    #[wasm_bindgen(method, setter)]
    fn set_state(this: &Shown, state: Option<&str>);
    #[wasm_bindgen(method, setter, js_name = returnUrl)]
    fn set_return_url(this: &Shown, url: Option<&str>);
    #[wasm_bindgen(method, setter, js_name = timeoutMs)]
    fn set_timeout_ms(this: &Shown, ms: f64);

    #[derive(Clone)]
    type Stage;
    #[wasm_bindgen(constructor)]
    fn new() -> Stage;
    #[wasm_bindgen(method, catch)]
    fn show(this: &Stage, shown: &Shown, provider: &str, url: &str, tell: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn reveal(this: &Stage);
    #[wasm_bindgen(method)]
    fn focus(this: &Stage);
    #[wasm_bindgen(method)]
    fn navigate(this: &Stage, url: &str);
    #[wasm_bindgen(method, js_name = takeOff)]
    fn take_off(this: &Stage);
}

#[wasm_bindgen(module = "/src/browser/surfaces.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2)]
    static SURFACES: JsValue;
}

#[wasm_bindgen(module = "/src/browser/callback.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = ownUrl)]
    fn own_url(text: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(js_name = closeSoon)]
    fn close_soon();
    fn hand(url: &str);
    fn scrub(url: &str, names: Vec<String>);
}

#[wasm_bindgen(module = "/src/browser/redirect.js")]
extern "C" {
    fn stored() -> Vec<JsValue>;
    fn store(records: Vec<JsValue>);
}

/// What these import. Only files that Rust names are shipped, so each is named here.
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
    #[wasm_bindgen(module = "/src/browser/popup.js")]
    extern "C" {
        fn popup();
    }
    #[wasm_bindgen(module = "/src/browser/shadow.js")]
    extern "C" {
        fn shadow();
    }
    #[wasm_bindgen(module = "/src/browser/words.js")]
    extern "C" {
        #[wasm_bindgen(js_name = wordsIn)]
        fn words_in();
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
/// use link_widget::{Options, Target, open};
///
/// match open(Target::fiskil("36eDkpZD8997xnPrTX9Z2mBaS0k"), Options::default()).await {
///     Ok(result) => { /* send it to your server, which confirms it */ }
///     Err(error) => { /* error.code.description().message is for the user */ }
/// }
/// # }
/// ```
#[must_use = "dropping a flow closes it"]
pub fn open(target: Target, options: Options) -> LinkFlow {
    start(&target, options, None)
}

/// Opens a provider's page inside an element of this one. See [`open`].
#[must_use = "dropping a flow closes it"]
pub fn open_in(element: Element, target: Target, options: Options) -> LinkFlow {
    start(&target, options, Some(&element))
}

fn start(target: &Target, options: Options, element: Option<&Element>) -> LinkFlow {
    let provider = target.provider();
    let (answer_to, answer) = oneshot::channel();
    let (events_to, events) = mpsc::unbounded();
    let stage = Stage::new();
    let begun = shown(provider, options, element)
        .and_then(|(shown, options)| Ok((Running::begin(target, &options)?, shown)));
    let running = match begun {
        Err(error) => {
            // The receiver is right here.
            let _ = answer_to.send(Err(error.of(provider)));
            None
        }
        Ok(((flow, url), shown)) => {
            let page = Rc::new_cyclic(|page: &Weak<Page>| Page {
                flow: RefCell::new(flow),
                provider,
                began_ms: now(),
                page: page.clone(),
                stage: stage.clone(),
                timers: Default::default(),
                answer_to: Cell::new(Some(answer_to)),
                events_to,
            });
            let told = Rc::downgrade(&page);
            let tell = Tell::new(move |number, detail: Option<i32>, text: JsValue, data: JsValue| {
                if let Some(page) = told.upgrade() {
                    page.tell(number, detail.unwrap_or(0), &text, &data);
                }
            });
            if let Err(parts) = stage.show(&shown, provider.name(), &url, tell.as_ref()) {
                let LinkError { code, message, .. } = error(parts);
                page.tell(told::FAILED, code as i32, &message.into(), &JsValue::UNDEFINED);
            }
            Some((page, tell))
        }
    };
    let page = running.as_ref().map_or_else(Weak::new, |(page, _)| Rc::downgrade(page));
    LinkFlow { handle: LinkHandle { page, stage }, _running: running, answer, events: Some(events) }
}

/// What the stage calls. Not FnMut: an event may be dispatched from within a handler.
type Tell = Closure<dyn Fn(i32, Option<i32>, JsValue, JsValue)>;

/// The options that concern the page, as the stage takes them, and all of them, checked against the page.
fn shown(
    provider: Provider,
    options: Options,
    element: Option<&Element>,
) -> Result<(Shown, Options), LinkError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Given<'a> {
        mode: Option<Mode>,
        title: Option<&'a str>,
        locale: Option<&'a str>,
        close_button: bool,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        container: JsValue,
    }

    let given = Given {
        mode: options.mode,
        title: options.title.as_deref(),
        locale: options.locale.as_deref(),
        close_button: options.close_button,
        container: element.map_or(JsValue::UNDEFINED, JsValue::from),
    };
    let given = serde_wasm_bindgen::to_value(&given).unwrap_or_default();
    let default_mode = match provider {
        Provider::Fiskil | Provider::Flinks | Provider::Finx => Mode::Overlay,
        // Whether their pages may be framed is not documented.
        Provider::Finqlink | Provider::Fimento => Mode::Popup,
    };
    // The types are right; what is left is the element and the mode.
    let shown = SURFACES.with(|surfaces| check(&given, surfaces, default_mode.as_str())).map_err(error)?;
    let return_url = options.return_url.as_deref().map(own_url).transpose().map_err(error)?;
    shown.set_state(options.state.as_deref());
    shown.set_return_url(return_url.as_deref());
    shown.set_timeout_ms(options.timeout_ms);
    Ok((shown, Options { return_url, ..options }))
}

/// What the stage throws: an error, or its `code` and `message`.
fn error(thrown: JsValue) -> LinkError {
    #[derive(serde::Deserialize)]
    struct Parts {
        code: Option<ErrorCode>,
        message: String,
    }

    let message = js_sys::Error::from(thrown.clone()).message();
    let parts = Owned::from(thrown).read();
    let Parts { code, message } = parts.unwrap_or(Parts { code: None, message: message.into() });
    LinkError::new(code.unwrap_or(ErrorCode::InternalError), message)
}

/// A flow on this page.
struct Page {
    flow: RefCell<Running>,
    provider: Provider,
    began_ms: f64,
    page: Weak<Page>,
    stage: Stage,
    timers: [Cell<Option<Timeout>>; 2],
    answer_to: Cell<Option<oneshot::Sender<Result<LinkResult, LinkError>>>>,
    events_to: mpsc::UnboundedSender<LinkEvent>,
}

impl Page {
    /// What happened on the page. See [`input`].
    fn tell(&self, number: i32, detail: i32, text: &JsValue, data: &JsValue) {
        let place = |turn: Turn, value| turn.js(value).map_or(0, |value| value.at());
        self.hear(|turn| input(turn, number, detail, place(turn, text), place(turn, data)));
    }

    fn hear(&self, input: impl for<'t> FnOnce(Turn<'t>) -> Input<'t>) {
        // Never borrowed here: no code of the page's runs while the flow decides.
        let Ok(mut flow) = self.flow.try_borrow_mut() else { return };
        let tasks = flow.handle(input);
        drop(flow);
        for task in tasks {
            self.run(task);
        }
    }

    fn run(&self, task: Task) {
        match task {
            Task::Start(timer, ms) => {
                let page = self.page.clone();
                let timeout = Timeout::new(ms, move || {
                    if let Some(page) = page.upgrade() {
                        page.hear(|_| Input::Elapsed(timer));
                    }
                });
                self.timers[timer as usize].set(Some(timeout));
            }
            Task::Stop(timer) => drop(self.timers[timer as usize].take()),
            // A flow in Rust gives its token when it begins, and is never asked for another.
            Task::RenewToken => {}
            Task::Reveal => self.stage.reveal(),
            Task::Navigate(url) => self.stage.navigate(&url),
            Task::TearDown => {
                for timer in &self.timers {
                    timer.take();
                }
                self.stage.take_off();
            }
            Task::Emit(kind) => {
                let event = LinkEvent { provider: self.provider, elapsed_ms: now() - self.began_ms, kind };
                // Nobody may be listening any more.
                let _ = self.events_to.unbounded_send(event);
            }
            Task::Settle(answer) => {
                if let Some(answer_to) = self.answer_to.take() {
                    let _ = answer_to.send(answer.map_err(|error| error.of(self.provider)));
                }
            }
        }
    }
}

/// Ends or shows a flow while something else waits for its answer.
#[derive(Clone)]
pub struct LinkHandle {
    page: Weak<Page>,
    stage: Stage,
}

impl LinkHandle {
    /// See [`LinkFlow::close`].
    pub fn close(&self) {
        if let Some(page) = self.page.upgrade() {
            page.hear(|_| Input::ClosedByCaller);
        }
    }

    /// See [`LinkFlow::focus`].
    pub fn focus(&self) {
        self.stage.focus();
    }
}

impl fmt::Debug for LinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkHandle").finish_non_exhaustive()
    }
}

/// A flow on its way: a future of its one answer. Dropping it closes it.
///
/// Waiting for it takes it, so what else is needed of it comes first:
///
/// ```no_run
/// # use futures::StreamExt;
/// # use link_widget::{LinkError, LinkResult, Options, Target, open};
/// # async fn connect(on_cancel: impl FnOnce(link_widget::LinkHandle)) -> Result<LinkResult, LinkError> {
/// let mut flow = open(Target::flinks("toolbox"), Options::default());
/// on_cancel(flow.handle()); // for a button that calls `close`
/// let mut events = flow.events();
/// let listen = async { while let Some(event) = events.next().await { /* show `event.kind` */ } };
/// // Joined: the events end with the flow.
/// let (answer, ()) = futures::future::join(flow, listen).await;
/// # answer
/// # }
/// ```
pub struct LinkFlow {
    handle: LinkHandle,
    /// Kept for as long as the flow.
    _running: Option<(Rc<Page>, Tell)>,
    answer: oneshot::Receiver<Result<LinkResult, LinkError>>,
    events: Option<mpsc::UnboundedReceiver<LinkEvent>>,
}

impl LinkFlow {
    /// Ends the flow: removes everything that it put on the page and, if it is still pending, answers
    /// LINK_USER_CANCELLED. May be called at any time, any number of times.
    pub fn close(&self) {
        self.handle.close();
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        self.handle.focus();
    }

    /// What closes and focuses it while something else waits for its answer.
    pub fn handle(&self) -> LinkHandle {
        self.handle.clone()
    }

    /// What happens on the way, from the beginning. The second call gets an empty stream.
    pub fn events(&mut self) -> impl Stream<Item = LinkEvent> + use<> {
        self.events.take().unwrap_or_else(|| mpsc::unbounded().1)
    }
}

impl fmt::Debug for LinkFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkFlow").finish_non_exhaustive()
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
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Given {
            provider: Provider,
            elapsed_ms: f64,
            r#type: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            mode: Option<Mode>,
            #[serde(skip_serializing_if = "Option::is_none")]
            origin: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            outcome: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            step: Option<StepKind>,
            #[serde(skip_serializing_if = "Option::is_none")]
            provider_step: Option<String>,
            #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
            data: JsValue,
        }

        let LinkEvent { provider, elapsed_ms, kind } = event;
        let mut given = Given {
            provider,
            elapsed_ms,
            r#type: "load",
            mode: None,
            origin: None,
            outcome: None,
            step: None,
            provider_step: None,
            data: JsValue::UNDEFINED,
        };
        match kind {
            EventKind::Open(mode) => (given.r#type, given.mode) = ("open", Some(mode)),
            EventKind::Load => {}
            EventKind::Step(Step { step, provider_step, data }) => {
                given.r#type = "step";
                (given.step, given.provider_step) = (Some(step), Some(provider_step));
                given.data = data.into_object();
            }
            EventKind::PopupSevered => given.r#type = "popup-severed",
            EventKind::ForeignMessage(origin) => {
                (given.r#type, given.origin) = ("foreign-message", Some(origin));
            }
            EventKind::Settled(outcome) => {
                let outcome = outcome.map_or_else(ErrorCode::as_str, |()| "completed");
                (given.r#type, given.outcome) = ("settled", Some(outcome));
            }
        }
        serde_wasm_bindgen::to_value(&given).unwrap_or_default()
    }
}

impl From<LinkResult> for JsValue {
    fn from(result: LinkResult) -> Self {
        result.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default()
    }
}

fn address() -> String {
    web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

fn names(providers: &[Provider]) -> Vec<String> {
    let names = providers.iter().flat_map(|provider| provider.parameters().split(' '));
    names.map(str::to_owned).collect()
}

/// On the page that [`Options::return_url`] names: hands the provider's answer to the page that waits for it, takes it
/// out of the address, and closes the popup.
pub fn complete_callback() {
    let url = address();
    hand(&url);
    scrub(&url, names(Provider::ALL));
    close_soon();
}

/// On the page that a flow in [`Mode::Redirect`] comes back to: how it ended. Takes it out of the address, so a second
/// call gives `None`, as does an address that is no answer to a flow of this tab's.
pub fn resume() -> Option<Result<LinkResult, LinkError>> {
    let url = address();
    let (known, records): (Vec<JsValue>, Vec<JsValue>) = stored()
        .into_iter()
        .filter_map(|record| {
            let name = Reflect::get(&record, &"provider".into()).ok()?.as_string()?;
            // In Rust a provider is known by its number.
            let number = JsValue::from(Provider::from_name(&name)? as u8);
            let known = Object::assign(&Object::new(), record.unchecked_ref());
            Reflect::set(&known, &"provider".into(), &number).ok()?;
            Some((JsValue::from(known), record))
        })
        .unzip();
    let (answer, index, provider) = in_turn(|turn| {
        let (back, index, provider) =
            come_back(turn.js(&Array::from_iter(known))?, Some(turn.text(&url)), Date::now());
        let provider = provider?;
        let answer = match back {
            Return::None | Return::Expired => None,
            Return::Completed(result) => Some(LinkResult::read(provider, &result.into())),
            Return::Failed(failure) | Return::Foreign(failure) => {
                Some(Err(LinkError::from(failure).of(provider)))
            }
        };
        Some((answer, index, provider))
    })?;
    scrub(&url, names(&[provider]));
    if let Some(index) = index {
        let others = records.into_iter().enumerate().filter(|(at, _)| *at != index as usize);
        store(others.map(|(_, record)| record).collect());
    }
    answer
}
