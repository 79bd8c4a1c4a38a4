//! Runs one flow on a page, for whoever started it.

use super::fields::JsFields;
use super::page::{self, Stage, since_page_began_ms};
use crate::csp;
use crate::error::{Checked, ErrorCode, LinkError};
use crate::flow::{Command, EventKind, Flow, Input, Timer, Way};
use crate::options::{AN_ABORT_SIGNAL, Mode, OUR_URL, Options};
use crate::provider::fields::{Fields, LONGEST_TEXT};
use crate::provider::{Answer, Provider, Target};
use crate::record::Record;
use crate::url::Url;
use gloo_timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Element, Event, MessageEvent, PageTransitionEvent};

/// Whoever started a flow, and gets its events and its answer.
pub(crate) trait Host: 'static {
    fn emit(&self, event: LinkEvent);

    /// Called once.
    fn settle(&self, answer: Answer);

    /// A JavaScript function that returns a promise of another token, if the caller gave one.
    fn token_source(&self) -> Option<JsValue>;
}

/// Where the provider's page goes, and who may end it.
#[derive(Default)]
pub(crate) struct Place {
    /// The caller's element, for a container.
    pub element: Option<Element>,
    /// The caller's window, for a popup, already opened in the click.
    pub window: Option<JsValue>,
    pub signal: Option<AbortSignal>,
}

/// What a caller asks for.
pub(crate) struct Request {
    pub target: Target,
    pub options: Options,
    pub place: Place,
}

impl Request {
    /// The flow, the URL that it opens, and its mode. `can_renew_token`: see [`Flow::begin`].
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target or an option is invalid. LINK_NOT_FOUND: the container is not in the document.
    fn check(&mut self, can_renew_token: bool) -> Checked<(Flow, String, Mode)> {
        let Self { target, options, place } = self;
        let default = target.provider().default_mode();
        let mode = options.mode_for(default, place.element.is_some())?;
        if place.window.is_some() && mode != Mode::Popup {
            return Err(LinkError::invalid("window", "left out unless mode is 'popup'"));
        }
        if place.element.as_ref().is_some_and(|element| !element.is_connected()) {
            return Err(not_found());
        }
        if let Some(url) = &mut options.return_url {
            *url = own_url(url)?;
        }
        let (flow, url) = Flow::begin(target, options, can_renew_token)?;
        Ok((flow, url, mode))
    }
}

/// A flow on this page.
pub(crate) struct Driver<H> {
    flow: RefCell<Flow>,
    host: H,
    provider: Provider,
    /// When it began, in milliseconds since the page did.
    began_ms: f64,
    stage: Stage,
    /// What is still to be done.
    commands: RefCell<Vec<Command>>,
    /// Whether something is being done.
    is_busy: Cell<bool>,
    timers: [Cell<Option<Timeout>>; 3],
    /// This page's: a callback page of that origin may hand its URL over.
    origin: String,
    /// What listens for events, as long as there is something on the page. It keeps this driver alive until
    /// [`Self::take_off`] removes it.
    listeners: Cell<Option<Listeners>>,
}

/// What the page and the stage call.
struct Listeners {
    /// Only for messages: any frame or script may post any number, and reading an event's type copies a string.
    message: Listener,
    /// For everything else.
    event: Listener,
}

/// Not FnMut: an event may be dispatched from within a handler.
type Listener = Closure<dyn Fn(Event)>;

/// The error for a container that is not in the document.
pub(crate) fn not_found() -> Box<LinkError> {
    let message = "The container is not in the document. Add it to the page before the call.";
    LinkError::new(ErrorCode::NotFound, message)
}

/// The page that the provider sends the user back to: one of this page's origin, named in full or relative to it.
///
/// # Errors
/// LINK_INVALID_OPTIONS: it is of another origin, or no URL.
fn own_url(text: &str) -> Checked<String> {
    Url::parse_against(text, &page::base())
        .filter(|url| url.origin() == page::origin() && url.origin() != "null")
        .map(|url| url.href().to_owned())
        // `resume` reads no longer one.
        .filter(|url| url.len() <= LONGEST_TEXT)
        .ok_or_else(|| LinkError::invalid("returnUrl", OUR_URL))
}

