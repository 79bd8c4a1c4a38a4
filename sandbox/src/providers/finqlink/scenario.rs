//! How a payment or a consent can end. Chosen by the user name typed in, or by `scenario` when the link is created.

use strum::{EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray};

use super::status::Status;

/// One way to end. Its name in JSON is also the user name that chooses it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Scenario {
    /// The person shares accounts; the return URL says active.
    #[strum(message = "Consent given", props(expect = "completed"))]
    Success,
    /// The person pays 100.50 RON; the return URL says completed.
    #[strum(message = "Payment made", props(expect = "completed"))]
    Payment,
    /// The bank returns to the merchant, whose server relays the query string byte for byte.
    #[strum(message = "Straight to the bank (direct_sca)", props(expect = "completed"))]
    DirectSca,
    /// The bank returns to the merchant with error=access_denied.
    #[strum(message = "Straight to the bank, declined", props(expect = "CONSENT_ENDUSER_DENIED"))]
    DirectScaDenied,
    /// The person declines at the bank.
    #[strum(message = "Declined", props(expect = "CONSENT_ENDUSER_DENIED", typed = true))]
    Denied,
    /// The return URL says failed.
    #[strum(message = "The bank fails", props(expect = "LINK_PROVIDER_ERROR", typed = true))]
    Failed,
    /// The link is older than its expires_in; the return URL says expired.
    #[strum(message = "Expired link", props(expect = "CONSENT_TIMEOUT"))]
    Expired,
    /// The person has revoked the consent at the bank.
    #[strum(message = "Revoked", props(expect = "CONSENT_ENDUSER_DENIED", typed = true))]
    Revoked,
    /// The bank has suspended the consent.
    #[strum(message = "Suspended", props(expect = "LINK_PROVIDER_ERROR", typed = true))]
    Suspended,
    /// The payment is made, and the creditor’s bank rejects the funds.
    #[strum(message = "Funds rejected", props(expect = "LINK_PROVIDER_ERROR", typed = true))]
    FundsRejected,
    /// The return URL says error=server_error.
    #[strum(message = "An error of the provider’s", props(expect = "LINK_PROVIDER_ERROR", typed = true))]
    ProviderError,
    /// The provider’s Cross-Origin-Opener-Policy cuts the popup off; the answer comes by the return page.
    #[strum(message = "Consent given in a severed popup", props(expect = "completed", modes = "popup"))]
    SuccessSevered,
    /// The return page opens without an opener, and still finds the page that waits. One click.
    #[strum(message = "The bank returns in another tab", props(expect = "completed", modes = "popup"))]
    OtherTab,
    /// The return page opens in a tab that began nothing: resume() is null. One click.
    #[strum(message = "A callback that nobody waits for", props(expect = "none", modes = "redirect"))]
    ColdCallback,
    /// The return URL carries another state than the server gave.
    #[strum(message = "Somebody else’s state", props(expect = "LINK_STATE_MISMATCH"))]
    WrongState,
    /// The provider’s page closes its window without an answer.
    #[strum(message = "The popup closes itself", props(expect = "LINK_USER_CANCELLED", modes = "popup"))]
    ClosesItself,
    /// It loads, and then nothing happens.
    #[strum(message = "The page never answers")]
    #[strum(props(expect = "LINK_TIMEOUT", modes = "popup overlay container"))]
    NeverAnswers,
    /// The provider’s server holds the page back.
    #[strum(message = "The page never loads")]
    #[strum(props(expect = "LINK_LOAD_TIMEOUT", modes = "overlay container"))]
    NeverLoads,
    /// The provider’s server holds the page back. A popup’s loading cannot be seen: only the whole flow’s time runs out.
    #[strum(message = "The popup never loads", props(expect = "LINK_TIMEOUT", modes = "popup"))]
    NeverLoadsPopup,
}

impl Scenario {
    /// What the payment or consent becomes, step by step. `None`: nothing happens to it.
    pub fn statuses(self, pays: bool) -> Option<&'static [Status]> {
        Some(match self {
            Self::ClosesItself | Self::NeverAnswers | Self::NeverLoads | Self::NeverLoadsPopup => {
                return None;
            }
            Self::Denied | Self::DirectScaDenied | Self::Failed | Self::ProviderError => &[Status::Failed],
            Self::Expired => &[Status::Expired],
            Self::Revoked => &[Status::Revoked],
            Self::Suspended => &[Status::Suspended],
            Self::FundsRejected if pays => &[Status::Submitted, Status::Completed, Status::FundsRejected],
            Self::FundsRejected => &[Status::Failed],
            _ if pays => &[Status::Submitted, Status::Completed, Status::FundsReceived],
            _ => &[Status::Authorized, Status::Active],
        })
    }
}
