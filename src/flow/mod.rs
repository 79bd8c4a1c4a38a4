//! One link flow as a state machine: inputs go in, commands come out.
//!
//! It settles exactly once, and takes everything off the page exactly once. It knows no page and no clock:
//! `browser/driver.rs` connects it to both.

pub mod origin;
pub mod pending;
pub mod popup;
pub mod renewal;

use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::{Mode, Options};
use crate::provider::fields::Fields;
use crate::provider::{Answer, Outcome, Provider, Step, Target, is_state};
use crate::record::Record;
use crate::url::{Query, Url, is_page, is_same_origin};
use origin::Sender;
use popup::{Conclusion, Popup};
use renewal::{Heard, Renewal};

/// What happened. Messages go to [`Flow::hear`].
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The provider's page was opened.
    Opened(Mode),
    /// The provider's page cannot be shown, at first or later.
    Refused(Box<LinkError>),
    /// The provider's page, or the next one in its frame, has loaded.
    Loaded,
    /// A timer has run out. [`Timer::Look`] leads to [`Input::Looked`] instead.
    Elapsed(Timer),
    /// The calling code ended the flow.
    ClosedByCaller,
    /// The user ended the flow, outside the provider's page.
    ClosedByUser,
    /// A callback page of ours handed over its URL.
    Callback {
        /// The whole URL.
        url: String,
        /// How it came.
        way: Way,
    },
    /// A look at the popup.
    Looked {
        /// It reads `closed`.
        is_closed: bool,
        /// Our page has the focus.
        has_focus: bool,
        /// Milliseconds since the flow began, which opened it.
        at_ms: u32,
    },
    /// The caller's answer to [`Command::RenewToken`]. `None` if it has no token.
    Token(Option<String>),
}

/// How the URL of a callback page came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The window that we opened posted it.
    OurWindow,
    /// Over the channel that every page of this origin hears, from a callback page without an opener, while our window
    /// reads `closed`: it may be our popup, cut off by a policy.
    CutOff,
    /// Over the channel, from any page.
    Channel,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start this timer, for this many milliseconds, at most [`LONGEST_TIMER_MS`].
    Start(Timer, u32),
    /// Stop this timer.
    Stop(Timer),
    /// The provider's page is there: end the loading state.
    Reveal,
    /// Ask the caller for a new token. Comes at most once.
    RenewToken,
    /// Show this URL instead of the previous one.
    Navigate(String),
    /// Take everything off the page, and stop every timer. Comes once.
    TearDown,
    /// Tell the page what happened.
    Emit(EventKind),
    /// Settle the flow with the answer. Comes once.
    Settle(Answer),
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// The whole flow.
    Flow,
    /// Until the provider's page has loaded.
    Load,
    /// Until the next look at the popup, whose result is [`Input::Looked`].
    Look,
}

/// Browsers hold a delay in 31 bits of milliseconds; a longer one is divided into parts.
pub const LONGEST_TIMER_MS: u32 = i32::MAX as u32;

/// From one look at a popup to the next, in milliseconds.
const LOOK_MS: u32 = 200;

/// How many strangers are remembered as reported. An attacker can make up any number.
const MOST_STRANGERS: usize = 64;

/// What happens in a flow, for its events.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The provider's page is being shown.
    Open(Mode),
    /// A page has loaded in the provider's frame.
    Load,
    /// The user has reached another step.
    Step(Step),
    /// A Cross-Origin-Opener-Policy cut the popup off, or may have; the answer can still come.
    PopupSevered,
    /// A message was dropped: wrong window or wrong origin. This is its origin.
    ForeignMessage(String),
    /// The flow ended: completed, or with this code.
    Settled(Result<(), ErrorCode>),
}

