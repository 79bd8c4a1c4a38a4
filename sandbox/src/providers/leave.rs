//! How a page ends that posts no messages: it sends the person back to the merchant. Its script is `pages/leave.js`.

use serde::Serialize;

/// What the page is to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "next", rename_all = "kebab-case")]
pub(crate) enum Leave {
    /// Goes to the merchant's return URL.
    Return { url: String },
    /// Shows a link that opens the return URL in another tab, as a bank's app does.
    Elsewhere { url: String },
    /// There is no return URL: the page says that it is over.
    Done,
    /// Nothing happens any more.
    Wait,
    /// The window closes itself.
    Close,
}
