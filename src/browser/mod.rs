//! Runs a flow on a page: tells it what happens there, and carries out what it decides.
//!
//! What it asks of the page is in `*.js`: `stage.js` shows the provider's page, in an `overlay.js`,
//! a `container.js` or a `popup.js`, or leaves for it by `redirect.js`, and takes everything off again.

pub(crate) mod data;
pub mod future;

use crate::error::{ErrorCode, LinkError, join};
#[cfg(feature = "every-provider")]
use crate::flow::away::Away;
use crate::flow::{Command, EventKind, Flow, Input, Timer};
use crate::options::Mode;
use crate::provider::LinkResult;
use data::Untrusted;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// What a flow is told of, numbered as in `told.js`, each with a number and a text:
///
/// | told | `detail` | `text` |
/// |---|---|---|
/// | `OPENED` | the mode | |
/// | `MESSAGE`, `CALLBACK` | 1: from our window | its origin; the URL |
/// | `ELAPSED` | the timer | |
/// | `LOOKED` | 1: closed, plus 2: our page has the focus, plus 4 times the milliseconds | |
/// | `TOKEN` | 1: there is one | the token |
/// | `FRAME_REFUSED` | | the origin of the frame |
/// | `FAILED` | which of `FAILURES` | what went wrong |
mod told {
    use crate::error::ErrorCode;

    pub const FAILURES: [ErrorCode; 3] =
        [ErrorCode::InternalError, ErrorCode::PopupBlocked, ErrorCode::Unsupported];

    pub const OPENED: u32 = 0;
    pub const LOADED: u32 = 1;
    pub const CLOSED_BY_USER: u32 = 2;
    pub const CLOSED_BY_CALLER: u32 = 3;
    pub const MESSAGE: u32 = 4;
    pub const ELAPSED: u32 = 5;
    #[cfg(feature = "every-provider")]
    pub const CALLBACK: u32 = 6;
    #[cfg(feature = "every-provider")]
    pub const LOOKED: u32 = 7;
    #[cfg(feature = "every-provider")]
    pub const TOKEN: u32 = 8;
    pub const FRAME_REFUSED: u32 = 9;
    pub const FAILED: u32 = 10;
}

/// Who started a flow, with the page that it runs on.
pub(crate) trait Host {
    /// The provider's page is there: ends the loading state.
    fn reveal(&self);
    /// Takes everything off the page, timers included.
    fn take_off(&self);
    /// Tells of `Elapsed` in `ms` milliseconds.
    fn start(&self, timer: Timer, ms: u32);
    /// Stops the timer.
    fn stop(&self, timer: Timer);
    /// Asks the caller for a new token.
    fn renew_token(&self);
    /// Shows this URL in place of the one before.
    fn navigate(&self, url: &str);
    /// Is told what happens.
    fn emit(&self, kind: EventKind);
    /// Is given the answer, once.
    fn settle(&self, answer: Result<LinkResult, LinkError>);
}

/// A flow on this page.
pub(crate) struct Page<H> {
    flow: RefCell<Flow>,
    host: H,
}

impl<H: Host> Page<H> {
    pub fn new(flow: Flow, host: H) -> Self {
        Self { flow: RefCell::new(flow), host }
    }

    /// What happened on the page.
    pub fn tell(&self, number: u32, detail: u32, text: &str, data: JsValue) {
        self.input(match number {
            told::OPENED => Input::Opened(Mode::ALL.get(detail as usize).copied().unwrap_or(Mode::Overlay)),
            told::LOADED => Input::Loaded,
            told::CLOSED_BY_USER => Input::ClosedByUser,
            told::CLOSED_BY_CALLER => Input::ClosedByCaller,
            told::MESSAGE => {
                let data = Untrusted::new(data);
                return self.decide(|flow| flow.message(detail == 1, text, &data));
            }
            #[cfg(feature = "every-provider")]
            told::CALLBACK => Input::Away(Away::Callback { url: text.to_owned(), is_ours: detail == 1 }),
            #[cfg(feature = "every-provider")]
            told::LOOKED => Input::Away(Away::Looked {
                is_closed: detail & 1 != 0,
                has_focus: detail & 2 != 0,
                at_ms: detail >> 2,
            }),
            #[cfg(feature = "every-provider")]
            told::TOKEN => Input::Away(Away::Token((detail == 1).then(|| text.to_owned()))),
            told::ELAPSED => Input::Elapsed(if detail == 0 { Timer::Flow } else { Timer::Load }),
            told::FRAME_REFUSED => {
                let message = "The page's Content-Security-Policy does not allow this frame. Add ";
                let message = join(&[message, text, " to its frame-src directive."]);
                Input::Refused(LinkError::new(ErrorCode::FrameBlocked, message))
            }
            // `FAILED`, and a number that nobody uses.
            _ => {
                let code = told::FAILURES.get(detail as usize).copied().unwrap_or(ErrorCode::InternalError);
                Input::Refused(LinkError::new(code, text.to_owned()))
            }
        });
    }

    pub fn input(&self, input: Input) {
        self.decide(|flow| flow.handle(input));
    }

    fn decide(&self, decide: impl FnOnce(&mut Flow) -> Vec<Command>) {
        // Never borrowed here: no code of the page's runs while the flow decides.
        let Ok(mut flow) = self.flow.try_borrow_mut() else { return };
        let commands = decide(&mut flow);
        drop(flow);
        let host = &self.host;
        for command in commands {
            match command {
                Command::Start(timer, ms) => host.start(timer, ms),
                Command::Stop(timer) => host.stop(timer),
                Command::Reveal => host.reveal(),
                Command::RenewToken => host.renew_token(),
                Command::Navigate(url) => host.navigate(&url),
                Command::TearDown => host.take_off(),
                Command::Emit(kind) => host.emit(kind),
                Command::Settle(answer) => host.settle(answer),
            }
        }
    }
}
