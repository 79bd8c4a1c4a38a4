//! Runs a flow on a page: tells it what happens there, and carries out what it decides.
//!
//! The driver and its timers are here. What it asks of the page is in `*.js`: `stage.js` shows the
//! provider's page, in an `overlay.js` or a `container.js`, and takes it off again.

pub(crate) mod data;
pub mod future;

use crate::error::{ErrorCode, LinkError, join};
use crate::flow::{Command, EventKind, Flow, Input, Timer};
use crate::options::Mode;
use crate::provider::LinkResult;
use data::Untrusted;
use gloo_timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What a flow is told of, numbered as in `told.js`. `detail`: for `OPENED` the mode, for `MESSAGE` whether
/// it came from our window. `origin`: of a message or of a refused frame.
mod told {
    pub const OPENED: u32 = 0;
    pub const LOADED: u32 = 1;
    pub const CLOSED_BY_USER: u32 = 2;
    pub const CLOSED_BY_CALLER: u32 = 3;
    pub const MESSAGE: u32 = 4;
}

/// Who started a flow, with the page that it runs on.
pub(crate) trait Host {
    /// The provider's page is there: ends the loading state.
    fn reveal(&self);
    /// Takes everything off the page.
    fn take_off(&self);
    /// Is told what happens.
    fn emit(&self, kind: EventKind);
    /// Is given the answer, once.
    fn settle(&self, answer: Result<LinkResult, LinkError>);
}

/// A flow on this page.
pub(crate) struct Page {
    flow: RefCell<Flow>,
    flow_timer: Cell<Option<Timeout>>,
    load_timer: Cell<Option<Timeout>>,
    host: Box<dyn Host>,
}

impl Page {
    pub fn new(flow: Flow, host: Box<dyn Host>) -> Rc<Self> {
        let flow = RefCell::new(flow);
        Rc::new(Self { flow, flow_timer: Cell::default(), load_timer: Cell::default(), host })
    }

    /// What happened on the page.
    pub fn tell(self: &Rc<Self>, number: u32, detail: u32, origin: &str, data: JsValue) {
        self.input(match number {
            told::OPENED => Input::Opened(Mode::ALL.get(detail as usize).copied().unwrap_or(Mode::Overlay)),
            told::LOADED => Input::Loaded,
            told::CLOSED_BY_USER => Input::ClosedByUser,
            told::CLOSED_BY_CALLER => Input::ClosedByCaller,
            told::MESSAGE => {
                let data = Untrusted::new(data);
                return self.decide(|flow| flow.message(detail == 1, origin, &data));
            }
            _ => {
                let message = "The page's Content-Security-Policy does not allow this frame. Add ";
                let message = join(&[message, origin, " to its frame-src directive."]);
                Input::Refused(LinkError::new(ErrorCode::FrameBlocked, message))
            }
        });
    }

    pub fn input(self: &Rc<Self>, input: Input) {
        self.decide(|flow| flow.handle(input));
    }

    fn decide(self: &Rc<Self>, decide: impl FnOnce(&mut Flow) -> Vec<Command>) {
        // Never borrowed here: no code of the page's runs while the flow decides.
        let Ok(mut flow) = self.flow.try_borrow_mut() else { return };
        let commands = decide(&mut flow);
        drop(flow);
        for command in commands {
            self.carry_out(command);
        }
    }

    fn carry_out(self: &Rc<Self>, command: Command) {
        match command {
            Command::Start(timer, ms) => {
                let page = Rc::downgrade(self);
                let timeout = Timeout::new(ms, move || {
                    if let Some(page) = page.upgrade() {
                        page.input(Input::Elapsed(timer));
                    }
                });
                self.timer(timer).set(Some(timeout));
            }
            Command::Stop(timer) => drop(self.timer(timer).take()),
            Command::Reveal => self.host.reveal(),
            Command::TearDown => {
                self.flow_timer.take();
                self.load_timer.take();
                self.host.take_off();
            }
            Command::Emit(kind) => self.host.emit(kind),
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
