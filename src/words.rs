//! The words that the widget itself shows.

/// In one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The name of the dialog and of the frame, where the page gives none.
    pub title: &'static str,
    /// What a person who cannot see the spinner is told.
    pub loading: &'static str,
    /// The name of the close button.
    pub close: &'static str,
}

/// English.
pub(crate) const ENGLISH: Words =
    Words { title: "Connect your bank", loading: "Loading\u{2026}", close: "Close" };
