//! What a page's Content-Security-Policy must allow.

use crate::error::{Checked, ErrorCode, LinkError};
use crate::provider::Provider;
use crate::url::{Url, secure};

/// The origin that `frame-src` must name where the provider's page is framed. `None`: it depends on the
/// customer, and `url`, what will be opened, is not given.
///
/// # Errors
/// LINK_INVALID_OPTIONS: `url` is not one that may be opened.
pub fn frame_source(provider: Provider, url: Option<&str>) -> Result<Option<String>, LinkError> {
    source(provider, url).map_err(|error| *error)
}

/// See [`frame_source`].
pub(crate) fn source(provider: Provider, url: Option<&str>) -> Checked<Option<String>> {
    match url {
        Some(url) => match secure("url", Some(url)) {
            Ok(url) => Ok(Some(url.origin().to_owned())),
            Err(error) => Err(error.of(provider)),
        },
        None => Ok(provider.protocol().origin().map(str::to_owned)),
    }
}

/// What a report of the browser's says of a frame at this origin: that the page's policy refuses it. `None`: it is
/// about something else. `blocked` is the `blockedURI`, which is a URL or, where that is kept secret, an origin.
///
/// A policy may also only be tried out, and then reports what it would have refused: that is no `enforce`.
pub(crate) fn refusal(
    directive: &str,
    disposition: &str,
    blocked: &str,
    origin: &str,
) -> Option<Box<LinkError>> {
    let is_ours = Url::parse(blocked).is_some_and(|url| url.origin() == origin);
    if directive != "frame-src" || disposition != "enforce" || !is_ours {
        return None;
    }
    let message = [
        "The page's Content-Security-Policy does not allow this frame. Add ",
        origin,
        " to its frame-src directive.",
    ];
    Some(LinkError::new(ErrorCode::FrameBlocked, &message.concat()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn names_the_origin_that_is_framed() {
        let of = |url| frame_source(Provider::Fiskil, url).unwrap();
        assert_eq!(of(None).as_deref(), Some("https://auth.fiskil.com"));
        assert_eq!(
            of(Some("https://auth.staging.example/x?y")).as_deref(),
            Some("https://auth.staging.example")
        );
        assert!(frame_source(Provider::Fiskil, Some("javascript:alert(1)")).is_err());
        for &provider in Provider::ALL.iter().filter(|provider| **provider != Provider::Fiskil) {
            assert_eq!(frame_source(provider, None), Ok(None), "{provider}: the customer's own");
        }
    }

    #[test]
    fn a_refused_frame_is_told_from_other_reports() {
        const ORIGIN: &str = "https://auth.fiskil.com";
        for (directive, disposition, blocked, is_refusal) in [
            ("frame-src", "enforce", "https://auth.fiskil.com", true),
            ("frame-src", "enforce", "https://auth.fiskil.com/?sess_id=1", true),
            ("frame-src", "report", "https://auth.fiskil.com", false),
            ("script-src", "enforce", "https://auth.fiskil.com", false),
            ("frame-src", "enforce", "https://auth.fiskil.com.evil.example", false),
            ("frame-src", "enforce", "https://evil.example/https://auth.fiskil.com/", false),
            ("frame-src", "enforce", "inline", false),
            ("frame-src", "enforce", "", false),
        ] {
            let error = refusal(directive, disposition, blocked, ORIGIN);
            assert_eq!(error.is_some(), is_refusal, "{directive} {disposition} {blocked}");
            assert!(error.is_none_or(|error| error.message.contains(ORIGIN)));
        }
    }
}
