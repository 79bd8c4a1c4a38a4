//! A flow with what it remembers, for whoever is written in Rust: what goes in lasts for a turn, what comes out lasts.

use super::{Command, Event, Flow, Input, Timer};
use crate::error::{ErrorCode, LinkError};
use crate::options::{Mode, Options};
use crate::provider::{LinkResult, Step, Target};
use crate::value::{Owned, Turn, in_turn};

/// A [`Command`] that lasts.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "they are those of Command")]
pub enum Task {
    Start(Timer, u32),
    Stop(Timer),
    Reveal,
    RenewToken,
    Navigate(String),
    TearDown,
    Emit(EventKind),
    Settle(Result<LinkResult, LinkError>),
}

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

impl std::fmt::Display for EventKind {
    /// As for a log: its type in JavaScript, and what it is about.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(mode) => write!(f, "open {mode}"),
            Self::Load => f.write_str("load"),
            Self::Step(Step { step, provider_step, .. }) => write!(f, "step {step} {provider_step}"),
            Self::PopupSevered => f.write_str("popup-severed"),
            Self::ForeignMessage(origin) => write!(f, "foreign-message {origin}"),
            Self::Settled(Ok(())) => f.write_str("settled completed"),
            Self::Settled(Err(code)) => write!(f, "settled {code}"),
        }
    }
}

impl From<Event<'_>> for EventKind {
    fn from(event: Event) -> Self {
        match event {
            Event::Open(mode) => Self::Open(mode),
            Event::Load => Self::Load,
            Event::Step(step) => Self::Step(step.into()),
            Event::PopupSevered => Self::PopupSevered,
            Event::ForeignMessage(origin) => Self::ForeignMessage(origin.to_string()),
            Event::Settled(outcome) => Self::Settled(outcome),
        }
    }
}

/// A flow with what it remembers.
#[derive(Debug)]
pub struct Running {
    pub(super) flow: Flow,
    pub(super) memory: Owned,
}

impl Running {
    /// A flow for this target, with the URL to open.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target or an option is not what it must be.
    pub fn begin(target: &Target, options: &Options) -> Result<(Self, String), LinkError> {
        in_turn(|turn| {
            let memory = turn.record();
            let (flow, url) = Flow::begin(target, options, memory)?;
            Ok((Self { flow, memory: memory.into() }, url.to_string()))
        })
    }

    /// The same flow, which asks once for a new token where the provider refuses the first.
    pub fn renewing(self) -> Self {
        Self { flow: self.flow.renewing(), ..self }
    }

    /// The origin that may speak, as the browser writes it.
    pub fn allowed_origin(&self) -> String {
        in_turn(|turn| {
            let origin = turn.recall(&self.memory).value().text("origin");
            origin.map_or_else(String::new, |origin| origin.to_string())
        })
    }

    /// Whether the flow has neither an answer to give nor a page to take away.
    pub fn is_over(&self) -> bool {
        self.flow.is_over()
    }

    /// Something happened. Gives what is to be done, in this order.
    pub fn handle(&mut self, input: impl for<'t> FnOnce(Turn<'t>) -> Input<'t>) -> Vec<Task> {
        in_turn(|turn| {
            let mut tasks = Vec::new();
            let memory = turn.recall(&self.memory);
            let provider = self.flow.provider;
            self.flow.handle(memory, input(turn), |command: Command| {
                tasks.push(match command {
                    Command::Start(timer, ms) => Task::Start(timer, ms),
                    Command::Stop(timer) => Task::Stop(timer),
                    Command::Reveal => Task::Reveal,
                    Command::RenewToken => Task::RenewToken,
                    Command::Navigate(url) => Task::Navigate(url.to_string()),
                    Command::TearDown => Task::TearDown,
                    Command::Emit(event) => Task::Emit(event.into()),
                    Command::Settle(answer) => Task::Settle(match answer {
                        Ok(result) => LinkResult::read(provider, &result.into()),
                        Err(failure) => Err(failure.into()),
                    }),
                });
            });
            self.memory = memory.into();
            tasks
        })
    }
}
