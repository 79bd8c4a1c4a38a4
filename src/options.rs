//! What a caller may ask for, checked once.

use crate::error::LinkError;
use crate::flow::origin::Origin;
use crate::provider::fields::Fields;
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// In a modal dialog.
    Overlay,
    /// Inside an element of the page.
    Container,
}

impl Mode {
    /// Its name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overlay => "overlay",
            Self::Container => "container",
        }
    }
}

/// What a caller may ask for, the same for every provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How to show the provider's page. `None`: an overlay, or a container where one is given.
    pub mode: Option<Mode>,
    /// How long the whole flow may take, in milliseconds; 0 or infinity: as long as it likes.
    /// 600,000 unless set.
    pub timeout_ms: f64,
    /// How long the provider's page may take to load, in milliseconds; 0 or infinity: as long as it
    /// likes. 30,000 unless set.
    pub load_timeout_ms: f64,
    /// The origin whose messages count. `None`: that of the opened URL.
    pub allowed_origin: Option<String>,
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
            title: None,
            locale: None,
            close_button: true,
        }
    }
}

impl Options {
    /// Reads the options that are plain values. Unknown names are ignored.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: an option is not of its type or outside its range.
    pub fn read<F: Fields>(source: &F) -> Result<Self, LinkError> {
        let defaults = Self::default();
        let mode = match text(source, "mode", MODES)?.as_deref() {
            None => None,
            Some("overlay") => Some(Mode::Overlay),
            Some("container") => Some(Mode::Container),
            Some(_) => return Err(LinkError::invalid("mode", MODES)),
        };
        let options = Self {
            mode,
            timeout_ms: milliseconds(source, "timeoutMs", defaults.timeout_ms)?,
            load_timeout_ms: milliseconds(source, "loadTimeoutMs", defaults.load_timeout_ms)?,
            allowed_origin: text(source, "allowedOrigin", "a string: one https origin")?,
            title: text(source, "title", A_STRING)?,
            locale: text(source, "locale", "a string: a BCP 47 language tag such as en-AU")?,
            close_button: match source.value("closeButton") {
                Ok(Value::Absent) => true,
                Ok(Value::Bool(flag)) => flag,
                _ => return Err(LinkError::invalid("closeButton", "true or false")),
            },
        };
        Ok(options)
    }

    /// The origin whose messages count, where the caller named one.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: not an origin.
    pub(crate) fn origin(&self) -> Result<Option<Origin>, LinkError> {
        self.allowed_origin.as_deref().map(Origin::from_option).transpose()
    }

    /// Checks the durations, which a Rust caller can set to anything.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: negative, or not a number.
    pub(crate) fn check(&self) -> Result<(), LinkError> {
        for (name, value) in [("timeoutMs", self.timeout_ms), ("loadTimeoutMs", self.load_timeout_ms)] {
            if value.is_nan() || value < 0.0 {
                return Err(LinkError::invalid(name, A_DURATION));
            }
        }
        Ok(())
    }
}

const MODES: &str = "'overlay' or 'container'";
const A_STRING: &str = "a string of at most 64 KiB";
const A_DURATION: &str = "a number of milliseconds, 0 or more; 0 and Infinity mean no limit";

/// An option that is a text.
///
/// # Errors
/// LINK_INVALID_OPTIONS, saying what it `takes`.
pub(crate) fn text<F: Fields>(source: &F, name: &str, takes: &str) -> Result<Option<String>, LinkError> {
    match source.value(name) {
        Ok(Value::Absent) => Ok(None),
        Ok(Value::Text(text)) => Ok(Some(text.into_owned())),
        _ => Err(LinkError::invalid(name, takes)),
    }
}

fn milliseconds<F: Fields>(source: &F, name: &str, default: f64) -> Result<f64, LinkError> {
    match source.value(name) {
        Ok(Value::Absent) => Ok(default),
        Ok(Value::Number(value)) if value >= 0.0 => Ok(value),
        _ => Err(LinkError::invalid(name, A_DURATION)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_given_is_the_defaults() {
        assert_eq!(Options::read(&json!({})), Ok(Options::default()));
        assert_eq!(Options::read(&json!({ "unknown": 1 })), Ok(Options::default()));
    }

    #[test]
    fn reads_each_option() {
        let given = json!({
            "mode": "container", "timeoutMs": 5, "loadTimeoutMs": 0, "allowedOrigin": "https://a.example",
            "title": "Bank", "locale": "fr", "closeButton": false,
        });
        assert_eq!(
            Options::read(&given),
            Ok(Options {
                mode: Some(Mode::Container),
                timeout_ms: 5.0,
                load_timeout_ms: 0.0,
                allowed_origin: Some("https://a.example".into()),
                title: Some("Bank".into()),
                locale: Some("fr".into()),
                close_button: false,
            })
        );
    }

    #[test]
    fn a_wrong_option_is_named_with_what_it_takes() {
        for (given, message) in [
            (json!({ "mode": "sideways" }), "mode must be 'overlay'"),
            (json!({ "mode": 1 }), "mode must be 'overlay'"),
            (json!({ "mode": null }), "mode must be 'overlay'"),
            (json!({ "timeoutMs": -1 }), "timeoutMs must be a number of milliseconds"),
            (json!({ "timeoutMs": "5" }), "timeoutMs must be a number of milliseconds"),
            (json!({ "loadTimeoutMs": -0.1 }), "loadTimeoutMs must be a number"),
            (json!({ "allowedOrigin": 5 }), "allowedOrigin must be a string"),
            (json!({ "title": {} }), "title must be a string"),
            (json!({ "title": "x".repeat(65 * 1024) }), "title must be a string of at most 64 KiB"),
            (json!({ "locale": true }), "locale must be a string"),
            (json!({ "closeButton": "no" }), "closeButton must be true or false"),
        ] {
            let error = Options::read(&given).expect_err(message);
            assert!(error.message.starts_with(message), "{error}");
        }
        let endless = Options { timeout_ms: f64::NAN, ..Options::default() };
        assert!(endless.check().is_err());
        let negative = Options { load_timeout_ms: -1.0, ..Options::default() };
        assert!(negative.check().is_err());
    }
}
