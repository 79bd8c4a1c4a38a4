//! Runs a flow on a page: tells it what happens there, and carries out what it decides.
//!
//! The only code that touches the DOM.

mod container;
pub(crate) mod data;
pub(crate) mod dom;
mod frame;
pub mod future;
mod overlay;
pub(crate) mod scope;

use crate::error::{ErrorCode, LinkError};
use crate::flow::origin::Origin;
use crate::flow::{Command, EventKind, Flow, Input, Timer};
use crate::options::{Mode, Options};
use crate::provider::{LinkResult, Provider, Target};
use crate::url::Url;
use crate::words::{self, Words};
use gloo_timers::callback::Timeout;
use scope::Scope;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Element, MessageEvent, Window};

/// Where the provider's page is shown.
pub(crate) trait Surface {
    /// The window whose messages count. `None`: it is gone.
    fn window(&self) -> Option<Window>;
    /// The provider's page is there: ends the loading state.
    fn reveal(&self);
    /// Brings the provider's page to the front.
    fn focus(&self);
}

/// What a surface shows.
pub(crate) struct Shown {
    pub provider: Provider,
    pub url: String,
    pub title: String,
    pub words: Words,
    pub close_button: bool,
}

/// An element of the caller's.
pub(crate) enum Place {
    /// Its id, or a CSS selector.
    Named(String),
    Element(Element),
}

impl Place {
    fn find(self) -> Result<Element, LinkError> {
        let missing = || {
            let message = "The container is not in the document. Add it to the page before the call.";
            LinkError::new(ErrorCode::NotFound, message)
        };
        match self {
            Self::Element(element) if element.is_connected() => Ok(element),
            Self::Element(_) => Err(missing()),
            Self::Named(name) => {
                let document = dom::document();
                if let Some(element) = document.get_element_by_id(&name) {
                    return Ok(element);
                }
                let found = document.query_selector(&name).map_err(|_| {
                    LinkError::invalid("container", "an element, the id of one or a valid CSS selector")
                })?;
                found.ok_or_else(missing)
            }
        }
    }
}

/// All that a flow needs to run.
pub(crate) struct Launch {
    pub target: Target,
    pub options: Options,
    pub container: Option<Place>,
    pub signal: Option<AbortSignal>,
    /// What the flow puts on the page is listed here for undoing; see [`Scope`].
    pub undo: js_sys::Array,
    /// Is told what happens, with the milliseconds since the flow began.
    pub on_event: Box<dyn Fn(EventKind, f64)>,
    pub settle: Settle,
    /// Is told that nothing of the flow is left on the page.
    pub over: Box<dyn Fn()>,
}

/// Is given the answer.
type Settle = Box<dyn FnOnce(Result<LinkResult, LinkError>)>;

/// A flow on this page.
pub(crate) struct Page {
    flow: RefCell<Flow>,
    scope: Scope,
    surface: RefCell<Option<Rc<dyn Surface>>>,
    timers: [RefCell<Option<Timeout>>; 2],
    commands: RefCell<VecDeque<Command>>,
    is_running: Cell<bool>,
    began_ms: f64,
    /// Events of the call itself wait here until it has returned.
    early: RefCell<Option<VecDeque<(EventKind, f64)>>>,
    on_event: Box<dyn Fn(EventKind, f64)>,
    settle: Cell<Option<Settle>>,
    over: Box<dyn Fn()>,
}

/// What is opened, checked.
struct Checked {
    url: Url,
    allowed: Origin,
    mode: Mode,
    container: Option<Element>,
}

impl Checked {
    fn new(target: &Target, options: &Options, container: Option<Place>) -> Result<Self, LinkError> {
        options.check()?;
        let url = target.url()?;
        let allowed = options.origin()?.unwrap_or_else(|| Origin::of(&url));
        let mode = match (options.mode, &container) {
            (None | Some(Mode::Container), Some(_)) => Mode::Container,
            (None | Some(Mode::Overlay), None) => Mode::Overlay,
            (Some(Mode::Container), None) => {
                return Err(LinkError::invalid("container", "an element, its id or a CSS selector"));
            }
            (Some(_), Some(_)) => {
                return Err(LinkError::invalid("mode", "'container' or left out where a container is given"));
            }
        };
        Ok(Self { url, allowed, mode, container: container.map(Place::find).transpose()? })
    }
}

/// Opens a flow. Everything that a click allows happens before this returns. `None`: it could not be
/// opened, and `settle` has been told why.
pub(crate) fn open(launch: Launch) -> Option<Rc<Page>> {
    let Launch { target, options, container, signal, undo, on_event, settle, over } = launch;
    let provider = target.provider();
    let checked = match Checked::new(&target, &options, container) {
        Ok(checked) => checked,
        Err(error) => {
            settle(Err(error.of(provider)));
            return None;
        }
    };
    let page = Rc::new(Page {
        flow: RefCell::new(Flow::new(
            provider,
            checked.allowed.clone(),
            options.timeout_ms,
            options.load_timeout_ms,
        )),
        scope: Scope::new(undo),
        surface: RefCell::default(),
        timers: Default::default(),
        commands: RefCell::default(),
        is_running: Cell::new(false),
        began_ms: dom::now(),
        early: RefCell::new(Some(VecDeque::new())),
        on_event,
        settle: Cell::new(Some(settle)),
        over,
    });
    page.show(provider, checked, options, signal);
    let late = page.clone();
    dom::queue_microtask(&Closure::once_into_js(move || late.tell_early_events()));
    Some(page)
}

