//! How a flow can end. Chosen by the customer number typed in, or by `scenario` when the link is created.

use strum::{EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray};

/// One way for a flow to end. Its name in JSON is also the customer number that chooses it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Scenario {
    /// The person shares all accounts.
    #[strum(message = "Bank connected")]
    #[strum(props(expect = "completed", typed = true, words = "customer-success"))]
    Success,
    /// The message’s query is empty; its location carries everything.
    #[strum(message = "Bank connected, the code in location alone")]
    #[strum(props(expect = "completed", typed = true, words = "customer-location"))]
    SuccessLocationOnly,
    /// The person pays: a success without a code, whose receipt the server reads.
    #[strum(message = "Payment made", props(expect = "completed"))]
    Payment,
    /// The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.
    #[strum(message = "Bank connected in a severed popup", props(expect = "completed", modes = "popup"))]
    Severed,
    /// The page has its answer; the server’s exchange of the code then fails.
    #[strum(message = "Bank connected, the code expired")]
    #[strum(props(expect = "completed", typed = true, words = "customer-expired"))]
    ExpiredCode,
    /// The person presses Cancel there.
    #[strum(message = "Cancelled in the provider’s page")]
    #[strum(props(expect = "LINK_USER_CANCELLED", typed = true, words = "customer-cancel"))]
    Cancel,
    /// The answer is success=false, and nobody cancelled.
    #[strum(message = "The bank fails")]
    #[strum(props(expect = "LINK_PROVIDER_ERROR", typed = true, words = "customer-failure"))]
    Failure,
    /// The answer carries error=access_denied.
    #[strum(message = "Access denied")]
    #[strum(props(expect = "CONSENT_ENDUSER_DENIED", typed = true, words = "customer-denied"))]
    Denied,
    /// The answer is a success with another state than the server gave.
    #[strum(message = "Somebody else’s state")]
    #[strum(props(expect = "LINK_STATE_MISMATCH", typed = true, words = "customer-swapped"))]
    StateSwapped,
    /// The answer is a success that leaves the state out.
    #[strum(message = "No state")]
    #[strum(props(expect = "LINK_STATE_MISMATCH", typed = true, words = "customer-missing"))]
    StateMissing,
    /// The page goes to another origin, which claims success: it is not heard.
    #[strum(message = "A success from another origin")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "overlay container popup", typed = true))]
    #[strum(props(words = "customer-stranger"))]
    Stranger,
    /// It loads, and then nothing happens.
    #[strum(message = "The page never answers")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "overlay container popup", typed = true))]
    #[strum(props(words = "customer-never"))]
    NeverAnswers,
    /// The provider’s server holds the page back.
    #[strum(message = "The page never loads")]
    #[strum(props(expect = "LINK_LOAD_TIMEOUT", modes = "overlay container"))]
    NeverLoads,
}

impl Scenario {
    /// Whether the person gets through.
    pub fn connects(self) -> bool {
        matches!(
            self,
            Self::Success
                | Self::SuccessLocationOnly
                | Self::Payment
                | Self::Severed
                | Self::ExpiredCode
                | Self::StateSwapped
                | Self::StateMissing
        )
    }
}
