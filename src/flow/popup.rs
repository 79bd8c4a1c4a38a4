//! Whether a popup that reads `closed` was closed by the user.
//!
//! A Cross-Origin-Opener-Policy on the provider's page, or on a bank's page later in the flow, cuts the
//! popup off: it reads `closed` from then on, while the user goes on in it.

/// Within this time after opening, in milliseconds, `closed` is the work of a policy.
const EARLY_MS: u32 = 1000;

/// For so long the user must have been back on our page, in milliseconds, without an answer arriving.
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

/// Looks at a popup from time to time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Popup {
    is_severed: bool,
    is_reported: bool,
    back_since: Option<u32>,
}

impl Popup {
    /// As two numbers: what is known of it, and since when the user is back, if he is.
    #[cfg(any(all(test, not(target_arch = "wasm32")), feature = "npm"))]
    pub(super) fn numbers(self) -> (f64, f64) {
        let known = u8::from(self.is_severed) + 2 * u8::from(self.is_reported);
        (f64::from(known), self.back_since.map_or(f64::NAN, f64::from))
    }

    /// The popup of these numbers; `None`: there is none.
    #[cfg(any(all(test, not(target_arch = "wasm32")), feature = "npm"))]
    pub(super) fn of(known: f64, back_since: f64) -> Option<Self> {
        let (bits, is_back) = (known as i32, !back_since.is_nan());
        (!known.is_nan()).then_some(Self {
            is_severed: bits & 1 != 0,
            is_reported: bits & 2 != 0,
            back_since: is_back.then_some(back_since as u32),
        })
    }

    /// `at_ms`: since the popup was opened. `has_focus`: our page has the focus.
    pub fn look(&mut self, is_closed: bool, has_focus: bool, at_ms: u32) -> Conclusion {
        if !is_closed || self.is_severed {
            return Conclusion::Wait;
        }
        if at_ms < EARLY_MS {
            self.is_severed = true;
            return self.report();
        }
        if !has_focus {
            self.back_since = None;
            return self.report();
        }
        let since = *self.back_since.get_or_insert(at_ms);
        if at_ms.saturating_sub(since) < PATIENCE_MS { Conclusion::Wait } else { Conclusion::ClosedByUser }
    }

    /// Whether a policy has cut it off, or may have.
    pub fn is_cut_off(self) -> bool {
        self.is_reported
    }

    fn report(&mut self) -> Conclusion {
        if std::mem::replace(&mut self.is_reported, true) { Conclusion::Wait } else { Conclusion::Severed }
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
            ("open all the time", &[(false, false, 250, Wait), (false, true, 5000, Wait)]),
            (
                "cut off by the provider's page at once, then looked at for long",
                &[(true, false, 200, Severed), (true, true, 900, Wait), (true, true, 60_000, Wait)],
            ),
            (
                "cut off while our page still has the focus",
                &[(true, true, 200, Severed), (true, true, 5000, Wait)],
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
