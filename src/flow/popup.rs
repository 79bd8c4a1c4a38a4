//! Whether a popup that reads `closed` was closed by the user.
//!
//! A Cross-Origin-Opener-Policy on the provider's page, or on a bank's page later in the flow, cuts the
//! popup off: it reads `closed` from then on, while the user goes on in it.

/// Within this time after opening, in milliseconds, `closed` is the work of a policy.
const EARLY_MS: u32 = 1000;

/// How long the user must have been back on our page without an answer, in milliseconds.
const PATIENCE_MS: u32 = 1000;

/// What is concluded from a look at the popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing new.
    Wait,
    /// It is cut off, or may be: the answer can still come.
    Severed,
    /// The user closed it.
    ClosedByUser,
}

/// What is known of a popup that is looked at from time to time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Popup {
    /// Open, as far as can be seen.
    #[default]
    Open,
    /// It reads `closed`, and it is not known yet why.
    Undecided {
        /// Whether the page was told that a policy may have cut it off.
        is_reported: bool,
        /// When the user came back to our page, if they did, in milliseconds since the popup was opened.
        back_since: Option<u32>,
    },
    /// A policy has cut it off.
    Severed,
    /// The provider sent the user back to another page than the flow's, and that page closes the popup.
    CameBackElsewhere,
}

impl Popup {
    /// `at_ms`: since the popup was opened. `has_focus`: our page has the focus.
    pub fn look(&mut self, is_closed: bool, has_focus: bool, at_ms: u32) -> Conclusion {
        let (was_reported, back_since) = match *self {
            Self::Severed | Self::CameBackElsewhere => return Conclusion::Wait,
            Self::Open => (false, None),
            Self::Undecided { is_reported, back_since } => (is_reported, back_since),
        };
        if !is_closed {
            // In WebKit `closed` may become false again.
            if was_reported || back_since.is_some() {
                *self = Self::Undecided { is_reported: was_reported, back_since: None };
            }
            return Conclusion::Wait;
        }
        let severed_once = if was_reported { Conclusion::Wait } else { Conclusion::Severed };
        if at_ms < EARLY_MS {
            *self = Self::Severed;
            return severed_once;
        }
        if !has_focus {
            *self = Self::Undecided { is_reported: true, back_since: None };
            return severed_once;
        }
        let since = back_since.unwrap_or(at_ms);
        *self = Self::Undecided { is_reported: was_reported, back_since: Some(since) };
        if at_ms.saturating_sub(since) < PATIENCE_MS { Conclusion::Wait } else { Conclusion::ClosedByUser }
    }

    /// Whether a policy has cut it off, or may have.
    pub fn is_cut_off(self) -> bool {
        matches!(self, Self::Severed | Self::Undecided { is_reported: true, .. })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Conclusion::{ClosedByUser, Severed, Wait};
    use super::*;

    #[test]
    fn tells_a_cut_off_popup_from_a_closed_one() {
        type Look = (bool, bool, u32, Conclusion);
        let cases: &[(&str, &[Look])] = &[
            (
                "open again after it read closed",
                &[
                    (true, true, 4000, Wait),
                    (false, true, 5000, Wait),
                    (true, true, 60_000, Wait),
                    (true, true, 61_000, ClosedByUser),
                ],
            ),
            ("open all the time", &[(false, false, 250, Wait), (false, true, 5000, Wait)]),
            (
                "cut off by the provider's page at once, then looked at for long",
                &[(true, false, 200, Severed), (true, true, 900, Wait), (true, true, 60_000, Wait)],
            ),
            (
                "cut off while our page still has the focus",
                &[(true, true, 200, Severed), (true, true, 5000, Wait)],
            ),
            ("cut off just early enough", &[(true, true, 999, Severed), (true, true, 9000, Wait)]),
            (
                "closed as soon as that means something",
                &[(true, true, 1000, Wait), (true, true, 1999, Wait), (true, true, 2000, ClosedByUser)],
            ),
            (
                "closed by the user, who is back on our page",
                &[
                    (false, false, 4000, Wait),
                    (true, true, 4250, Wait),
                    (true, true, 5000, Wait),
                    (true, true, 5250, ClosedByUser),
                ],
            ),
            (
                "cut off by a bank's page, while the user is over there",
                &[(true, false, 4000, Severed), (true, false, 300_000, Wait)],
            ),
            (
                "undecided, then the user comes back",
                &[(true, false, 4000, Severed), (true, true, 9000, Wait), (true, true, 10_000, ClosedByUser)],
            ),
            (
                "the focus comes and goes",
                &[
                    (true, true, 4000, Wait),
                    (true, false, 4500, Severed),
                    (true, true, 4900, Wait),
                    (true, true, 5500, Wait),
                ],
            ),
        ];
        for (name, looks) in cases {
            let mut popup = Popup::default();
            for (is_closed, has_focus, at_ms, expected) in *looks {
                assert_eq!(popup.look(*is_closed, *has_focus, *at_ms), *expected, "{name}, at {at_ms} ms");
            }
        }
    }
}
