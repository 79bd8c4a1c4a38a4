//! What the header `Authorization` says.

use std::collections::HashMap;
use std::time::Instant;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The credentials under a scheme, whose name counts in any case: RFC 9110, section 11.1.
pub(crate) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| credentials.trim_start_matches(' '))
}

/// Whether the bearer token is one of these and in date.
pub(crate) fn has_live_token(headers: &HeaderMap, tokens: &HashMap<String, Instant>) -> bool {
    credentials(headers, "Bearer")
        .and_then(|token| tokens.get(token))
        .is_some_and(|expiry| *expiry > Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_scheme_counts_in_any_case() {
        for (header, found) in [
            ("Bearer t", Some("t")),
            ("bearer t", Some("t")),
            ("BEARER  t", Some("t")),
            ("Bearer", None),
            ("Bearert", None),
            ("Basic t", None),
            ("t", None),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
            assert_eq!(credentials(&headers, "Bearer"), found, "{header}");
        }
        assert_eq!(credentials(&HeaderMap::new(), "Bearer"), None);
    }
}