impl std::fmt::Display for EventKind {
    /// For logs: its type in JavaScript, and what it is about.
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

/// How long something may still take, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Remaining(f64);

impl Remaining {
    /// The next part of it. `None` if it is over, or was never limited.
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

/// What a flow was started with.
#[derive(Clone, Debug)]
struct Terms {
    provider: Provider,
    /// What was opened.
    url: Url,
    /// The origin whose messages count, as the browser writes it.
    origin: String,
    /// The `state` that the answer must carry.
    state: Option<String>,
    /// Where the provider sends the user back to. Its origin and path count; with the right `state` only its origin.
    return_url: Option<String>,
    timeout: Remaining,
    load_timeout: Remaining,
    can_renew_token: bool,
}

/// Where a flow stands.
#[derive(Clone, Debug)]
enum State {
    /// Nothing is on the page yet.
    Opening,
    /// The provider's page was opened.
    Shown(Shown),
    /// The answer is given; the provider's page is still there, for the user to read.
    Explaining {
        /// Whether the page is a popup, which the user may close.
        in_popup: bool,
    },
    /// The answer is given, and nothing is on the page.
    Over,
}

/// A provider's page that was opened.
#[derive(Clone, Debug)]
struct Shown {
    /// Whether it has loaded, as far as can be seen.
    has_loaded: bool,
    timeout: Remaining,
    load_timeout: Remaining,
    /// `None` if it is not in a popup.
    popup: Option<Popup>,
    renewal: Renewal,
    /// Where the user is, as [`LastStep`](crate::provider::LastStep).
    last_step: Option<Record>,
    /// The origins whose messages were reported.
    strangers: Vec<String>,
}

/// One link flow.
#[derive(Clone, Debug)]
pub struct Flow {
    terms: Terms,
    state: State,
}

impl Flow {
    /// A flow for this target, with the URL to open. `can_renew_token`: the caller can supply another token, and is
    /// asked for it once if the provider refuses the first.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the target or an option is invalid.
    pub fn begin(target: &Target, options: &Options, can_renew_token: bool) -> Checked<(Self, String)> {
        options.check()?;
        let url = target.url()?;
        let terms = Terms {
            provider: target.provider(),
            origin: origin::allowed(&url, options.allowed_origin.as_deref())?,
            url,
            state: options.state.clone(),
            return_url: options.return_url.clone(),
            timeout: Remaining(options.timeout_ms),
            load_timeout: Remaining(options.load_timeout_ms),
            can_renew_token,
        };
        let href = terms.url.href().to_owned();
        Ok((Self { terms, state: State::Opening }, href))
    }

    /// Takes an input, and returns what is to be done.
    pub fn handle(&mut self, input: Input) -> Vec<Command> {
        let mut commands = Vec::new();
        match input {
            Input::Opened(mode) => self.opened(mode, &mut commands),
            Input::ClosedByCaller => self.close("The page closed the flow.", &mut commands),
            Input::ClosedByUser => self.close("The user closed the flow.", &mut commands),
            Input::Refused(error) => self.end(error, &mut commands),
            Input::Looked { is_closed, has_focus, at_ms } => {
                self.looked(is_closed, has_focus, at_ms, &mut commands);
            }
            Input::Loaded => self.loaded(&mut commands),
            Input::Elapsed(timer) => self.elapsed(timer, &mut commands),
            Input::Callback { url, way } => self.called_back(&url, way, &mut commands),
            Input::Token(token) => self.renewed(token, &mut commands),
        }
        commands
    }

    /// The same for a message. `from_our_window`: its source is the provider's window, and there is one. `origin`: as
    /// the browser writes it. `data`: anything.
    pub fn hear(&mut self, from_our_window: bool, origin: &str, data: &dyn Fields) -> Vec<Command> {
        let mut commands = Vec::new();
        let State::Shown(shown) = &mut self.state else { return commands };
        let provider = self.terms.provider;
        match Sender::of(from_our_window, origin, &self.terms.origin) {
            Sender::Provider => match shown.renewal.hear(provider.protocol(), data) {
                Heard::Other => {
                    let outcome = provider.read_message_expecting(data, self.terms.state.as_deref());
                    self.answered(outcome, &mut commands);
                }
                Heard::Ignored => {}
                Heard::Refused => {
                    shown.heard(&mut commands);
                    commands.push(Command::RenewToken);
                }
            },
            Sender::ElsewhereInOurWindow if provider.protocol().is_fatal_elsewhere(data) => {
                let message = "The provider's window answered from an origin other than the allowed one. \
                    Leave allowedOrigin out, or set it to the opened origin.";
                let mut details = Record::default();
                details.put_text("expectedOrigin", &self.terms.origin);
                details.put_text("receivedOrigin", origin);
                self.end(
                    LinkError::new(ErrorCode::OriginMismatch, message).with_details(details),
                    &mut commands,
                );
            }
            Sender::ElsewhereInOurWindow | Sender::Stranger => shown.report(origin, &mut commands),
        }
        commands
    }

    /// Whether the answer is given, and nothing is on the page.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// The origin of the page that was opened.
    pub fn opened_origin(&self) -> String {
        self.terms.url.origin().to_owned()
    }

    fn opened(&mut self, mode: Mode, commands: &mut Vec<Command>) {
        // Only once: an open page does not open again.
        let State::Opening = self.state else { return };
        let mut shown = Shown {
            has_loaded: false,
            timeout: self.terms.timeout,
            load_timeout: self.terms.load_timeout,
            popup: (mode == Mode::Popup).then(Popup::default),
            renewal: if self.terms.can_renew_token { Renewal::Possible } else { Renewal::Over },
            last_step: None,
            strangers: Vec::new(),
        };
        match mode {
            // A popup's loading cannot be seen: no load timer.
            Mode::Popup => {
                shown.start(Timer::Flow, commands);
                commands.push(Command::Start(Timer::Look, LOOK_MS));
            }
            // A redirect that arrives replaces this page. One that the user or the provider stops leaves it here.
            Mode::Overlay | Mode::Container | Mode::Redirect => {
                shown.start(Timer::Flow, commands);
                shown.start(Timer::Load, commands);
            }
        }
        self.state = State::Shown(shown);
        commands.push(Command::Emit(EventKind::Open(mode)));
    }

