//! The record that a redirect leaves behind, and what a page does with it that the user comes back to.

use crate::error::LinkError;
use crate::provider::{LinkResult, Outcome, Provider, wrong_state};
use crate::url::{Query, Url};

/// A flow that left by redirect.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Whose page it left for.
    pub provider: Provider,
    /// The `state` that its callback must carry. `None`: its provider echoes none.
    pub state: Option<String>,
    /// Where it comes back to; only origin and path count.
    pub return_url: Option<String>,
    /// Until when, in milliseconds since 1970.
    pub expires_ms: f64,
}

/// What a URL is to a page that flows may come back to.
#[derive(Clone, Debug, PartialEq)]
pub enum Return {
    /// No callback: the page is left alone.
    None,
    /// The callback of this record, which has expired: it is removed, and the URL scrubbed.
    Expired(usize),
    /// A callback, but of none of the records: they stay, the URL is scrubbed.
    Foreign(LinkError),
    /// The callback of this record, which is consumed, and the URL scrubbed.
    Answer(usize, Result<LinkResult, LinkError>),
}

/// Decides what `url` is, at `now_ms` since 1970.
pub fn come_back(pending: &[Pending], url: &str, now_ms: f64) -> Return {
    if !Url::may_be_callback(url) {
        return Return::None;
    }
    let query = Query::of(url);
    let state = query.get("state");
    let by_state = pending.iter().position(|record| record.state.is_some() && record.state == state);
    let found = by_state.or_else(|| {
        pending.iter().position(|record| {
            let is_here = match &record.return_url {
                Some(_) => record.returns_to(url),
                None => pending.len() == 1,
            };
            record.state.is_none() && is_here && record.provider.is_callback(&query)
        })
    });
    let Some(index) = found else {
        let mut expecting = pending.iter().filter(|record| record.state.is_some());
        return match expecting.find(|record| state.is_some() || record.provider.is_callback(&query)) {
            Some(record) => Return::Foreign(wrong_state().of(record.provider)),
            None => Return::None,
        };
    };
    let Some(record) = pending.get(index) else { return Return::None };
    if record.return_url.is_some() && !record.returns_to(url) {
        // A state that belongs to another page's callback.
        return Return::Foreign(wrong_state().of(record.provider));
    }
    if now_ms >= record.expires_ms {
        return Return::Expired(index);
    }
    match record.provider.parse_callback(url) {
        Outcome::Completed(result) => Return::Answer(index, Ok(result)),
        Outcome::Failed(error) => Return::Answer(index, Err(error)),
        Outcome::Step(_) => Return::None,
    }
}

impl Pending {
    fn returns_to(&self, url: &str) -> bool {
        self.return_url.as_deref().is_some_and(|page| is_page(page, url))
    }
}

/// Whether a URL is of this page: its origin and path.
pub(crate) fn is_page(page: &str, url: &str) -> bool {
    match (Url::parse(page), Url::parse(url)) {
        (Some(page), Some(url)) => page.origin() == url.origin() && page.path() == url.path(),
        _ => false,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const PAGE: &str = "https://shop.example/back";

    fn record(provider: Provider, state: Option<&str>, return_url: Option<&str>) -> Pending {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Pending { provider, state: owned(state), return_url: owned(return_url), expires_ms: 1000.0 }
    }

    fn shown(back: Return) -> String {
        match back {
            Return::None => "null".into(),
            Return::Expired(index) => format!("expired {index}"),
            Return::Foreign(error) => format!("foreign {}", error.code),
            Return::Answer(index, Ok(_)) => format!("{index} completed"),
            Return::Answer(index, Err(error)) => format!("{index} {}", error.code),
        }
    }

    #[test]
    fn a_url_is_the_callback_of_its_own_record_only() {
        let finx = || record(Provider::Finx, Some("S1"), None);
        let fimento = || record(Provider::Fimento, Some("S2"), Some(PAGE));
        let fiskil = || record(Provider::Fiskil, None, Some(PAGE));
        let flinks = || record(Provider::Flinks, None, None);
        let foreign = "foreign LINK_STATE_MISMATCH";
        let cases: &[(Vec<Pending>, &str, &str)] = &[
            // found by its state
            (vec![finx()], "https://shop.example/?code=c&state=S1", "0 completed"),
            (vec![finx()], "https://shop.example/any?cancel=true&state=S1", "0 LINK_USER_CANCELLED"),
            (vec![fimento(), finx()], "https://shop.example/?code=c&state=S1", "1 completed"),
            (vec![fimento()], "https://shop.example/back?state=S2", "0 completed"),
            // cold, replayed, swapped
            (vec![], "https://shop.example/?code=c&state=S1", "null"),
            (vec![finx()], "https://shop.example/?code=c&state=other", foreign),
            (vec![finx()], "https://shop.example/?code=c", foreign),
            (vec![finx()], "https://shop.example/?success=true", foreign),
            (vec![finx()], "https://shop.example/?state=", foreign),
            // another record's state on this page
            (vec![finx(), fimento()], "https://shop.example/?state=S2", foreign),
            (vec![fimento()], "https://evil.example/back?state=S2", foreign),
            (vec![fimento()], "https://shop.example/back/?state=S2", foreign),
            // no callback at all
            (vec![finx()], "https://shop.example/?page=2", "null"),
            (vec![finx()], "https://shop.example/", "null"),
            (vec![finx()], "not a URL", "null"),
            // providers that echo no state: by the return URL, or by being the only one
            (vec![fiskil()], "https://shop.example/back?session_id=1", "0 completed"),
            (vec![fiskil()], "https://shop.example/back?error=access_denied", "0 CONSENT_ENDUSER_DENIED"),
            (vec![fiskil()], "https://shop.example/back", "null"),
            (vec![fiskil()], "https://shop.example/elsewhere?session_id=1", "null"),
            (vec![flinks()], "https://shop.example/any?loginId=1", "0 completed"),
            (vec![flinks(), fiskil()], "https://shop.example/any?loginId=1", "null"),
            (vec![flinks(), fiskil()], "https://shop.example/back?consent_id=1", "1 completed"),
            (vec![flinks(), finx()], "https://shop.example/any?loginId=1", "null"),
        ];
        for (pending, url, expected) in cases {
            assert_eq!(shown(come_back(pending, url, 0.0)), *expected, "{url} {pending:?}");
        }
    }

    #[test]
    fn an_expired_record_gives_nothing() {
        let pending = [record(Provider::Finx, Some("S1"), None)];
        let at = |now_ms| shown(come_back(&pending, "https://shop.example/?code=c&state=S1", now_ms));
        assert_eq!(at(999.0), "0 completed");
        assert_eq!(at(1000.0), "expired 0");
    }
}
