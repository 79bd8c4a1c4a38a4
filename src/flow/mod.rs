//! One link flow as a state machine: what happens goes in, what is to be done comes out.
//!
//! It settles exactly once, and takes everything off the page exactly once. It knows no page and no
//! clock; `browser` runs it against both.

#[cfg(feature = "every-provider")]
pub mod away;
pub mod origin;
#[cfg(feature = "every-provider")]
pub mod pending;
#[cfg(feature = "every-provider")]
pub mod popup;

use crate::error::{ErrorCode, LinkError, join};
use crate::options::{Mode, Options};
use crate::provider::fields::Fields;
use crate::provider::{LinkResult, Outcome, Provider, Step, Target};
use crate::record::Record;
#[cfg(feature = "every-provider")]
use away::Away;
use origin::{Gate, Origin, Sender};
use std::borrow::Cow;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The provider's page is on its way.
    Opened(Mode),
    /// It cannot be shown, at first or later.
    Refused(LinkError),
    /// The provider's page, or the next one in its frame, has loaded.
    Loaded,
    /// A timer that was started has run out.
    Elapsed(Timer),
    /// The calling code ended the flow.
    ClosedByCaller,
    /// The user ended the flow, outside the provider's page.
    ClosedByUser,
    /// Something that only concerns flows that leave the page.
    #[cfg(feature = "every-provider")]
    Away(Away),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start this timer, for so many milliseconds, at most [`LONGEST_TIMER_MS`].
    Start(Timer, u32),
    /// Stop this timer.
    Stop(Timer),
    /// The provider's page is there: end the loading state.
    Reveal,
    /// Ask the caller for a new token. Comes once at most.
    RenewToken,
    /// Show this URL in place of the one before.
    Navigate(String),
    /// Take everything off the page. Comes once.
    TearDown,
    /// Tell the page what happened.
    Emit(EventKind),
    /// Give the answer. Comes once.
    Settle(Result<LinkResult, LinkError>),
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
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The provider's page is being shown.
    Open(Mode),
    /// A page has loaded in the provider's frame.
    Load,
    /// The user is a step further.
    Step(Step),
    /// The provider's Cross-Origin-Opener-Policy cut the popup off; the answer can still come.
    PopupSevered,
    /// A message was dropped: wrong window or wrong origin. This is its origin.
    ForeignMessage(String),
    /// The flow ended: completed, or with this code.
    Settled(Result<(), ErrorCode>),
}

impl EventKind {
    /// As `onEvent` is given it, but for `provider` and `elapsedMs`.
    pub fn into_record(self) -> Record {
        let mut record = Record::default();
        let kind = match self {
            Self::Open(mode) => {
                record.text("mode", mode.as_str());
                "open"
            }
            Self::Load => "load",
            Self::Step(step) => {
                step.put_into(&mut record);
                "step"
            }
            Self::PopupSevered => "popup-severed",
            Self::ForeignMessage(origin) => {
                record.text("origin", &origin);
                "foreign-message"
            }
            Self::Settled(outcome) => {
                record.text("outcome", outcome.map_or_else(ErrorCode::as_str, |()| "completed"));
                "settled"
            }
        };
        record.text("type", kind);
        record
    }
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

/// One link flow.
#[derive(Debug)]
pub struct Flow {
    provider: Provider,
    phase: Phase,
    gate: Gate,
    timeout: Remaining,
    load_timeout: Remaining,
    #[cfg(feature = "every-provider")]
    memory: away::Memory,
}

impl Flow {
    /// A flow for this target, with the URL to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target or an option is not what it must be.
    pub fn begin(target: &Target, options: &Options) -> Result<(Self, String), LinkError> {
        options.check()?;
        let url = target.url()?;
        let allowed = match &options.allowed_origin {
            Some(origin) => Origin::from_option(origin)?,
            None => Origin::of(&url),
        };
        let flow = Self::new(target.provider(), allowed, options.timeout_ms, options.load_timeout_ms);
        #[cfg(feature = "every-provider")]
        let flow = Self { memory: away::Memory::new(url.href(), options), ..flow };
        Ok((flow, url.href()))
    }

