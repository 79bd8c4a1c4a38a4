//! Tokens, codes and links that are good for some time, and the header that carries them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use rand::RngExt;
use rand::distr::Alphanumeric;

/// By token: what it stands for, and until when it is good.
pub(crate) struct Tokens<T>(HashMap<String, (T, Instant)>);

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Tokens<T> {
    /// A new one, of letters and digits that cannot be guessed.
    pub fn issue(&mut self, stands_for: T, lifetime: Duration) -> String {
        let token = random(32);
        self.insert(token.clone(), stands_for, lifetime);
        token
    }

    pub fn insert(&mut self, token: String, stands_for: T, lifetime: Duration) {
        self.0.insert(token, (stands_for, Instant::now() + lifetime));
    }

    /// `None`: it is unknown or has expired.
    pub fn get(&self, token: &str) -> Option<&T> {
        self.0.get(token).filter(|(_, end)| *end > Instant::now()).map(|(stands_for, _)| stands_for)
    }

    /// By the header of a request.
    pub fn bearer(&self, headers: &HeaderMap) -> Option<&T> {
        self.get(credentials(headers, "Bearer")?)
    }

    /// Takes it out of circulation. `None`: it is unknown, used or has expired.
    pub fn take(&mut self, token: &str) -> Option<T> {
        self.0.remove(token).filter(|(_, end)| *end > Instant::now()).map(|(stands_for, _)| stands_for)
    }

    /// None is good any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn retain(&mut self, mut keeps: impl FnMut(&T) -> bool) {
        self.0.retain(|_, (stands_for, _)| keeps(stands_for));
    }
}

/// Letters and digits that cannot be guessed.
pub(crate) fn random(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

/// A new one, as text.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The credentials under a scheme, whose name counts in any case: RFC 9110, section 11.1.
pub(crate) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| credentials.trim_start_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_until_it_is_taken_or_expires() {
        let mut tokens = Tokens::default();
        let [long, short] = [60, 0].map(|seconds| tokens.issue(seconds, Duration::from_secs(seconds)));
        assert_eq!((tokens.get(&long), tokens.get(&short)), (Some(&60), None));
        assert_eq!((tokens.take(&long), tokens.take(&long), tokens.take(&short)), (Some(60), None, None));
        assert_eq!(tokens.get("unknown"), None);
    }

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
