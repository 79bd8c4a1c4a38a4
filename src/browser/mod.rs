//! Runs a flow on a page: tells it what happens there, and carries out what it decides.
//!
//! What it asks of the page is in `*.js`: `stage.js` shows the provider's page, in an `overlay.js`,
//! a `container.js` or a `popup.js`, or leaves for it by `redirect.js`, and takes everything off again.

pub mod future;

use crate::error::{ErrorCode, Failure};
use crate::flow::away::Away;
use crate::flow::{Input, Timer};
use crate::options::Mode;
use crate::value::Turn;

/// What a flow is told of, numbered as in `told.js`, each with a number, a text and, for a message, its data:
///
/// | told | `detail` | `text` |
/// |---|---|---|
/// | `OPENED` | the mode | |
/// | `MESSAGE`, `CALLBACK` | 1: from our window | its origin; the URL |
/// | `ELAPSED` | the timer | |
/// | `LOOKED` | 1: closed, plus 2: our page has the focus, plus 4 times the milliseconds | |
/// | `TOKEN` | | the token, if there is one |
/// | `FAILED` | which code | what went wrong |
mod told {
    pub const OPENED: i32 = 0;
    pub const LOADED: i32 = 1;
    pub const CLOSED_BY_USER: i32 = 2;
    pub const CLOSED_BY_CALLER: i32 = 3;
    pub const MESSAGE: i32 = 4;
    pub const ELAPSED: i32 = 5;
    pub const CALLBACK: i32 = 6;
    pub const LOOKED: i32 = 7;
    pub const TOKEN: i32 = 8;
    pub const FAILED: i32 = 9;
}

/// What happened on the page.
pub(crate) fn input(turn: Turn<'_>, number: i32, detail: i32, text: i32, data: i32) -> Input<'_> {
    let given = turn.text_at(text);
    let text = given.unwrap_or_else(|| turn.text(""));
    match number {
        told::OPENED => Input::Opened(Mode::ALL.get(detail as usize).copied().unwrap_or(Mode::Overlay)),
        told::LOADED => Input::Loaded,
        told::CLOSED_BY_USER => Input::ClosedByUser,
        told::CLOSED_BY_CALLER => Input::ClosedByCaller,
        told::MESSAGE => Input::Message {
            from_our_window: detail == 1,
            origin: text,
            data: turn.value(data).unwrap_or_else(|| turn.record().value()),
        },
        told::CALLBACK => Input::Away(Away::Callback { url: text, is_ours: detail == 1 }),
        told::LOOKED => Input::Away(Away::Looked {
            is_closed: detail & 1 != 0,
            has_focus: detail & 2 != 0,
            at_ms: detail as u32 >> 2,
        }),
        told::TOKEN => Input::Away(Away::Token(given)),
        told::ELAPSED => Input::Elapsed(if detail == 0 { Timer::Flow } else { Timer::Load }),
        // `FAILED`, and a number that nobody uses.
        _ => {
            let code = ErrorCode::ALL.get(detail as usize).copied().unwrap_or(ErrorCode::InternalError);
            Input::Refused(Failure::new(code, text))
        }
    }
}