    fn loaded(&mut self, commands: &mut Vec<Command>) {
        if let State::Shown(shown) = &mut self.state {
            shown.reveal(EventKind::Load, commands);
        }
    }

    fn elapsed(&mut self, timer: Timer, commands: &mut Vec<Command>) {
        let State::Shown(shown) = &mut self.state else { return };
        match timer {
            Timer::Look => return,
            // A load timer that was stopped may still fire.
            Timer::Load if shown.has_loaded => return,
            Timer::Load | Timer::Flow => {}
        }
        if shown.start(timer, commands) {
            return;
        }
        let (code, message) = match timer {
            Timer::Load => (
                ErrorCode::LoadTimeout,
                "The provider's page did not load within loadTimeoutMs. Check the URL and the network.",
            ),
            _ if shown.popup == Some(Popup::CameBackElsewhere) => (
                ErrorCode::Timeout,
                "The provider sent the user back to another page than returnUrl. Give the page that calls completeCallback().",
            ),
            _ if shown.popup.is_some_and(Popup::is_cut_off) => (
                ErrorCode::Timeout,
                "No answer came within timeoutMs: a Cross-Origin-Opener-Policy cut off the popup. Give a returnUrl, and call completeCallback() on that page.",
            ),
            _ => (ErrorCode::Timeout, "The user did not finish within timeoutMs."),
        };
        self.end(LinkError::new(code, message), commands);
    }

    fn looked(&mut self, is_closed: bool, has_focus: bool, at_ms: u32, commands: &mut Vec<Command>) {
        match &mut self.state {
            State::Shown(Shown { popup: Some(popup), .. }) => {
                let conclusion = popup.look(is_closed, has_focus, at_ms);
                if conclusion == Conclusion::ClosedByUser {
                    return self.close("The user closed the popup.", commands);
                }
                commands.push(Command::Start(Timer::Look, LOOK_MS));
                if conclusion == Conclusion::Severed {
                    commands.push(Command::Emit(EventKind::PopupSevered));
                }
            }
            State::Explaining { in_popup: true } if is_closed => self.take_off(commands),
            State::Explaining { in_popup: true } => commands.push(Command::Start(Timer::Look, LOOK_MS)),
            _ => {}
        }
    }

    /// A callback page handed over its URL. It must be of the page that this flow returns to. Over the channel, which
    /// every page hears, it must also prove that it is this flow's: another tab's flow may return to the same page.
    fn called_back(&mut self, url: &str, way: Way, commands: &mut Vec<Command>) {
        let State::Shown(shown) = &mut self.state else { return };
        let Terms { provider, state, return_url, .. } = &self.terms;
        let has_state = state
            .as_ref()
            .is_some_and(|expected| is_state(Query::of_return_url(url).text("state"), expected));
        // With the right state, a server may have sent the user on within its origin.
        let is_at = if has_state { is_same_origin } else { is_page };
        let is_return_page = return_url.as_ref().map(|page| is_at(page, url));
        let is_ours = match way {
            Way::OurWindow => true,
            Way::CutOff => {
                has_state || (state.is_none() && is_return_page == Some(true) && shown.popup.is_some())
            }
            Way::Channel => has_state,
        };
        if is_return_page == Some(false) {
            // Its callback page closes it: the user does not.
            if let (Way::OurWindow, Some(popup)) = (way, &mut shown.popup) {
                *popup = Popup::CameBackElsewhere;
            }
        } else if is_ours {
            let answer = provider.read_callback(url, state.as_deref());
            self.settle(answer, false, commands);
        }
    }

    /// The caller's answer to [`Command::RenewToken`].
    fn renewed(&mut self, token: Option<String>, commands: &mut Vec<Command>) {
        let State::Shown(shown) = &mut self.state else { return };
        if shown.renewal != Renewal::Waiting {
            // Not asked for.
            return;
        }
        let token = token.filter(|token| !token.is_empty());
        let parameter = self.terms.provider.protocol().token_parameter();
        let (Some(token), Some(parameter)) = (token, parameter) else {
            let message = "The provider refused the authorizeToken, and getAuthorizeToken gave no other.";
            return self.end(LinkError::new(ErrorCode::InvalidSession, message), commands);
        };
        let url = self.terms.url.with_parameter(parameter, &token);
        commands.push(Command::Navigate(url.href().to_owned()));
        shown.renewal = Renewal::Over;
        // The new page may take as long to load as the first. A popup's loading cannot be seen.
        if shown.popup.is_none() && shown.has_loaded {
            shown.has_loaded = false;
            shown.load_timeout = self.terms.load_timeout;
            shown.start(Timer::Load, commands);
        }
    }

