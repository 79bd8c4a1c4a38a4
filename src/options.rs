//! What a caller may ask for, checked once.

use crate::error::LinkError;
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
    /// The modes, in the order of `browser/stage.js`.
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

/// One value that a caller gave.
#[derive(Debug)]
pub enum Value {
    /// Not given.
    Absent,
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Flag(bool),
    /// What no option takes: another type, a text over 64 KiB, a getter that throws.
    Other,
}

/// The plain values that a caller gave.
pub trait Given {
    /// The one of this name.
    fn value(&self, name: &str) -> Value;

    /// The strings, numbers and booleans in the record of this name, as text.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: it is no record, or has other values.
    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, LinkError>;
}

/// What an option takes that is a record of parameters.
pub const PAIRS: &str = "an object of strings, numbers and booleans";

#[cfg(not(target_arch = "wasm32"))]
impl Given for serde_json::Value {
    fn value(&self, name: &str) -> Value {
        match self.get(name) {
            None => Value::Absent,
            Some(Self::String(text)) if text.len() <= crate::provider::fields::LIMIT => {
                Value::Text(text.clone())
            }
            Some(Self::Number(number)) => number.as_f64().map_or(Value::Other, Value::Number),
            Some(Self::Bool(flag)) => Value::Flag(*flag),
            _ => Value::Other,
        }
    }

    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, LinkError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let invalid = || LinkError::invalid(name, PAIRS);
        let text = |(name, value): (&String, &Self)| {
            let text = match value {
                Self::String(text) => text.clone(),
                Self::Number(_) | Self::Bool(_) => value.to_string(),
                _ => return Err(invalid()),
            };
            Ok((name.clone(), text))
        };
        value.as_object().ok_or_else(invalid)?.iter().map(text).collect()
    }
}

/// What a caller may ask for, the same for every provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
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
    /// The page that the provider sends the user back to, as an absolute URL. Only its origin and path count.
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
    /// Reads the options that decide something. Those that concern the page are read where the page is
    /// changed, in `browser/stage.js`.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: an option is not of its type. [`crate::flow::Flow::begin`] checks the rest.
    pub fn read(given: &impl Given) -> Result<Self, LinkError> {
        let mut options = Self::default();
        for (name, limit) in
            [("timeoutMs", &mut options.timeout_ms), ("loadTimeoutMs", &mut options.load_timeout_ms)]
        {
            match given.value(name) {
                Value::Absent => {}
                Value::Number(value) => *limit = value,
                _ => *limit = f64::NAN,
            }
        }
        options.allowed_origin = text(given, "allowedOrigin", AN_ORIGIN)?;
        options.state = text(given, "state", "a string, as createState() gives it")?;
        options.return_url = text(given, "returnUrl", RETURN_URL)?;
        Ok(options)
    }

    /// Checks the durations, which a Rust caller can set to anything.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: negative, or not a number.
    pub fn check(&self) -> Result<(), LinkError> {
        for (name, value) in [("timeoutMs", self.timeout_ms), ("loadTimeoutMs", self.load_timeout_ms)] {
            if value.is_nan() || value < 0.0 {
                return Err(LinkError::invalid(name, A_DURATION));
            }
        }
        Ok(())
    }
}

/// What `allowedOrigin` takes.
pub(crate) const AN_ORIGIN: &str = "one https origin without a path, such as https://auth.fiskil.com";
/// What `returnUrl` takes.
pub(crate) const RETURN_URL: &str = "a URL of this page's own origin";
const A_DURATION: &str = "a number of milliseconds, 0 or more; 0 and Infinity mean no limit";

/// An option that is a text.
///
/// # Errors
/// LINK_INVALID_OPTIONS, saying what it `takes`.
pub(crate) fn text(given: &impl Given, name: &str, takes: &str) -> Result<Option<String>, LinkError> {
    match given.value(name) {
        Value::Absent => Ok(None),
        Value::Text(text) => Ok(Some(text)),
        _ => Err(LinkError::invalid(name, takes)),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
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
        let given = json!({ "timeoutMs": 5, "loadTimeoutMs": 0, "allowedOrigin": "https://a.example" });
        let options = Options {
            timeout_ms: 5.0,
            load_timeout_ms: 0.0,
            allowed_origin: Some("https://a.example".into()),
            ..Options::default()
        };
        assert_eq!(Options::read(&given), Ok(options));
    }

    #[test]
    fn a_wrong_option_is_named_with_what_it_takes() {
        for (given, message) in [
            (json!({ "timeoutMs": -1 }), "timeoutMs must be a number of milliseconds"),
            (json!({ "timeoutMs": "5" }), "timeoutMs must be a number of milliseconds"),
            (json!({ "timeoutMs": null }), "timeoutMs must be a number of milliseconds"),
            (json!({ "loadTimeoutMs": -0.1 }), "loadTimeoutMs must be a number"),
            (json!({ "allowedOrigin": 5 }), "allowedOrigin must be one https origin"),
            (json!({ "allowedOrigin": "x".repeat(65 * 1024) }), "allowedOrigin must be one https origin"),
        ] {
            let error = Options::read(&given).and_then(|options| options.check()).expect_err(message);
            assert!(error.message.starts_with(message), "{error}");
        }
        for limit in [f64::NAN, -1.0] {
            assert!(Options { timeout_ms: limit, ..Options::default() }.check().is_err());
            assert!(Options { load_timeout_ms: limit, ..Options::default() }.check().is_err());
        }
    }
}