    /// A flow that is about to open. The limits are in milliseconds; 0 and infinity: none.
    pub fn new(provider: Provider, allowed: Origin, timeout_ms: f64, load_timeout_ms: f64) -> Self {
        Self {
            provider,
            phase: Phase::Opening,
            gate: Gate::new(allowed),
            timeout: Remaining(timeout_ms),
            load_timeout: Remaining(load_timeout_ms),
            #[cfg(feature = "every-provider")]
            memory: away::Memory::default(),
        }
    }

    /// Whether the flow has neither an answer to give nor a page to take away.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Settled { page_stays: false }
    }

    /// Something happened.
    pub fn handle(&mut self, input: Input) -> Vec<Command> {
        let mut commands = Vec::new();
        match (self.phase, input) {
            (
                Phase::Settled { page_stays: true },
                Input::ClosedByCaller | Input::ClosedByUser | Input::Refused(_),
            ) => {
                self.phase = Phase::Settled { page_stays: false };
                commands.push(Command::TearDown);
            }
            (Phase::Settled { .. }, _) => {}
            (Phase::Opening, Input::Opened(mode)) => {
                self.phase = Phase::Loading;
                if mode != Mode::Redirect {
                    self.start(Timer::Flow, &mut commands);
                }
                // When a popup's page has loaded cannot be seen.
                if matches!(mode, Mode::Overlay | Mode::Container) {
                    self.start(Timer::Load, &mut commands);
                }
                #[cfg(feature = "every-provider")]
                self.opened_away(mode);
                commands.push(Command::Emit(EventKind::Open(mode)));
            }
            (Phase::Loading | Phase::Open, Input::Loaded) => {
                #[cfg(feature = "every-provider")]
                self.loaded_away();
                self.reveal(EventKind::Load, &mut commands);
            }
            (Phase::Loading | Phase::Open, Input::Elapsed(Timer::Flow)) => {
                if !self.start(Timer::Flow, &mut commands) {
                    self.fail(ErrorCode::Timeout, "The user did not finish within timeoutMs.", &mut commands);
                }
            }
            (Phase::Loading, Input::Elapsed(Timer::Load)) => {
                if !self.start(Timer::Load, &mut commands) {
                    let message = "'s page did not load within loadTimeoutMs. Check the URL and the network.";
                    let message = join(&[self.provider.title(), message]);
                    self.fail(ErrorCode::LoadTimeout, message, &mut commands);
                }
            }
            (_, Input::ClosedByCaller) => {
                self.fail(ErrorCode::UserCancelled, "The page closed the flow.", &mut commands);
            }
            (_, Input::ClosedByUser) => {
                self.fail(ErrorCode::UserCancelled, "The user closed the flow.", &mut commands);
            }
            (_, Input::Refused(error)) => self.settle(Err(error), false, &mut commands),
            #[cfg(feature = "every-provider")]
            (Phase::Loading | Phase::Open, Input::Away(away)) => self.handle_away(away, &mut commands),
            #[cfg(feature = "every-provider")]
            (Phase::Opening, Input::Away(_)) => {}
            // Early, late or twice: a page that has not opened cannot load, one that has opened does not
            // open again, and a load timer that was stopped may still be on its way.
            (Phase::Opening, Input::Loaded | Input::Elapsed(_))
            | (Phase::Loading | Phase::Open, Input::Opened(_))
            | (Phase::Open, Input::Elapsed(Timer::Load)) => {}
        }
        commands
    }

