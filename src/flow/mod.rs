//! One link flow as a state machine: what happens goes in, what is to be done comes out.
//!
//! It settles exactly once, and takes everything off the page exactly once. It knows no page and no
//! clock; `browser` runs it against both.

pub mod away;
pub mod origin;
pub mod pending;
pub mod popup;
pub mod running;

use crate::error::{ErrorCode, Failure, LinkError};
use crate::options::{Mode, Options};
use crate::provider::{Provider, Said, Target};
use crate::value::{Record, Text, Turn, Value};
use away::{Away, Renewal};
use origin::Sender;
use popup::Popup;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'t> {
    /// The provider's page is on its way.
    Opened(Mode),
    /// It cannot be shown, at first or later.
    Refused(Failure<'t>),
    /// The provider's page, or the next one in its frame, has loaded.
    Loaded,
    /// A timer that was started has run out.
    Elapsed(Timer),
    /// The calling code ended the flow.
    ClosedByCaller,
    /// The user ended the flow, outside the provider's page.
    ClosedByUser,
    /// A message arrived. `from_our_window`: its source is the provider's window, and there is one.
    Message {
        /// Whether its source is the provider's window.
        from_our_window: bool,
        /// As the browser writes it.
        origin: Text<'t>,
        /// What it says: anything.
        data: Value<'t>,
    },
    /// Something that only concerns flows that leave the page.
    Away(Away<'t>),
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub enum Command<'t> {
    /// Start this timer, for so many milliseconds, at most [`LONGEST_TIMER_MS`].
    Start(Timer, u32),
    /// Stop this timer.
    Stop(Timer),
    /// The provider's page is there: end the loading state.
    Reveal,
    /// Ask the caller for a new token. Comes once at most.
    RenewToken,
    /// Show this URL in place of the one before.
    Navigate(Text<'t>),
    /// Take everything off the page. Comes once.
    TearDown,
    /// Tell the page what happened.
    Emit(Event<'t>),
    /// Give the answer. Comes once.
    Settle(Result<Record<'t>, Failure<'t>>),
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The whole flow.
    Flow,
    /// Until the provider's page has loaded.
    Load,
}

/// Browsers hold a delay in 31 bits of milliseconds; what is longer is waited for in parts.
pub const LONGEST_TIMER_MS: u32 = i32::MAX as u32;

/// What a page is told while a flow is on its way.
#[derive(Clone, Copy, Debug)]
pub enum Event<'t> {
    /// The provider's page is being shown.
    Open(Mode),
    /// A page has loaded in the provider's frame.
    Load,
    /// The user is a step further: a record of `step`, `providerStep` and `data`.
    Step(Record<'t>),
    /// The provider's Cross-Origin-Opener-Policy cut the popup off; the answer can still come.
    PopupSevered,
    /// A message was dropped: wrong window or wrong origin. This is its origin.
    ForeignMessage(Text<'t>),
    /// The flow ended: completed, or with this code.
    Settled(Result<(), ErrorCode>),
}

/// Where a flow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    Loading,
    Open,
    /// The answer is given. `page_stays`: the provider's page is still there, for the user to read.
    Settled {
        page_stays: bool,
    },
}

/// How long something may still take, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Remaining(f64);

impl Remaining {
    /// The next part of it. `None`: it is over, or was never limited.
    fn next(&mut self) -> Option<u32> {
        if self.0 <= 0.0 || self.0.is_infinite() {
            return None;
        }
        // A fraction of a millisecond counts as one, so that a tiny limit is still a limit.
        let part = self.0.ceil().min(f64::from(LONGEST_TIMER_MS));
        self.0 -= part;
        Some(part as u32)
    }
}

/// One link flow. What it remembers of texts is in a record that whoever runs it keeps for it, with
///
/// | field | |
/// |---|---|
/// | `origin` | who may speak |
/// | `url` | what was opened |
/// | `state`, `returnUrl` | what the callback must carry, and where it arrives |
/// | `strangers` | whose messages were reported |
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    provider: Provider,
    phase: Phase,
    timeout: Remaining,
    load_timeout: Remaining,
    strangers: u32,
    renewal: Renewal,
    popup: Option<Popup>,
}

/// How many strangers are remembered as reported. An attacker can make up any number.
const STRANGERS: u32 = 64;

/// Takes what is to be done.
pub trait Run<'t> {
    /// Does it, once the flow has said all.
    fn run(&mut self, command: Command<'t>);
}

impl<'t, F: FnMut(Command<'t>)> Run<'t> for F {
    fn run(&mut self, command: Command<'t>) {
        self(command);
    }
}

