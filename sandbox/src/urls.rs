//! Addresses: which are taken, and what is added to those that a person is sent to.

use anyhow::bail;
use serde_json::Value;
use url::Url;

/// Whether a text is an absolute http or https URL.
pub(crate) fn is_web_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// An absolute http or https URL, as it was given.
pub(crate) fn web_url(text: &str) -> anyhow::Result<String> {
    if is_web_url(text) {
        return Ok(text.into());
    }
    bail!("`{text}` must be an absolute http or https URL")
}

/// A return URL with the provider's parameters. A query of the merchant's own is kept.
pub(crate) fn with_query(url: &str, query: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.query_pairs_mut().extend_pairs(query);
    Some(url.into())
}

/// The return URL with another `state` than the merchant gave, as an attacker would send it.
pub(crate) fn with_wrong_state(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "state").map(|(n, v)| (n.into(), v.into())).collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("state", "somebody-elses-state");
    Some(url.into())
}

/// The page of the origin that is nobody's, which posts this message.
pub(crate) fn posting(stranger: &str, message: &Value) -> String {
    let mut url = Url::parse(stranger).expect("an origin of ours");
    url.set_fragment(Some(&message.to_string()));
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_of_the_merchants_own_is_kept() {
        let url = "https://app.example/back?tab=1&state=s";
        assert_eq!(with_query(url, &[("status", "a b")]).unwrap(), format!("{url}&status=a+b"));
        assert_eq!(
            with_wrong_state(url).unwrap(),
            "https://app.example/back?tab=1&state=somebody-elses-state"
        );
        assert_eq!(with_query("/back", &[]), None);
        assert_eq!(
            with_query("https://app.example/back?tab=1", &[("session_id", "a b")]).unwrap(),
            "https://app.example/back?tab=1&session_id=a+b"
        );
    }
}