impl<H: Host> Driver<H> {
    /// Starts a flow: when this returns, everything that needs the click has happened. Any error, in the request or
    /// later, is the flow's answer. `read`: the error found in reading the request, if any. `None` if the answer is
    /// given already.
    pub fn start(host: H, stage: Stage, request: &mut Request, read: Checked<()>) -> Option<Rc<Self>> {
        let provider = request.target.provider();
        let checked = read.and_then(|()| request.check(host.token_source().is_some()));
        let (flow, url, mode) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                let kind = EventKind::Settled(Err(error.code));
                host.emit(LinkEvent { provider, elapsed_ms: 0.0, kind });
                host.settle(Err(error.for_provider(provider)));
                return None;
            }
        };
        let driver = Rc::new(Self {
            flow: RefCell::new(flow),
            host,
            provider,
            began_ms: since_page_began_ms(),
            stage,
            commands: RefCell::default(),
            is_busy: Cell::new(false),
            timers: Default::default(),
            origin: page::origin(),
            listeners: Cell::default(),
        });
        driver.show(mode, &url, &request.options, &request.place);
        Some(driver)
    }

    fn show(self: &Rc<Self>, mode: Mode, url: &str, options: &Options, place: &Place) {
        let is_aborted = || place.signal.as_ref().is_some_and(AbortSignal::aborted);
        if is_aborted() {
            if let Some(window) = &place.window {
                page::discard(window);
            }
            return self.input(Input::ClosedByCaller);
        }
        let (for_messages, for_events) = (self.clone(), self.clone());
        let listeners = Listeners {
            message: Listener::new(move |event: Event| for_messages.hear_message(event.unchecked_ref())),
            event: Listener::new(move |event: Event| for_events.hear(&event)),
        };
        let shown = self.put_up(mode, url, options, place, &listeners);
        self.listeners.set(Some(listeners));
        // Moving the focus runs the shop's code, which may have ended the flow meanwhile.
        self.input(match shown {
            Err(error) => Input::Refused(error),
            Ok(()) if is_aborted() => Input::ClosedByCaller,
            Ok(()) => Input::Opened(mode),
        });
        if self.flow.borrow().is_over() {
            self.take_off();
        }
    }

    fn put_up(
        &self,
        mode: Mode,
        url: &str,
        options: &Options,
        place: &Place,
        listeners: &Listeners,
    ) -> Checked<()> {
        let (stage, hear) = (&self.stage, listeners.event.as_ref());
        if mode == Mode::Redirect {
            // Without a limit the record stays as long as the tab.
            let lifetime_ms = Some(options.timeout_ms).filter(|ms| *ms > 0.0 && ms.is_finite());
            let (state, return_url) = (options.state.as_deref(), options.return_url.as_deref());
            stage.remember(self.provider.name(), state, return_url, lifetime_ms).map_err(thrown)?;
        }
        let at = match (&place.element, &place.window) {
            (Some(element), _) => element,
            (None, Some(window)) => window,
            (None, None) => &JsValue::UNDEFINED,
        };
        let (title, locale) = (options.title.as_deref(), options.locale.as_deref());
        let close_button = options.close_button;
        let height = self.provider.protocol().frame_height_px();
        stage
            .show(mode.as_str(), self.provider.name(), url, title, locale, close_button, height, at, hear)
            .map_err(thrown)?;
        if let Some(signal) = &place.signal {
            let refused = |_| LinkError::invalid("signal", AN_ABORT_SIGNAL);
            stage.listen(Some(signal), "abort", hear).map_err(refused)?;
        }
        let listen = |name, hear| stage.listen(None, name, hear).map_err(thrown);
        listen("message", listeners.message.as_ref())?;
        // A report on an earlier flow's frame says nothing about a window.
        if matches!(mode, Mode::Overlay | Mode::Container) {
            stage.listen_for_reports();
        }
        match mode {
            Mode::Redirect => {
                listen("pagehide", hear)?;
                // The Back button brings the page back as it was: the user has not finished.
                listen("pageshow", hear)?;
            }
            _ => stage.listen_for_callbacks(),
        }
        Ok(())
    }

    /// Handles an event of the browser or of `page/stage.js`.
    fn hear(self: &Rc<Self>, event: &Event) {
        // In the events that page/stage.js creates, `data` is an own property.
        let data = || JsFields::new(event.into());
        match event.type_().as_str() {
            "load" => self.input(Input::Loaded),
            "abort" => self.input(Input::ClosedByCaller),
            "close" => self.input(Input::ClosedByUser),
            // The page leaves. When it is back, no timer that ran out meanwhile may come first.
            "pagehide" => self.stop_timers(),
            "pageshow" if event.unchecked_ref::<PageTransitionEvent>().persisted() => {
                self.input(Input::ClosedByUser);
            }
            "callback" => {
                let event = data();
                if let Some(callback) = event.record("data")
                    && let Some(url) = callback.text("url")
                {
                    let is_cut_off = callback.flag("isTold") == Some(false) && self.stage.is_closed();
                    let way = if is_cut_off { Way::CutOff } else { Way::Channel };
                    self.input(Input::Callback { url: url.to_owned(), way });
                }
            }
            "token" => self.input(Input::Token(data().text("data").cloned())),
            "report" => {
                let origin = self.flow.borrow().opened_origin();
                let refusal = data().record("data").and_then(|report| csp::refusal(&*report, &origin));
                if let Some(error) = refusal {
                    self.input(Input::Refused(error));
                }
            }
            _ => {}
        }
    }

    fn hear_message(self: &Rc<Self>, event: &MessageEvent) {
        // One of the page's scripts can make up an event with any source and origin.
        if !event.is_trusted() {
            return;
        }
        let ours = self.stage.window();
        let from_our_window = !ours.is_null() && event.source().is_some_and(|source| *source == ours);
        let origin = event.origin();
        // `null` matches nothing.
        if from_our_window
            && origin == self.origin
            && origin != "null"
            && let Some(url) = JsFields::new(event.data()).text("link-widget")
        {
            self.input(Input::Callback { url: url.to_owned(), way: Way::OurWindow });
        }
        // Beyond that, what a stranger says is not read.
        let data = if from_our_window { event.data() } else { JsValue::UNDEFINED };
        self.decide(|flow| flow.hear(from_our_window, &origin, &JsFields::new(data)));
    }

    pub fn input(self: &Rc<Self>, input: Input) {
        self.decide(|flow| flow.handle(input));
    }

    fn decide(self: &Rc<Self>, decide: impl FnOnce(&mut Flow) -> Vec<Command>) {
        let commands = decide(&mut self.flow.borrow_mut());
        self.commands.borrow_mut().extend(commands);
        // A command may run the shop's code, which may cause the next input. The commands that follow from it come
        // afterwards.
        if self.is_busy.replace(true) {
            return;
        }
        while let Some(command) = self.next_command() {
            self.carry_out(command);
        }
        self.is_busy.set(false);
    }

    fn next_command(&self) -> Option<Command> {
        let mut commands = self.commands.borrow_mut();
        if commands.is_empty() { None } else { Some(commands.remove(0)) }
    }

    fn carry_out(self: &Rc<Self>, command: Command) {
        match command {
            Command::Start(timer, ms) => {
                let driver = Rc::downgrade(self);
                let timeout = Timeout::new(ms, move || {
                    if let Some(driver) = driver.upgrade() {
                        driver.elapsed(timer);
                    }
                });
                self.timers[timer as usize].set(Some(timeout));
            }
            Command::Stop(timer) => drop(self.timers[timer as usize].take()),
            Command::RenewToken => match self.host.token_source() {
                Some(source) => self.stage.renew(&source),
                None => self.input(Input::Token(None)),
            },
            Command::Reveal => self.stage.reveal(),
            Command::Navigate(url) => self.stage.navigate(&url),
            Command::TearDown => self.take_off(),
            Command::Emit(kind) => {
                let elapsed_ms = since_page_began_ms() - self.began_ms;
                self.host.emit(LinkEvent { provider: self.provider, elapsed_ms, kind });
            }
            Command::Settle(answer) => {
                if !self.flow.borrow().is_over() {
                    self.stage.stay();
                }
                self.host.settle(answer);
            }
        }
    }

    fn elapsed(self: &Rc<Self>, timer: Timer) {
        if timer != Timer::Look {
            return self.input(Input::Elapsed(timer));
        }
        self.input(Input::Looked {
            is_closed: self.stage.is_closed(),
            has_focus: page::has_focus(),
            at_ms: (since_page_began_ms() - self.began_ms) as u32,
        });
    }

    fn stop_timers(&self) {
        for timer in &self.timers {
            timer.take();
        }
    }

    fn take_off(&self) {
        self.stop_timers();
        self.stage.take_off();
        self.listeners.take();
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

impl From<LinkEvent> for Record {
    /// As `onEvent` of the npm package receives it.
    fn from(event: LinkEvent) -> Self {
        let mut record = Self::default();
        record.put_text("provider", event.provider.name());
        record.put_number("elapsedMs", event.elapsed_ms);
        let kind = match event.kind {
            EventKind::Open(mode) => {
                record.put_text("mode", mode.as_str());
                "open"
            }
            EventKind::Load => "load",
            EventKind::Step(step) => {
                step.put_into(&mut record);
                "step"
            }
            EventKind::PopupSevered => "popup-severed",
            EventKind::ForeignMessage(origin) => {
                record.put_text("origin", &origin);
                "foreign-message"
            }
            EventKind::Settled(outcome) => {
                record.put_text("outcome", outcome.map_or_else(ErrorCode::as_str, |()| "completed"));
                "settled"
            }
        };
        record.put_text("type", kind);
        record
    }
}

/// What JavaScript has thrown: an error, or the `code` and `message` of a LinkError.
fn thrown(value: JsValue) -> Box<LinkError> {
    let fields = JsFields::new(value);
    let code = match fields.text("code").map(String::as_str) {
        Some("LINK_POPUP_BLOCKED") => ErrorCode::PopupBlocked,
        Some("LINK_UNSUPPORTED") => ErrorCode::Unsupported,
        _ => ErrorCode::InternalError,
    };
    LinkError::new(code, fields.text("message").map_or("", String::as_str))
}