impl Flow {
    /// A flow for this target, with the URL to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target or an option is not what it must be.
    pub fn begin<'t>(
        target: &Target,
        options: &Options,
        memory: Record<'t>,
    ) -> Result<(Self, Text<'t>), LinkError> {
        options.check()?;
        let given = target.fields(memory.value().turn());
        options.put_into(given);
        let (timeout, load_timeout) = (options.timeout_ms, options.load_timeout_ms);
        Ok(Self::begin_with(target.provider(), given.value(), timeout, load_timeout, memory)?)
    }

    /// The same, of what JavaScript has given: a target and options, under their names there.
    pub(crate) fn begin_with<'t>(
        provider: Provider,
        given: Value<'t>,
        timeout_ms: f64,
        load_timeout_ms: f64,
        memory: Record<'t>,
    ) -> Result<(Self, Text<'t>), Failure<'t>> {
        let url = provider.open_url(given)?;
        let href = url.part("href");
        memory.put("origin", origin::allowed(url, given.text("allowedOrigin"))?);
        memory.put("url", href);
        memory.copy(given, "state returnUrl");
        Ok((Self::new(provider, timeout_ms, load_timeout_ms), href))
    }

    fn new(provider: Provider, timeout_ms: f64, load_timeout_ms: f64) -> Self {
        Self {
            provider,
            phase: Phase::Opening,
            timeout: Remaining(timeout_ms),
            load_timeout: Remaining(load_timeout_ms),
            strangers: 0,
            renewal: Renewal::Over,
            popup: None,
        }
    }

    /// Keeps the rest of the flow in its record as well, for [`Self::recall`].
    #[cfg(any(all(test, not(target_arch = "wasm32")), feature = "npm"))]
    pub(crate) fn keep(self, memory: Record) {
        let phase = match self.phase {
            Phase::Opening => 0,
            Phase::Loading => 1,
            Phase::Open => 2,
            Phase::Settled { page_stays } => 3 + u8::from(page_stays),
        };
        let popup = self.popup.map_or((f64::NAN, f64::NAN), Popup::numbers);
        for (name, number) in [
            ("provider", f64::from(self.provider as u8)),
            ("phase", f64::from(phase)),
            ("timeout", self.timeout.0),
            ("loadTimeout", self.load_timeout.0),
            ("reported", f64::from(self.strangers)),
            ("renewal", f64::from(self.renewal as u8)),
            ("popup", popup.0),
            ("backSince", popup.1),
        ] {
            memory.put_number(name, number);
        }
    }

    /// The flow that a record keeps. `None`: it keeps none.
    #[cfg(any(all(test, not(target_arch = "wasm32")), feature = "npm"))]
    pub(crate) fn recall(memory: Value) -> Option<Self> {
        let number = |name| memory.number(name);
        Some(Self {
            provider: Provider::ALL.get(number("provider") as usize).copied()?,
            phase: match number("phase") as i32 {
                0 => Phase::Opening,
                1 => Phase::Loading,
                2 => Phase::Open,
                stays => Phase::Settled { page_stays: stays == 4 },
            },
            timeout: Remaining(number("timeout")),
            load_timeout: Remaining(number("loadTimeout")),
            strangers: number("reported") as u32,
            renewal: Renewal::ALL.get(number("renewal") as usize).copied()?,
            popup: Popup::of(number("popup"), number("backSince")),
        })
    }

    /// Whether the flow has neither an answer to give nor a page to take away.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Settled { page_stays: false }
    }

    /// Something happened.
    pub fn handle<'t>(&mut self, memory: Record<'t>, input: Input<'t>, mut to: impl Run<'t>) {
        let turn = memory.value().turn();
        let to = &mut to;
        match (self.phase, input) {
            (
                Phase::Settled { page_stays: true },
                Input::ClosedByCaller
                | Input::ClosedByUser
                | Input::Refused(_)
                | Input::Away(Away::Looked { is_closed: true, .. }),
            ) => {
                self.phase = Phase::Settled { page_stays: false };
                to.run(Command::TearDown);
            }
            (Phase::Settled { .. }, _) => {}
            (Phase::Opening, Input::Opened(mode)) => {
                self.phase = Phase::Loading;
                if mode != Mode::Redirect {
                    self.start(Timer::Flow, to);
                }
                // When a popup's page has loaded cannot be seen.
                if matches!(mode, Mode::Overlay | Mode::Container) {
                    self.start(Timer::Load, to);
                }
                if mode == Mode::Popup {
                    self.popup = Some(Popup::default());
                }
                to.run(Command::Emit(Event::Open(mode)));
            }
            (Phase::Loading | Phase::Open, Input::Loaded) => {
                self.loaded_away();
                self.reveal(Event::Load, to);
            }
            (Phase::Loading | Phase::Open, Input::Elapsed(Timer::Flow)) => {
                if !self.start(Timer::Flow, to) {
                    let message = if self.popup.is_some_and(Popup::is_cut_off) {
                        "No answer came within timeoutMs: a Cross-Origin-Opener-Policy cut the popup off. Give a returnUrl, and call completeCallback() on that page."
                    } else {
                        "The user did not finish within timeoutMs."
                    };
                    self.fail(turn, ErrorCode::Timeout, message, to);
                }
            }
            (Phase::Loading, Input::Elapsed(Timer::Load)) => {
                if !self.start(Timer::Load, to) {
                    let message = "The provider's page did not load within loadTimeoutMs. Check the URL and the network.";
                    self.fail(turn, ErrorCode::LoadTimeout, message, to);
                }
            }
            (_, Input::ClosedByCaller) => {
                self.fail(turn, ErrorCode::UserCancelled, "The page closed the flow.", to);
            }
            (_, Input::ClosedByUser) => {
                self.fail(turn, ErrorCode::UserCancelled, "The user closed the flow.", to);
            }
            (_, Input::Refused(failure)) => self.settle(Err(failure), false, to),
            (Phase::Loading | Phase::Open, Input::Message { from_our_window, origin, data }) => {
                self.message(memory, from_our_window, origin, data, to);
            }
            (Phase::Loading | Phase::Open, Input::Away(away)) => self.handle_away(memory, away, to),
            // Early, late or twice: a page that has not opened cannot load or speak, one that has opened does not
            // open again, and a load timer that was stopped may still be on its way.
            (Phase::Opening, Input::Loaded | Input::Elapsed(_) | Input::Message { .. } | Input::Away(_))
            | (Phase::Loading | Phase::Open, Input::Opened(_))
            | (Phase::Open, Input::Elapsed(Timer::Load)) => {}
        }
    }

    fn message<'t>(
        &mut self,
        memory: Record<'t>,
        from_our_window: bool,
        origin: Text<'t>,
        data: Value<'t>,
        to: &mut impl Run<'t>,
    ) {
        // There is one.
        let Some(allowed) = memory.value().text("origin") else { return };
        match Sender::of(from_our_window, origin, allowed) {
            Sender::Provider if self.hears_of_token(data, to) => {}
            Sender::Provider => match self.provider.read_expecting(data, memory.value().text("state")) {
                Some(Said::Completed(result)) => self.settle(Ok(result), false, to),
                Some(Said::Failed(failure)) => {
                    let page_stays = failure.code() == ErrorCode::InvalidSession
                        && self.provider.explains_invalid_session();
                    self.settle(Err(failure), page_stays, to);
                }
                Some(Said::Step(step)) => {
                    // The first that is heard from a popup shows that it has loaded.
                    if self.popup.is_some() && self.phase == Phase::Loading {
                        self.reveal(Event::Load, to);
                    }
                    self.reveal(Event::Step(step), to);
                }
                None => {}
            },
            Sender::ElsewhereInOurWindow if self.provider.is_fatal_elsewhere(data) => {
                let message = "The provider's window answered from another origin than the allowed one. \
                    Leave allowedOrigin out, or set it to the origin that is opened.";
                let turn = data.turn();
                let details = turn.record();
                details.put("expectedOrigin", allowed);
                details.put("receivedOrigin", origin);
                let failure = Failure::new(ErrorCode::OriginMismatch, turn.text(message)).with(details);
                self.settle(Err(failure), false, to);
            }
            Sender::ElsewhereInOurWindow | Sender::Stranger => {
                if self.strangers < STRANGERS && memory.add("strangers", origin) {
                    self.strangers += 1;
                    to.run(Command::Emit(Event::ForeignMessage(origin)));
                }
            }
        }
    }

    /// Starts the next part of a timer. `false`: there is none left, or never was one.
    fn start<'t>(&mut self, timer: Timer, to: &mut impl Run<'t>) -> bool {
        let remaining = match timer {
            Timer::Flow => &mut self.timeout,
            Timer::Load => &mut self.load_timeout,
        };
        let part = remaining.next();
        if let Some(part) = part {
            to.run(Command::Start(timer, part));
        }
        part.is_some()
    }

    /// The provider's page is there, which shows in this event. It is told before the page is revealed:
    /// moving the focus runs code of the page's, which may end the flow.
    fn reveal<'t>(&mut self, event: Event<'t>, to: &mut impl Run<'t>) {
        let is_first = self.phase == Phase::Loading;
        self.phase = Phase::Open;
        if is_first {
            to.run(Command::Stop(Timer::Load));
        }
        to.run(Command::Emit(event));
        if is_first {
            to.run(Command::Reveal);
        }
    }

    fn fail<'t>(&mut self, turn: Turn<'t>, code: ErrorCode, message: &str, to: &mut impl Run<'t>) {
        self.settle(Err(Failure::new(code, turn.text(message))), false, to);
    }

    /// Gives the answer. The page is put in order first, so that whoever hears of the end finds it so.
    fn settle<'t>(
        &mut self,
        answer: Result<Record<'t>, Failure<'t>>,
        page_stays: bool,
        to: &mut impl Run<'t>,
    ) {
        if page_stays {
            to.run(Command::Stop(Timer::Load));
            to.run(Command::Stop(Timer::Flow));
            to.run(Command::Reveal);
        } else {
            to.run(Command::TearDown);
        }
        self.phase = Phase::Settled { page_stays };
        to.run(Command::Emit(Event::Settled(answer.map(|_| ()).map_err(|failure| failure.code()))));
        to.run(Command::Settle(answer));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
