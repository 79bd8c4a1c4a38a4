//! What a page's Content-Security-Policy must allow.

use crate::error::{Checked, ErrorCode, LinkError};
use crate::provider::Provider;
use crate::provider::fields::Fields;
use crate::url::{Url, secure};

/// The origin that `frame-src` must allow if the provider's page is framed. `None` if it depends on the customer and no
/// `url`, the one that will be opened, is given.
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
            Err(error) => Err(error.for_provider(provider)),
        },
        None => Ok(provider.protocol().origin().map(str::to_owned)),
    }
}

/// The error in a browser's report that a policy, the page's or the provider's, blocked a frame at this origin; `None`
/// if the report is about something else. `blockedURL` is a URL or, if the browser hides that, an origin.
///
/// Reports of report-only policies do not count: their disposition is not `enforce`.
pub(crate) fn refusal(report: &dyn Fields, origin: &str) -> Option<Box<LinkError>> {
    let (why, what_to_do) = match report.text("effectiveDirective").map(String::as_str) {
        Some("frame-src") => (
            "The page's Content-Security-Policy does not allow a frame of ",
            ". Add it to the frame-src directive.",
        ),
        Some("frame-ancestors") => (
            "The provider does not allow this site to frame ",
            ". Have this site's origin listed with the provider.",
        ),
        // An embedder policy has no directives, and refuses images and the like as well.
        None if report.is("destination", "iframe") => (
            "The page's Cross-Origin-Embedder-Policy does not allow a frame of ",
            ". Leave the header out on this page, or use mode 'popup' or 'redirect'.",
        ),
        _ => return None,
    };
    let is_ours = Url::parse(report.text("blockedURL")?).is_some_and(|url| url.origin() == origin);
    if !is_ours || !report.is("disposition", "enforce") {
        return None;
    }
    Some(LinkError::new(ErrorCode::FrameBlocked, &[why, origin, what_to_do].concat()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::provider::fields::Json;
    use serde_json::json;

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
            (Some("frame-src"), "enforce", "https://auth.fiskil.com", true),
            (Some("frame-src"), "enforce", "https://auth.fiskil.com/?sess_id=1", true),
            (Some("frame-ancestors"), "enforce", "https://auth.fiskil.com/?sess_id=1", true),
            (None, "enforce", "https://auth.fiskil.com/?sess_id=1", true),
            (Some("frame-ancestors"), "enforce", "https://other.example/", false),
            (None, "reporting", "https://auth.fiskil.com/", false),
            (Some("frame-src"), "report", "https://auth.fiskil.com", false),
            (Some("script-src"), "enforce", "https://auth.fiskil.com", false),
            (Some("frame-src"), "enforce", "https://auth.fiskil.com.evil.example", false),
            (Some("frame-src"), "enforce", "https://evil.example/https://auth.fiskil.com/", false),
            (Some("frame-src"), "enforce", "inline", false),
            (Some("frame-src"), "enforce", "", false),
        ] {
            let report = json!({
                "effectiveDirective": directive,
                "destination": "iframe",
                "disposition": disposition,
                "blockedURL": blocked,
            });
            let error = refusal(&Json::new(&report), ORIGIN);
            assert_eq!(error.is_some(), is_refusal, "{directive:?} {disposition} {blocked}");
            assert!(error.is_none_or(|error| error.message.contains(ORIGIN)));
        }
        let image = json!({ "destination": "image", "disposition": "enforce", "blockedURL": ORIGIN });
        assert!(refusal(&Json::new(&image), ORIGIN).is_none());
        assert!(refusal(&Json::new(&json!({})), ORIGIN).is_none());
    }
}