    /// Acts on what the provider's page said.
    fn answered(&mut self, outcome: Option<Outcome>, commands: &mut Vec<Command>) {
        if let State::Shown(shown) = &mut self.state
            && outcome.is_some()
        {
            shown.heard(commands);
        }
        match outcome {
            Some(Outcome::Completed(result)) => self.settle(Ok(result), false, commands),
            Some(Outcome::Failed(error)) => {
                let page_stays = error.code == ErrorCode::InvalidSession
                    && self.terms.provider.protocol().explains_invalid_session();
                self.settle(Err(error), page_stays, commands);
            }
            Some(Outcome::Step(step)) => {
                if let State::Shown(shown) = &mut self.state {
                    shown.last_step = Some(step.as_last(shown.last_step.take()));
                    shown.reveal(EventKind::Step(step), commands);
                }
            }
            None => {}
        }
    }

    fn close(&mut self, message: &str, commands: &mut Vec<Command>) {
        self.end(LinkError::new(ErrorCode::UserCancelled, message), commands);
    }

    /// Ends the flow with this error or, if its answer is given already, takes off what is left on the page.
    fn end(&mut self, error: Box<LinkError>, commands: &mut Vec<Command>) {
        match self.state {
            State::Opening | State::Shown(_) => self.settle(Err(error), false, commands),
            State::Explaining { .. } => self.take_off(commands),
            State::Over => {}
        }
    }

    fn take_off(&mut self, commands: &mut Vec<Command>) {
        self.state = State::Over;
        commands.push(Command::TearDown);
    }

    /// Settles the flow. The page is put in order first, before any listener learns of the end.
    fn settle(&mut self, answer: Answer, page_stays: bool, commands: &mut Vec<Command>) {
        let answer = answer.map_err(|error| self.with_last_step(error.for_provider(self.terms.provider)));
        if page_stays {
            commands.push(Command::Stop(Timer::Load));
            commands.push(Command::Stop(Timer::Flow));
            commands.push(Command::Reveal);
            let in_popup = matches!(&self.state, State::Shown(shown) if shown.popup.is_some());
            self.state = State::Explaining { in_popup };
        } else {
            self.take_off(commands);
        }
        let outcome = answer.as_ref().map(|_| ()).map_err(|error| error.code);
        commands.push(Command::Emit(EventKind::Settled(outcome)));
        commands.push(Command::Settle(answer));
    }

    /// Adds the last step, if the user did not finish.
    fn with_last_step(&mut self, mut error: Box<LinkError>) -> Box<LinkError> {
        if let State::Shown(shown) = &mut self.state
            && matches!(error.code, ErrorCode::UserCancelled | ErrorCode::Timeout)
            && let Some(step) = shown.last_step.take()
        {
            error.details.get_or_insert_default().put_record("lastStep", step);
        }
        error
    }
}

impl Shown {
    /// Starts the next part of a timer. `false` if there is none left, or never was one.
    fn start(&mut self, timer: Timer, commands: &mut Vec<Command>) -> bool {
        let remaining = if timer == Timer::Load { &mut self.load_timeout } else { &mut self.timeout };
        let Some(part) = remaining.next() else { return false };
        commands.push(Command::Start(timer, part));
        true
    }

    /// This event shows that the provider's page is there. It comes before the page is revealed: moving the focus runs
    /// the shop's code, which may end the flow.
    fn reveal(&mut self, event: EventKind, commands: &mut Vec<Command>) {
        let is_first = !std::mem::replace(&mut self.has_loaded, true);
        if is_first {
            commands.push(Command::Stop(Timer::Load));
        }
        commands.push(Command::Emit(event));
        if is_first {
            commands.push(Command::Reveal);
        }
    }

    /// The first message from a popup shows that it has loaded.
    fn heard(&mut self, commands: &mut Vec<Command>) {
        if self.popup.is_some() && !self.has_loaded {
            self.reveal(EventKind::Load, commands);
        }
    }

    /// Reports a message that was dropped: once for each of at most [`MOST_STRANGERS`] origins.
    fn report(&mut self, origin: &str, commands: &mut Vec<Command>) {
        let is_known = self.strangers.iter().any(|other| other == origin);
        if !is_known && self.strangers.len() < MOST_STRANGERS {
            self.strangers.push(origin.to_owned());
            commands.push(Command::Emit(EventKind::ForeignMessage(origin.to_owned())));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
