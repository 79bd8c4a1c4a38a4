//! What a caller may ask for, checked once.

use crate::error::{Checked, LinkError};
use serde::{Deserialize, Serialize};

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// In a modal dialog.
    Overlay,
    /// Inside an element that the caller passes, in Rust to `open_in`.
    Container,
    /// In a second window.
    Popup,
    /// In this tab, which leaves and comes back.
    Redirect,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Overlay, Self::Container, Self::Popup, Self::Redirect];

    /// The mode of this name.
    #[cfg(any(feature = "npm", all(test, not(target_arch = "wasm32"))))]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }

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
    /// How the provider's page is shown. `None`: in a container for `open_in`, otherwise as
    /// [`Provider::default_mode`](crate::Provider::default_mode) says.
    pub mode: Option<Mode>,
    /// How long the whole flow may take, in milliseconds. 0 or infinity: no limit. Default: 600,000.
    pub timeout_ms: f64,
    /// How long the provider's page may take to load, in milliseconds. 0 or infinity: no limit. Default: 30,000.
    pub load_timeout_ms: f64,
    /// The only origin whose messages count. `None`: that of the opened URL.
    pub allowed_origin: Option<String>,
    /// The `state` that the provider must send back, for providers that echo one.
    pub state: Option<String>,
    /// The page that the provider sends the user back to. Must be of this page's origin; may be relative. Only its
    /// origin and path are compared, or, if the answer carries the right `state`, only its origin.
    pub return_url: Option<String>,
    /// The heading of the dialog, and the accessible name of the dialog and the frame. `None`: the widget's own words.
    pub title: Option<String>,
    /// The language of the widget's own words, as a BCP 47 tag. The crate on its own has only English.
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
    /// Checks what the types do not: the durations and the state.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: a duration is negative or not a number, or the state is empty.
    pub(crate) fn check(&self) -> Checked<()> {
        for (name, value) in [("timeoutMs", self.timeout_ms), ("loadTimeoutMs", self.load_timeout_ms)] {
            if value.is_nan() || value < 0.0 {
                return Err(LinkError::invalid(name, A_DURATION));
            }
        }
        // An empty state would match an answer that anybody can forge.
        if self.state.as_deref() == Some("") {
            return Err(LinkError::invalid("state", A_STATE));
        }
        Ok(())
    }

    /// How the provider's page is shown: by `default` if the caller neither names a mode nor, as `in_element` says,
    /// passes an element.
    ///
    /// # Errors
    /// LINK_INVALID_OPTIONS: the mode and the element disagree about a container.
    pub(crate) fn mode_for(&self, default: Mode, in_element: bool) -> Checked<Mode> {
        let otherwise = if in_element { Mode::Container } else { default };
        match self.mode.unwrap_or(otherwise) {
            Mode::Container if !in_element => Err(LinkError::invalid("container", A_PLACE)),
            mode if in_element && mode != Mode::Container => {
                let takes = "'container' or left out if a container is given";
                Err(LinkError::invalid("mode", takes))
            }
            mode => Ok(mode),
        }
    }
}

// What options take, for the words of LINK_INVALID_OPTIONS.
pub(crate) const A_DURATION: &str = "a number of milliseconds, 0 or more; 0 and Infinity mean no limit";
#[cfg(any(feature = "npm", all(test, not(target_arch = "wasm32"))))]
pub(crate) const A_MODE: &str = "'overlay', 'container', 'popup' or 'redirect'";
pub(crate) const A_PLACE: &str = "an element of this page, the id of one, or a valid CSS selector";
pub(crate) const A_STATE: &str = "a string that is not empty, such as createState() returns";
pub(crate) const AN_ABORT_SIGNAL: &str = "an AbortSignal";
pub(crate) const AN_HTTPS_URL: &str = "a string: an https URL";
pub(crate) const AN_ORIGIN: &str = "one https origin without a path, such as https://auth.fiskil.com";
pub(crate) const OUR_URL: &str = "a URL of this page's own origin";

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::provider::Provider;

    #[test]
    fn a_mode_has_one_name() {
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
            assert_eq!(
                (Mode::from_name(mode.as_str()), mode.to_string()),
                (Some(mode), mode.as_str().into())
            );
            assert!(A_MODE.contains(mode.as_str()));
        }
        assert_eq!(Mode::from_name("Popup"), None);
    }

    #[test]
    fn an_element_makes_a_container_and_nothing_else_does() {
        let (container, mode) = (Err("container must be"), Err("mode must be"));
        for (provider, asked, in_element, expected) in [
            (Provider::Fiskil, None, false, Ok(Mode::Overlay)),
            (Provider::Flinks, None, false, Ok(Mode::Overlay)),
            (Provider::Finx, None, false, Ok(Mode::Overlay)),
            (Provider::Finqlink, None, false, Ok(Mode::Popup)),
            (Provider::Fiskil, None, true, Ok(Mode::Container)),
            (Provider::Finqlink, None, true, Ok(Mode::Container)),
            (Provider::Fiskil, Some(Mode::Redirect), false, Ok(Mode::Redirect)),
            (Provider::Finqlink, Some(Mode::Overlay), false, Ok(Mode::Overlay)),
            (Provider::Fiskil, Some(Mode::Container), true, Ok(Mode::Container)),
            (Provider::Fiskil, Some(Mode::Container), false, container),
            (Provider::Fiskil, Some(Mode::Overlay), true, mode),
            (Provider::Fiskil, Some(Mode::Popup), true, mode),
            (Provider::Fiskil, Some(Mode::Redirect), true, mode),
        ] {
            let got =
                Options { mode: asked, ..Options::default() }.mode_for(provider.default_mode(), in_element);
            match (&got, expected) {
                (Err(error), Err(start)) => assert!(error.message.starts_with(start), "{error}"),
                _ => assert_eq!(got.ok(), expected.ok(), "{provider} {asked:?} {in_element}"),
            }
        }
    }

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
            assert!(Options { timeout_ms: limit, ..Options::default() }.check().is_ok());
        }
    }
}
