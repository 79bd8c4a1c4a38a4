//! What only flows know that leave the page: popups, callback pages, a token that is renewed.

use super::pending::is_page;
use super::popup::Conclusion;
use super::{Command, Event, Flow, Run};
use crate::error::ErrorCode;
use crate::provider::Said;
use crate::value::{Record, Text, Value};

/// What happened there.
#[derive(Clone, Copy, Debug)]
pub enum Away<'t> {
    /// A callback page of ours handed over its URL.
    Callback {
        /// The whole URL.
        url: Text<'t>,
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
    Token(Option<Text<'t>>),
}

/// Where a flow stands with the one renewal of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    Possible,
    /// For the caller's token.
    Waiting,
    /// For the page to load with it, or to say that it has begun.
    Loading,
    Over,
}

impl Renewal {
    #[cfg(any(all(test, not(target_arch = "wasm32")), feature = "npm"))]
    pub const ALL: [Self; 4] = [Self::Possible, Self::Waiting, Self::Loading, Self::Over];
}

impl Flow {
    /// The same flow, which asks once for a new token where the provider refuses the first.
    pub fn renewing(mut self) -> Self {
        self.renewal = Renewal::Possible;
        self
    }

    pub(super) fn handle_away<'t>(&mut self, memory: Record<'t>, away: Away<'t>, to: &mut impl Run<'t>) {
        let turn = memory.value().turn();
        match away {
            Away::Callback { url, is_ours } => self.called_back(memory.value(), url, is_ours, to),
            Away::Looked { is_closed, has_focus, at_ms } => {
                match self.popup.as_mut().map(|popup| popup.look(is_closed, has_focus, at_ms)) {
                    Some(Conclusion::Severed) => to.run(Command::Emit(Event::PopupSevered)),
                    Some(Conclusion::ClosedByUser) => {
                        self.fail(turn, ErrorCode::UserCancelled, "The user closed the popup.", to);
                    }
                    Some(Conclusion::Wait) | None => {}
                }
            }
            Away::Token(token) if self.renewal == Renewal::Waiting => {
                // When a popup has loaded cannot be seen.
                self.renewal = if self.popup.is_none() { Renewal::Loading } else { Renewal::Over };
                let url = memory.value().text("url").and_then(|url| url.url(""));
                match token.filter(|token| !token.is("")).zip(url) {
                    Some((token, url)) => {
                        let parameters = turn.record();
                        parameters.put("authorizeToken", token);
                        to.run(Command::Navigate(url.with(parameters).part("href")));
                    }
                    None => {
                        let message = "The authorizeToken was refused, and getAuthorizeToken gave no other.";
                        self.fail(turn, ErrorCode::InvalidSession, message, to);
                    }
                }
            }
            // Not asked for.
            Away::Token(_) => {}
        }
    }

    /// Whether a message of the provider's is dealt with: it concerns the token.
    pub(super) fn hears_of_token<'t>(&mut self, data: Value<'t>, to: &mut impl Run<'t>) -> bool {
        match self.renewal {
            Renewal::Over => false,
            // The old page is on its way out.
            Renewal::Waiting => true,
            // It may still be talking. The new one begins by saying so, and may be done before all of it has loaded.
            Renewal::Loading => {
                let has_begun = self.provider.is_step(data, "APP_MOUNTED");
                if has_begun {
                    self.renewal = Renewal::Over;
                }
                !has_begun
            }
            Renewal::Possible => {
                let is_refused = self.provider.is_step(data, "TOKEN_INVALID");
                if is_refused {
                    self.renewal = Renewal::Waiting;
                    to.run(Command::RenewToken);
                }
                is_refused
            }
        }
    }

    /// A page has loaded in the frame.
    pub(super) fn loaded_away(&mut self) {
        if self.renewal == Renewal::Loading {
            self.renewal = Renewal::Over;
        }
    }

    /// A callback page handed over its URL. It must be the page that this flow comes back to; over a channel
    /// that every page hears, it must be shown to be this flow's.
    fn called_back<'t>(&mut self, memory: Value<'t>, url: Text<'t>, is_ours: bool, to: &mut impl Run<'t>) {
        let expected = memory.text("state");
        let is_here = memory.text("returnUrl").map(|page| is_page(page, url));
        let is_shown = is_ours
            || match expected {
                Some(expected) => url.query().text("state").is_some_and(|state| state.same(expected)),
                None => is_here == Some(true),
            };
        if is_here == Some(false) || !is_shown {
            return;
        }
        match self.provider.come_back(memory.turn(), Some(url), expected) {
            Said::Completed(result) => self.settle(Ok(result), false, to),
            Said::Failed(failure) => self.settle(Err(failure), false, to),
            Said::Step(_) => {}
        }
    }
}
