//! What a page's Content-Security-Policy must allow.

use crate::error::LinkError;
use crate::options::Mode;
use crate::provider::Provider;
use crate::url::Url;
use crate::value::{Record, put};

/// The directives with the sources to add to each.
///
/// `url` is what will be opened, where the provider's host depends on the customer.
///
/// # Errors
/// LINK_INVALID_OPTIONS: `url` is not one that may be opened.
pub fn directives(provider: Provider, url: Option<&str>, mode: Option<Mode>) -> Result<Record, LinkError> {
    let opened = url.map(|url| Url::secure("url", url).map(|url| url.origin())).transpose()?;
    let frame = opened.or_else(|| provider.origin().map(str::to_owned));
    let mut record = Record::new();
    if matches!(mode, None | Some(Mode::Overlay | Mode::Container)) {
        put(&mut record, "frame-src", frame.map(|origin| vec![origin]));
    }
    put(&mut record, "script-src", vec!["'wasm-unsafe-eval'"]);
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use serde_json::json;

    #[test]
    fn names_what_the_page_must_allow() {
        let of = |url| serde_json::to_value(Value::Record(directives(Provider::Fiskil, url, None).unwrap()));
        assert_eq!(
            of(None).unwrap(),
            json!({ "frame-src": ["https://auth.fiskil.com"], "script-src": ["'wasm-unsafe-eval'"] })
        );
        assert_eq!(
            of(Some("https://auth.staging.example/x?y")).unwrap()["frame-src"],
            json!(["https://auth.staging.example"])
        );
        assert!(directives(Provider::Fiskil, Some("javascript:alert(1)"), None).is_err());
    }
}
