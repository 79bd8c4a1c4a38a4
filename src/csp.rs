//! What a page's Content-Security-Policy must allow.

use crate::error::{Failure, LinkError};
use crate::provider::Provider;
use crate::url::secure;
use crate::value::{Text, Turn, in_turn};

/// The origin that `frame-src` must name where the provider's page is framed. `None`: it depends on the
/// customer, and `url`, what will be opened, is not given.
///
/// # Errors
/// LINK_INVALID_OPTIONS: `url` is not one that may be opened.
pub fn frame_source(provider: Provider, url: Option<&str>) -> Result<Option<String>, LinkError> {
    in_turn(|turn| {
        let source = source(turn, provider, url.map(|url| turn.text(url)))?;
        Ok(source.map(|source| source.to_string()))
    })
}

/// See [`frame_source`].
pub(crate) fn source<'t>(
    turn: Turn<'t>,
    provider: Provider,
    url: Option<Text<'t>>,
) -> Result<Option<Text<'t>>, Failure<'t>> {
    match url {
        Some(url) => Ok(Some(secure(turn, Some(url), "url")?.part("origin"))),
        None => Ok(provider.origin().map(|origin| turn.text(origin))),
    }
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
    }
}