    /// A message arrived. `from_our_window`: its source is the provider's window, and there is one.
    pub fn message<F: Fields>(&mut self, from_our_window: bool, origin: &str, data: &F) -> Vec<Command> {
        let mut commands = Vec::new();
        if matches!(self.phase, Phase::Opening | Phase::Settled { .. }) {
            return commands;
        }
        match self.gate.sender(from_our_window, origin) {
            #[cfg(feature = "every-provider")]
            Sender::Provider if self.hears_of_token(data, &mut commands) => {}
            Sender::Provider => match self.read(data) {
                Some(Outcome::Completed(result)) => self.settle(Ok(result), false, &mut commands),
                Some(Outcome::Failed(error)) => {
                    let page_stays =
                        error.code == ErrorCode::InvalidSession && self.provider.explains_invalid_session();
                    self.settle(Err(error), page_stays, &mut commands);
                }
                Some(Outcome::Step(step)) => {
                    #[cfg(feature = "every-provider")]
                    self.hears_from_popup(&mut commands);
                    self.reveal(EventKind::Step(step), &mut commands);
                }
                None => {}
            },
            Sender::ElsewhereInOurWindow if self.provider.is_fatal_elsewhere(data) => {
                let message = "The provider's window answered from another origin than the allowed one. \
                    Leave allowedOrigin out, or set it to the origin that is opened.";
                let mut details = Record::default();
                details.text("expectedOrigin", self.gate.allowed().as_str());
                details.text("receivedOrigin", origin);
                let error = LinkError::new(ErrorCode::OriginMismatch, message);
                self.settle(Err(error.with(details)), false, &mut commands);
            }
            Sender::ElsewhereInOurWindow | Sender::Stranger => {
                if self.gate.reports(origin) {
                    commands.push(Command::Emit(EventKind::ForeignMessage(origin.to_owned())));
                }
            }
        }
        commands
    }

    fn read<F: Fields>(&self, data: &F) -> Option<Outcome> {
        #[cfg(feature = "every-provider")]
        return self.provider.read_expecting(data, self.memory.state.as_deref());
        #[cfg(not(feature = "every-provider"))]
        self.provider.read(data)
    }

    /// Starts the next part of a timer. `false`: there is none left, or never was one.
    fn start(&mut self, timer: Timer, commands: &mut Vec<Command>) -> bool {
        let remaining = match timer {
            Timer::Flow => &mut self.timeout,
            Timer::Load => &mut self.load_timeout,
        };
        let part = remaining.next();
        commands.extend(part.map(|part| Command::Start(timer, part)));
        part.is_some()
    }

    /// The provider's page is there, which shows in this event. It is told before the page is revealed:
    /// moving the focus runs code of the page's, which may end the flow.
    fn reveal(&mut self, event: EventKind, commands: &mut Vec<Command>) {
        let is_first = self.phase == Phase::Loading;
        self.phase = Phase::Open;
        if is_first {
            commands.push(Command::Stop(Timer::Load));
        }
        commands.push(Command::Emit(event));
        if is_first {
            commands.push(Command::Reveal);
        }
    }

    fn fail(&mut self, code: ErrorCode, message: impl Into<Cow<'static, str>>, commands: &mut Vec<Command>) {
        self.settle(Err(LinkError::new(code, message)), false, commands);
    }

    /// Gives the answer. The page is put in order first, so that whoever hears of the end finds it so.
    fn settle(
        &mut self,
        answer: Result<LinkResult, LinkError>,
        page_stays: bool,
        commands: &mut Vec<Command>,
    ) {
        let answer = answer.map_err(|error| error.of(self.provider));
        if page_stays {
            commands.extend([Command::Stop(Timer::Load), Command::Stop(Timer::Flow), Command::Reveal]);
        } else {
            commands.push(Command::TearDown);
        }
        self.phase = Phase::Settled { page_stays };
        let outcome = answer.as_ref().map(|_| ()).map_err(|error| error.code);
        commands.push(Command::Emit(EventKind::Settled(outcome)));
        commands.push(Command::Settle(answer));
    }
}

// Its cases are of every provider.
#[cfg(all(test, feature = "every-provider", not(target_arch = "wasm32")))]
mod tests;
