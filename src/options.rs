//! What a caller may ask for, checked once.

use crate::error::{ErrorCode, LinkError};
use crate::value::Record;
use serde::{Deserialize, Serialize};

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// In a modal dialog.
    Overlay,
    /// Inside an element of the page.
    Container,
    /// In a second window.
    Popup,
    /// In this tab, which leaves and comes back.
    Redirect,
}

impl Mode {
    /// The modes, in the order of `browser/told.js`.
    pub const ALL: [Self; 4] = [Self::Overlay, Self::Container, Self::Popup, Self::Redirect];

    /// Its name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overlay => "overlay",
            Self::Container => "container",
            Self::Popup => "popup",
            Self::Redirect => "redirect",
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a caller may ask for, the same for every provider.
///
/// ```
/// use link_widget::{Mode, Options};
///
/// let options = Options { mode: Some(Mode::Popup), timeout_ms: 120_000.0, ..Options::default() };
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How the provider's page is shown. `None`: in a popup where the provider does not say that its pages may be
    /// framed, which are FinqLink and Fimento, else in an overlay; in a container for `open_in`.
    pub mode: Option<Mode>,
    /// How long the whole flow may take, in milliseconds; 0 or infinity: as long as it likes.
    /// 600,000 unless set.
    pub timeout_ms: f64,
    /// How long the provider's page may take to load, in milliseconds; 0 or infinity: as long as it
    /// likes. 30,000 unless set.
    pub load_timeout_ms: f64,
    /// The origin whose messages count. `None`: that of the opened URL.
    pub allowed_origin: Option<String>,
    /// The `state` that the provider must send back, for providers that echo one.
    pub state: Option<String>,
    /// The page that the provider sends the user back to, of this page's own origin. Only its origin and path count.
    pub return_url: Option<String>,
    /// The accessible name of the dialog and the frame. `None`: the widget's own words.
    pub title: Option<String>,
    /// The language of the words that the widget itself shows, as a BCP 47 tag.
    pub locale: Option<String>,
    /// Whether an overlay can be closed by a button and by Escape.
    pub close_button: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: None,
            timeout_ms: 600_000.0,
            load_timeout_ms: 30_000.0,
            allowed_origin: None,
            state: None,
            return_url: None,
            title: None,
            locale: None,
            close_button: true,
        }
    }
}

impl Options {
    /// Checks the durations, which a Rust caller can set to anything.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: negative, or not a number.
    pub fn check(&self) -> Result<(), LinkError> {
        for (name, value) in [("timeoutMs", self.timeout_ms), ("loadTimeoutMs", self.load_timeout_ms)] {
            if value.is_nan() || value < 0.0 {
                // As `read` in browser/stage.js words it.
                let takes = "a number of milliseconds, 0 or more; 0 and Infinity mean no limit";
                return Err(LinkError::new(ErrorCode::InvalidOptions, format!("{name} must be {takes}.")));
            }
        }
        Ok(())
    }

    /// Adds to the fields of a target those that decide something.
    pub(crate) fn put_into(&self, fields: Record) {
        let turn = fields.value().turn();
        for (name, text) in
            [("allowedOrigin", &self.allowed_origin), ("state", &self.state), ("returnUrl", &self.return_url)]
        {
            fields.maybe(name, text.as_ref().map(|text| turn.text(text)));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_none_is_refused() {
        for limit in [f64::NAN, -1.0, -0.1, f64::NEG_INFINITY] {
            for options in [
                Options { timeout_ms: limit, ..Options::default() },
                Options { load_timeout_ms: limit, ..Options::default() },
            ] {
                let error = options.check().expect_err("a wrong limit");
                assert!(error.message.contains("imeoutMs must be a number of milliseconds"), "{error}");
            }
        }
        for limit in [0.0, 0.5, 1e12, f64::INFINITY] {
            assert_eq!(Options { timeout_ms: limit, ..Options::default() }.check(), Ok(()));
        }
    }
}
