//! Takes an answer out of a URL, so that no code, login or state stays in an address.

use super::Provider;
use super::fields::cut;
use crate::url::{is_route, pairs};

/// The URL without the parameters of an answer of these providers: their own and those common to all, in the query and
/// in the fragment. The rest stays as it is, byte for byte.
pub(crate) fn scrubbed(url: &str, providers: &[Provider]) -> String {
    let (before, fragment) = cut(url, b'#');
    let mut clean = String::new();
    let (page, query) = cut(before, b'?');
    clean.push_str(page);
    push_without_answer(&mut clean, "?", query, providers);
    if let Some(fragment) = fragment {
        if is_route(fragment) {
            let (route, query) = cut(fragment, b'?');
            clean += "#";
            clean.push_str(route);
            push_without_answer(&mut clean, "?", query, providers);
        } else {
            push_without_answer(&mut clean, "#", Some(fragment), providers);
        }
    }
    clean
}

/// Appends the parameters that are no part of an answer, if any, after `separator`.
fn push_without_answer(clean: &mut String, mut separator: &str, query: Option<&str>, providers: &[Provider]) {
    let mut rest = query;
    while let Some(text) = rest {
        let (pair, others) = cut(text, b'&');
        let mut names = pairs(pair).into_iter();
        let is_theirs = names.next().is_some_and(|(name, _)| {
            ["state", "code", "status"].contains(&name.as_str())
                || name.starts_with("error")
                || providers.iter().any(|provider| provider.parameters().contains(&name.as_str()))
        });
        if !is_theirs {
            clean.push_str(separator);
            clean.push_str(pair);
            separator = "&";
        }
        rest = others;
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_out_of_a_url() {
        for (url, clean) in [
            ("https://a.example/p?page=1&code=c&state=s&x=%20+#f", "https://a.example/p?page=1&x=%20+#f"),
            ("https://a.example/?code=c#/back", "https://a.example/#/back"),
            ("https://a.example/#/back?code=c&tab=2&state=s", "https://a.example/#/back?tab=2"),
            ("https://a.example/#/back?code=c", "https://a.example/#/back"),
            ("https://a.example/#code=c&state=s", "https://a.example/"),
            ("https://a.example/#tab=2&code=c", "https://a.example/#tab=2"),
            ("https://a.example/#", "https://a.example/#"),
            ("https://a.example/p?code=c", "https://a.example/p"),
            ("https://a.example/p?c%6fde=c&code", "https://a.example/p"),
            ("https://a.example/p?error_uri=1&errors=2&flow_id=3&flow=4", "https://a.example/p?flow=4"),
            ("https://a.example/p?", "https://a.example/p?"),
            ("https://a.example/p", "https://a.example/p"),
        ] {
            assert_eq!(scrubbed(url, &[Provider::Finx]), clean, "{url}");
        }
    }
}