impl Page {
    fn show(
        self: &Rc<Self>,
        provider: Provider,
        checked: Checked,
        options: Options,
        signal: Option<AbortSignal>,
    ) {
        if let Some(signal) = &signal {
            if signal.aborted() {
                return self.tell(Input::ClosedByCaller);
            }
            self.on(signal, "abort", |page, _| page.tell(Input::ClosedByCaller));
        }
        let words = words::ENGLISH;
        let shown = Shown {
            provider,
            url: checked.url.href(),
            title: options.title.unwrap_or_else(|| words.title.into()),
            words,
            close_button: options.close_button,
        };
        let page = Rc::downgrade(self);
        let tell: Rc<dyn Fn(Input)> = Rc::new(move |input| {
            if let Some(page) = page.upgrade() {
                page.tell(input);
            }
        });
        // Before the frame exists, so that nothing it causes is missed.
        self.on(&dom::window(), "message", |page, event| page.hear(event.unchecked_ref()));
        let opened = checked.allowed;
        self.on(&dom::document(), "securitypolicyviolation", move |page, event| {
            page.refused_by_policy(event.unchecked_ref(), &opened);
        });
        let surface = match &checked.container {
            Some(element) => container::open(&shown, element, &self.scope, tell),
            None => overlay::open(&shown, &self.scope, tell),
        };
        match surface {
            // Moving the focus runs code of the page's, which may have ended the flow meanwhile.
            Ok(_) if self.is_over() => self.scope.end(),
            Ok(surface) => {
                self.surface.replace(Some(surface));
                self.tell(Input::Opened(checked.mode));
            }
            Err(error) => {
                let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
                let message = message.unwrap_or_else(|| "The page cannot show a frame.".into());
                self.tell(Input::Refused(LinkError::new(ErrorCode::InternalError, message)));
            }
        }
    }

    fn on(
        self: &Rc<Self>,
        target: &web_sys::EventTarget,
        kind: &str,
        handler: impl Fn(&Rc<Self>, JsValue) + 'static,
    ) {
        let page: Weak<Self> = Rc::downgrade(self);
        self.scope.listen(target, kind, move |event| {
            if let Some(page) = page.upgrade() {
                handler(&page, event);
            }
        });
    }

    pub fn is_over(&self) -> bool {
        self.flow.borrow().is_over()
    }

    /// Something happened.
    pub fn tell(self: &Rc<Self>, input: Input) {
        let commands = self.flow.borrow_mut().handle(input);
        self.run(commands);
    }

    fn hear(self: &Rc<Self>, event: &MessageEvent) {
        // A script of the page's can make up an event with any source and origin.
        if !event.is_trusted() {
            return;
        }
        let source = JsValue::from(event.source());
        let window = self.surface().and_then(|surface| surface.window());
        let ours = window.is_some_and(|window| JsValue::from(window) == source);
        let data = data::Untrusted(event.data());
        let commands = self.flow.borrow_mut().message(ours, &event.origin(), &data);
        self.run(commands);
    }

    fn refused_by_policy(self: &Rc<Self>, event: &dom::PolicyViolation, opened: &Origin) {
        // A policy may also only be tried out, and report what it would have refused.
        let is_refused = event.effective_directive() == "frame-src" && event.disposition() == "enforce";
        let is_ours = Url::parse(&event.blocked_uri()).is_some_and(|url| url.origin() == opened.as_str());
        if is_refused && is_ours {
            let message = [
                "The page's Content-Security-Policy does not allow this frame. Add ",
                opened.as_str(),
                " to its frame-src directive.",
            ];
            self.tell(Input::Refused(LinkError::new(ErrorCode::FrameBlocked, message.concat())));
        }
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        if let Some(surface) = self.surface() {
            surface.focus();
        }
    }

    /// A surface of its own: what is done to it may run code of the page's, which may end the flow.
    fn surface(&self) -> Option<Rc<dyn Surface>> {
        self.surface.borrow().clone()
    }

    /// Carries out commands in order. What they cause in turn comes after them.
    fn run(self: &Rc<Self>, commands: Vec<Command>) {
        self.commands.borrow_mut().extend(commands);
        if self.is_running.replace(true) {
            return;
        }
        loop {
            let Some(command) = self.commands.borrow_mut().pop_front() else { break };
            self.carry_out(command);
        }
        self.is_running.set(false);
    }

    fn carry_out(self: &Rc<Self>, command: Command) {
        match command {
            Command::Start(timer, ms) => {
                let page = Rc::downgrade(self);
                let timeout = Timeout::new(ms, move || {
                    if let Some(page) = page.upgrade() {
                        page.tell(Input::Elapsed(timer));
                    }
                });
                self.timer(timer).replace(Some(timeout));
            }
            Command::Stop(timer) => drop(self.timer(timer).take()),
            Command::Reveal => {
                if let Some(surface) = self.surface() {
                    surface.reveal();
                }
            }
            Command::TearDown => {
                for timer in &self.timers {
                    timer.take();
                }
                self.surface.take();
                self.scope.end();
                (self.over)();
            }
            Command::Emit(kind) => {
                let elapsed_ms = dom::now() - self.began_ms;
                if let Some(early) = &mut *self.early.borrow_mut() {
                    return early.push_back((kind, elapsed_ms));
                }
                (self.on_event)(kind, elapsed_ms);
            }
            Command::Settle(answer) => {
                if let Some(settle) = self.settle.take() {
                    settle(answer);
                }
            }
        }
    }

    fn timer(&self, timer: Timer) -> &RefCell<Option<Timeout>> {
        &self.timers[timer as usize]
    }

    fn tell_early_events(&self) {
        loop {
            // What a callback causes queues up behind.
            let next = self.early.borrow_mut().as_mut().and_then(VecDeque::pop_front);
            let Some((kind, elapsed_ms)) = next else { break };
            (self.on_event)(kind, elapsed_ms);
        }
        self.early.take();
    }
}
