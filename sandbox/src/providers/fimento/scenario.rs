//! How a consent flow can end. Chosen by `scenario` when the process is created, which the page then plays by itself.

use strum::{EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray};

/// One way to end.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumMessage, EnumProperty, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Scenario {
    /// The person of 199503096316: a salary, savings, no surprises.
    #[strum(message = "Consent given, good data", props(expect = "completed"))]
    Success,
    /// The person of 197710114682: quick loans, gambling, debt collection.
    #[strum(message = "Consent given, bad data", props(expect = "completed"))]
    BadData,
    /// What matters here is below: the server fetches a short-lived link, and the page embeds it.
    #[strum(message = "Consent given, then the visualisation", props(expect = "completed"))]
    Visualisation,
    /// The return URL says customerDeniedConsent.
    #[strum(message = "Consent declined", props(expect = "CONSENT_ENDUSER_DENIED"))]
    Denied,
    /// The bank refuses the sign-in; the return URL says authError.
    #[strum(message = "The sign-in fails", props(expect = "LINK_PROVIDER_ERROR"))]
    AuthError,
    /// The link is older than 24 hours; the return URL says error=link_expired.
    #[strum(message = "Expired link", props(expect = "LINK_PROVIDER_ERROR"))]
    ExpiredLink,
    /// The return URL says consent=revoked; all data is deleted.
    #[strum(message = "Consent revoked", props(expect = "CONSENT_ENDUSER_DENIED"))]
    Revoked,
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
    #[strum(message = "The page never answers", props(expect = "LINK_TIMEOUT", modes = "popup"))]
    NeverAnswers,
    /// The provider’s server holds the page back. A popup’s loading cannot be seen: only the whole flow’s time runs out.
    #[strum(message = "The page never loads", props(expect = "LINK_TIMEOUT", modes = "popup"))]
    NeverLoads,
}
