//! How a page ends that posts no messages: it sends the person back to the merchant. Its script is `pages/leave.js`.

use serde::Serialize;
use url::Url;

/// What the page is to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "next", rename_all = "kebab-case")]
pub(crate) enum Leave {
    /// Goes to the merchant's return URL.
    Return { url: String },
    /// Shows a link that opens the return URL in another tab, as a bank's app does.
    Elsewhere { url: String },
    /// There is no return URL: the page says that it is over.
    Done,
    /// Nothing happens any more.
    Wait,
    /// The window closes itself.
    Close,
}

/// The merchant's return URL with the provider's parameters. A query of the merchant's own is kept.
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
    }
}
