//! A token that the provider refuses, and that the caller replaces once while the page is open.

use crate::provider::Protocol;
use crate::provider::fields::Fields;

/// Where a flow stands with the one renewal of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// The caller can supply another token.
    Possible,
    /// The caller was asked for it.
    Waiting,
    /// The token was renewed, or cannot be.
    Over,
}

/// What a message from the provider's page means for the renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is about something else.
    Other,
    /// It does not count: the page that posts it is about to be replaced.
    Ignored,
    /// The token is refused: the caller is asked for another.
    Refused,
}

impl Renewal {
    /// What a message means for the renewal, which moves on with it.
    pub fn hear(&mut self, protocol: &dyn Protocol, data: &dyn Fields) -> Heard {
        match self {
            Self::Over => Heard::Other,
            Self::Waiting => Heard::Ignored,
            Self::Possible if protocol.refuses_token(data) => {
                *self = Self::Waiting;
                Heard::Refused
            }
            Self::Possible => Heard::Other,
        }
    }
}
