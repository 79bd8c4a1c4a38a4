//! Runs a flow on a page: tells it what happens there, and carries out what it decides.
//!
//! The only code that touches the DOM.

mod container;
pub(crate) mod data;
mod dom;
mod frame;
pub mod future;
mod overlay;

use crate::error::{ErrorCode, LinkError};
use crate::flow::origin::Origin;
use crate::flow::{Command, EventKind, Flow, Input, Timer};
use crate::options::{Mode, Options};
use crate::provider::{LinkResult, Provider, Target};
use crate::url::Url;
use crate::value::join;
use crate::words::{ENGLISH, Words};
use gloo_timers::callback::Timeout;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Element, Event, EventTarget, MessageEvent};

/// Where the provider's page is shown.
pub(crate) trait Surface {
    /// The window whose messages count; `null`: it is gone.
    fn window(&self) -> JsValue;
    /// The provider's page is there: ends the loading state.
    fn reveal(&self);
    /// Brings the provider's page to the front.
    fn focus(&self);
    /// Somebody hid it who may not.
    fn show_again(&self) {}
}

/// What a surface shows.
pub(crate) struct Shown {
    pub provider: Provider,
    pub url: String,
    pub title: String,
    pub words: Words,
    pub close_button: bool,
}

/// What a page that runs a flow is listened to for.
#[derive(Clone, Copy)]
pub(crate) enum Heard {
    Message,
    PolicyViolation,
    Abort,
    Load,
    CloseButton,
    Cancel,
    DialogClosed,
}

/// An element of the caller's.
pub(crate) enum Place {
    /// Its id, or a CSS selector.
    Named(String),
    Element(Element),
}

impl Place {
    fn find(self) -> Result<Element, LinkError> {
        let element = match self {
            Self::Element(element) => Some(element),
            Self::Named(name) => match dom::document().get_element_by_id(&name) {
                None => dom::document().query_selector(&name).map_err(|_| {
                    LinkError::invalid("container", "an element, the id of one or a valid CSS selector")
                })?,
                element => element,
            },
        };
        element.filter(|element| element.is_connected()).ok_or_else(|| {
            let message = "The container is not in the document. Add it to the page before the call.";
            LinkError::new(ErrorCode::NotFound, message)
        })
    }
}

/// Who started a flow.
pub(crate) trait Host {
    /// Is told what happens, `elapsed_ms` after the flow began.
    fn emit(&self, kind: EventKind, elapsed_ms: f64);
    /// Is given the answer, once.
    fn settle(&self, answer: Result<LinkResult, LinkError>);
    /// Nothing of the flow is left on the page.
    fn over(&self) {}
}

/// A flow on this page.
pub(crate) struct Page {
    flow: RefCell<Flow>,
    surface: Cell<Option<Rc<dyn Surface>>>,
    /// What is to be undone at the end. In JavaScript, where it outlives a trap.
    undo: Array,
    handlers: Cell<Vec<Handler>>,
    flow_timer: Cell<Option<Timeout>>,
    load_timer: Cell<Option<Timeout>>,
    commands: Cell<Vec<Command>>,
    is_running: Cell<bool>,
    allowed: Origin,
    closable: bool,
    began_ms: f64,
    host: Box<dyn Host>,
}

/// Not FnMut: an event may be dispatched from within a handler.
type Handler = Closure<dyn Fn(JsValue)>;

/// What is opened, checked.
struct Checked {
    url: Url,
    allowed: Origin,
    container: Option<Element>,
}

fn check(target: &Target, options: &Options, container: Option<Place>) -> Result<Checked, LinkError> {
    options.check()?;
    match (options.mode, &container) {
        (Some(Mode::Container), None) => {
            return Err(LinkError::invalid("container", "an element, its id or a CSS selector"));
        }
        (Some(Mode::Overlay), Some(_)) => {
            return Err(LinkError::invalid("mode", "'container' or left out where a container is given"));
        }
        _ => {}
    }
    let url = target.url()?;
    let allowed = options.origin()?.unwrap_or_else(|| Origin::of(&url));
    Ok(Checked { url, allowed, container: container.map(Place::find).transpose()? })
}

/// Opens a flow. All that a click allows happens before this returns. `None`: it could not be opened, and
/// the host has been told why.
pub(crate) fn open(
    target: &Target,
    options: Options,
    container: Option<Place>,
    signal: Option<AbortSignal>,
    undo: Array,
    host: Box<dyn Host>,
) -> Option<Rc<Page>> {
    let provider = target.provider();
    let checked = match check(target, &options, container) {
        Ok(checked) => checked,
        Err(error) => {
            host.settle(Err(error.of(provider)));
            return None;
        }
    };
    let allowed = checked.allowed.clone();
    let flow = Flow::new(provider, checked.allowed, options.timeout_ms, options.load_timeout_ms);
    let page = Rc::new(Page {
        flow: RefCell::new(flow),
        surface: Cell::default(),
        undo,
        handlers: Cell::default(),
        flow_timer: Cell::default(),
        load_timer: Cell::default(),
        commands: Cell::default(),
        is_running: Cell::default(),
        allowed,
        closable: options.close_button,
        began_ms: dom::now(),
        host,
    });
    if let Some(signal) = &signal {
        page.listen(signal, "abort", Heard::Abort);
        if signal.aborted() {
            page.tell(Input::ClosedByCaller);
            return None;
        }
    }
    let shown = Shown {
        provider,
        url: checked.url.href(),
        title: options.title.unwrap_or_else(|| ENGLISH.title.into()),
        words: ENGLISH,
        close_button: options.close_button,
    };
    page.listen(&dom::window(), "message", Heard::Message);
    page.listen(dom::document().unchecked_ref(), "securitypolicyviolation", Heard::PolicyViolation);
    let (surface, mode) = match &checked.container {
        Some(element) => (container::open(&page, element.unchecked_ref(), &shown), Mode::Container),
        None => (overlay::open(&page, &shown), Mode::Overlay),
    };
    if page.is_over() {
        // Moving the focus runs code of the page's, which has ended the flow meanwhile.
        page.take_off();
        return None;
    }
    page.surface.set(Some(surface));
    page.tell(Input::Opened(mode));
    Some(page)
}

