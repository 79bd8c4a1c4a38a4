//! What only flows know that leave the page: popups, callback pages, a token that is renewed.

use super::pending::is_page;
use super::popup::{Conclusion, Popup};
use super::{Command, EventKind, Flow, Phase};
use crate::error::ErrorCode;
use crate::options::{Mode, Options};
use crate::provider::Outcome;
use crate::provider::fields::Fields;
use crate::url::{Query, Url};

/// What happened there.
#[derive(Clone, Debug, PartialEq)]
pub enum Away {
    /// A callback page of ours handed over its URL. `is_ours`: it did so from the provider's window.
    Callback {
        /// The whole URL.
        url: String,
        /// Whether it came from the window that we opened, and not over a channel that every page hears.
        is_ours: bool,
    },
    /// A look at the popup, so many milliseconds after it was opened.
    Looked {
        /// It reads `closed`.
        is_closed: bool,
        /// Our page has the focus.
        has_focus: bool,
        /// Since it was opened.
        at_ms: u32,
    },
    /// The caller's answer to [`Command::RenewToken`]. `None`: it has none.
    Token(Option<String>),
}

/// What such a flow remembers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub url: String,
    pub state: Option<String>,
    pub return_url: Option<String>,
    pub popup: Option<Popup>,
    pub renewal: Renewal,
}

impl Memory {
    pub fn new(url: String, options: &Options) -> Self {
        let (state, return_url) = (options.state.clone(), options.return_url.clone());
        Self { url, state, return_url, ..Self::default() }
    }
}

/// Where a flow stands with the one renewal of its token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Renewal {
    Possible,
    /// For the caller's token.
    Waiting,
    /// For the page to load with it. Until then the old page may go on talking.
    Loading,
    #[default]
    Over,
}

impl Flow {
    /// The same flow, which asks once for a new token where the provider refuses the first.
    pub fn renewing(mut self) -> Self {
        self.memory.renewal = Renewal::Possible;
        self
    }

    /// The flow was opened in this mode.
    pub(super) fn opened_away(&mut self, mode: Mode) {
        if mode == Mode::Popup {
            self.memory.popup = Some(Popup::default());
        }
    }

    pub(super) fn handle_away(&mut self, away: Away, commands: &mut Vec<Command>) {
        match away {
            Away::Callback { url, is_ours } => self.called_back(&url, is_ours, commands),
            Away::Looked { is_closed, has_focus, at_ms } => {
                match self.memory.popup.as_mut().map(|popup| popup.look(is_closed, has_focus, at_ms)) {
                    Some(Conclusion::Severed) => commands.push(Command::Emit(EventKind::PopupSevered)),
                    Some(Conclusion::ClosedByUser) => {
                        self.fail(ErrorCode::UserCancelled, "The user closed the popup.", commands);
                    }
                    Some(Conclusion::Wait) | None => {}
                }
            }
            Away::Token(token) if self.memory.renewal == Renewal::Waiting => {
                // When a popup has loaded cannot be seen.
                let is_seen = self.memory.popup.is_none();
                self.memory.renewal = if is_seen { Renewal::Loading } else { Renewal::Over };
                let url = Url::parse(&self.memory.url);
                match token.filter(|token| !token.is_empty()).zip(url) {
                    Some((token, mut url)) => {
                        url.set_parameter("authorizeToken", &token);
                        commands.push(Command::Navigate(url.href()));
                    }
                    None => {
                        let message = "The authorizeToken was refused, and getAuthorizeToken gave no other.";
                        self.fail(ErrorCode::InvalidSession, message, commands);
                    }
                }
            }
            // Not asked for.
            Away::Token(_) => {}
        }
    }

    /// Whether a message of the provider's is dealt with: it concerns the token.
    pub(super) fn hears_of_token<F: Fields>(&mut self, data: &F, commands: &mut Vec<Command>) -> bool {
        match self.memory.renewal {
            Renewal::Over => false,
            // The old page is on its way out.
            Renewal::Waiting | Renewal::Loading => true,
            Renewal::Possible => {
                let is_refused = self.provider.refuses_token(data);
                if is_refused {
                    self.memory.renewal = Renewal::Waiting;
                    commands.push(Command::RenewToken);
                }
                is_refused
            }
        }
    }

    /// A page has loaded in the frame.
    pub(super) fn loaded_away(&mut self) {
        if self.memory.renewal == Renewal::Loading {
            self.memory.renewal = Renewal::Over;
        }
    }

    /// The first that is heard from a popup shows that it has loaded.
    pub(super) fn hears_from_popup(&mut self, commands: &mut Vec<Command>) {
        if self.memory.popup.is_some() && self.phase == Phase::Loading {
            self.reveal(EventKind::Load, commands);
        }
    }

    /// A callback page handed over its URL. It must be the page that this flow comes back to; over a channel
    /// that every page hears, it must be shown to be this flow's.
    fn called_back(&mut self, url: &str, is_ours: bool, commands: &mut Vec<Command>) {
        let Memory { state: expected, return_url, .. } = &self.memory;
        let is_here = return_url.as_deref().map(|page| is_page(page, url));
        let state = Query::of(url).get("state");
        let is_shown = is_ours || if expected.is_some() { *expected == state } else { is_here == Some(true) };
        if is_here == Some(false) || !is_shown {
            return;
        }
        let outcome = match expected {
            Some(state) => self.provider.parse_callback_expecting(url, state),
            None => self.provider.parse_callback(url),
        };
        match outcome {
            Outcome::Completed(result) => self.settle(Ok(result), false, commands),
            Outcome::Failed(error) => self.settle(Err(error), false, commands),
            Outcome::Step(_) => {}
        }
    }
}