impl Page {
    /// Calls `object[method](...arguments)` at the end. What came last is undone first.
    fn at_end(&self, object: &JsValue, method: &str, arguments: &[&JsValue]) {
        let call = Array::of2(object, &method.into());
        for argument in arguments {
            call.push(argument);
        }
        self.undo.push(&call);
    }

    /// Removes this style sheet from the document at the end.
    fn keep(&self, sheet: &JsValue) {
        self.undo.push(sheet);
    }

    /// Listens until the end.
    fn listen(self: &Rc<Self>, target: &JsValue, kind: &str, heard: Heard) {
        let page = Rc::downgrade(self);
        let handler = Handler::new(move |event| {
            if let Some(page) = page.upgrade() {
                page.hear(heard, event);
            }
        });
        let function = handler.as_ref();
        dom::listen(target.unchecked_ref::<EventTarget>(), kind, function);
        self.at_end(target, "removeEventListener", &[&kind.into(), function]);
        let mut handlers = self.handlers.take();
        handlers.push(handler);
        self.handlers.set(handlers);
    }

    fn take_off(&self) {
        self.flow_timer.take();
        self.load_timer.take();
        self.surface.take();
        dom::undo(&self.undo);
        // One of them may be running right now: wasm-bindgen then frees it when it returns.
        self.handlers.take();
    }

    pub fn is_over(&self) -> bool {
        self.flow.try_borrow().is_ok_and(|flow| flow.is_over())
    }

    /// Something happened.
    pub fn tell(self: &Rc<Self>, input: Input) {
        // Never borrowed here: no code of the page's runs while the flow decides.
        if let Ok(mut flow) = self.flow.try_borrow_mut() {
            let commands = flow.handle(input);
            drop(flow);
            self.run(commands);
        }
    }

    fn hear(self: &Rc<Self>, heard: Heard, event: JsValue) {
        match heard {
            Heard::Message => self.hear_message(event.unchecked_ref()),
            Heard::PolicyViolation => self.hear_violation(event.unchecked_ref()),
            Heard::Abort => self.tell(Input::ClosedByCaller),
            Heard::Load => self.tell(Input::Loaded),
            Heard::CloseButton => self.tell(Input::ClosedByUser),
            Heard::Cancel => {
                // The flow decides whether the dialog goes.
                event.unchecked_ref::<Event>().prevent_default();
                if self.closable {
                    self.tell(Input::ClosedByUser);
                }
            }
            Heard::DialogClosed if self.closable => self.tell(Input::ClosedByUser),
            Heard::DialogClosed => {
                if let Some(surface) = self.surface() {
                    surface.show_again();
                }
            }
        }
    }

    fn hear_message(self: &Rc<Self>, event: &MessageEvent) {
        // A script of the page's can make up an event with any source and origin.
        if !event.is_trusted() {
            return;
        }
        let source = JsValue::from(event.source());
        let window = self.surface().map_or(JsValue::NULL, |surface| surface.window());
        let ours = !window.is_null() && window == source;
        if let Ok(mut flow) = self.flow.try_borrow_mut() {
            let commands = flow.message(ours, &event.origin(), &data::Untrusted(event.data()));
            drop(flow);
            self.run(commands);
        }
    }

    fn hear_violation(self: &Rc<Self>, event: &dom::PolicyViolation) {
        // A policy may also only be tried out, and report what it would have refused.
        let is_refused = event.effective_directive() == "frame-src" && event.disposition() == "enforce";
        let origin = self.allowed.as_str();
        if is_refused && Url::parse(&event.blocked_uri()).is_some_and(|url| url.origin() == origin) {
            let message = "The page's Content-Security-Policy does not allow this frame. Add ";
            let message = join(&[message, origin, " to its frame-src directive."]);
            self.tell(Input::Refused(LinkError::new(ErrorCode::FrameBlocked, message)));
        }
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        if let Some(surface) = self.surface() {
            surface.focus();
        }
    }

    fn surface(&self) -> Option<Rc<dyn Surface>> {
        let surface = self.surface.take();
        self.surface.set(surface.clone());
        surface
    }

    /// Carries out commands in order. What they cause in turn comes after them.
    fn run(self: &Rc<Self>, more: Vec<Command>) {
        let mut commands = self.commands.take();
        commands.extend(more);
        if self.is_running.get() {
            self.commands.set(commands);
            return;
        }
        self.is_running.set(true);
        while !commands.is_empty() {
            for command in commands {
                self.carry_out(command);
            }
            commands = self.commands.take();
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
                self.timer(timer).set(Some(timeout));
            }
            Command::Stop(timer) => drop(self.timer(timer).take()),
            Command::Reveal => {
                if let Some(surface) = self.surface() {
                    surface.reveal();
                }
            }
            Command::TearDown => {
                self.take_off();
                self.host.over();
            }
            Command::Emit(kind) => self.host.emit(kind, dom::now() - self.began_ms),
            Command::Settle(answer) => self.host.settle(answer),
        }
    }

    fn timer(&self, timer: Timer) -> &Cell<Option<Timeout>> {
        match timer {
            Timer::Flow => &self.flow_timer,
            Timer::Load => &self.load_timer,
        }
    }
}
