//! The record that a redirect leaves behind, and what a page does with it that the user comes back to.

use crate::provider::fields::Fields;
use crate::provider::{Answer, Provider, is_state, wrong_state};
use crate::url::{Query, is_page, is_same_origin, may_be_callback};

/// A flow that left by redirect.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Whose page it left for.
    pub provider: Provider,
    /// The `state` that its callback must carry. `None`: the caller gave none.
    pub state: Option<String>,
    /// Where it comes back to. Its origin and path count; with the right `state` its origin alone.
    pub return_url: Option<String>,
    /// Until when, in milliseconds since 1970. `None`: for ever.
    pub expires_ms: Option<f64>,
}

impl Pending {
    fn has_expired(&self, now_ms: f64) -> bool {
        self.expires_ms.is_some_and(|expires| now_ms >= expires)
    }

    /// Whether `url` is of the page that it comes back to. `None`: it does not say which.
    fn is_at(&self, url: &str) -> Option<bool> {
        self.return_url.as_ref().map(|page| is_page(page, url))
    }
}

/// The callback of one of the flows that left.
#[derive(Debug, PartialEq)]
pub struct Return {
    /// Whose record decided.
    pub provider: Provider,
    /// The place of the record that this consumes. `None`: it is of none of them, and they stay.
    pub consumed: Option<usize>,
    /// How the flow ended. `None`: its record has expired.
    pub answer: Option<Answer>,
}

/// Decides what `url` is to a page that these flows may come back to, at `now_ms` since 1970. `None`: no callback; the
/// page is left alone. In every other case the answer is taken out of the address.
pub fn come_back(records: &[Pending], url: &str, now_ms: f64) -> Option<Return> {
    if !may_be_callback(url) {
        return None;
    }
    let query = Query::with_fragment(url);
    let state = query.text("state");
    let (mut by_place, mut expecting) = (None, None);
    for (index, record) in records.iter().enumerate() {
        let is_callback = record.provider.is_callback(&query);
        match &record.state {
            // A server may have sent the user on within its origin, but not to where another flow comes back: that is the
            // answer to the one with the state of the other.
            Some(expected) if is_state(state, expected) => {
                let is_mixed_up = record.is_at(url) == Some(false)
                    && records.iter().any(|other| other.is_at(url) == Some(true));
                if is_mixed_up {
                    return Some(foreign(record.provider));
                }
                return Some(answer(record, index, url, now_ms));
            }
            Some(_) => {
                // On a page that it does not come back to, or no longer, these are the app's own.
                let is_awaited = record.is_at(url) != Some(false) && !record.has_expired(now_ms);
                if expecting.is_none() && is_awaited && (state.is_some() || is_callback) {
                    expecting = Some(record);
                }
            }
            None => {
                let is_only_one = || {
                    let is_other =
                        |(other, record): (usize, &Pending)| other != index && !record.has_expired(now_ms);
                    !records.iter().enumerate().any(is_other)
                };
                let is_here = record.is_at(url).unwrap_or_else(is_only_one);
                if by_place.is_none() && is_here && is_callback {
                    by_place = Some((record, index));
                }
            }
        }
    }
    match by_place {
        Some((record, index)) => Some(answer(record, index, url, now_ms)),
        None => expecting.map(|record| foreign(record.provider)),
    }
}

/// A callback of none of the records.
fn foreign(provider: Provider) -> Return {
    Return { provider, consumed: None, answer: Some(Err(wrong_state(provider))) }
}

fn answer(record: &Pending, index: usize, url: &str, now_ms: f64) -> Return {
    let provider = record.provider;
    if record.return_url.as_ref().is_some_and(|page| !is_same_origin(page, url)) {
        return foreign(provider);
    }
    let is_awaited = !record.has_expired(now_ms);
    let answer = is_awaited.then(|| provider.come_back(url, record.state.as_deref()));
    Return { provider, consumed: Some(index), answer }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const PAGE: &str = "https://shop.example/back";
    const ELSEWHERE: &str = "https://shop.example/elsewhere";

    type Row = (Provider, Option<&'static str>, Option<&'static str>);

    fn shown(pending: &[Row], url: &str, now_ms: f64) -> String {
        let records: Vec<Pending> = pending
            .iter()
            .map(|(provider, state, return_url)| Pending {
                provider: *provider,
                state: state.map(str::to_owned),
                return_url: return_url.map(str::to_owned),
                expires_ms: Some(1000.0),
            })
            .collect();
        let Some(Return { consumed, answer, .. }) = come_back(&records, url, now_ms) else {
            return "null".into();
        };
        let consumed = consumed.map_or("foreign".into(), |index| index.to_string());
        match answer {
            None => format!("{consumed} expired"),
            Some(Ok(_)) => format!("{consumed} completed"),
            Some(Err(error)) => format!("{consumed} {}", error.code),
        }
    }

    #[test]
    fn a_url_is_the_callback_of_its_own_record_only() {
        let finx = || (Provider::Finx, Some("S1"), None);
        let fimento = || (Provider::Fimento, Some("S2"), Some(PAGE));
        let fiskil = || (Provider::Fiskil, None, Some(PAGE));
        let flinks = || (Provider::Flinks, None, None);
        let foreign = "foreign LINK_STATE_MISMATCH";
        let cases: &[(Vec<Row>, &str, &str)] = &[
            // found by its state
            (vec![finx()], "https://shop.example/?code=c&state=S1", "0 completed"),
            (vec![finx()], "https://shop.example/any?cancel=true&state=S1", "0 LINK_USER_CANCELLED"),
            (vec![finx()], "https://shop.example/#code=c&state=S1", "0 completed"),
            (vec![finx()], "https://shop.example/#/back?code=c&state=S1", "0 completed"),
            (vec![fimento(), finx()], "https://shop.example/?code=c&state=S1", "1 completed"),
            (vec![fimento()], "https://shop.example/back?state=S2", "0 completed"),
            (
                vec![(Provider::Finx, Some("q+7/A=="), None)],
                "https://shop.example/?code=c&state=q+7/A==",
                "0 completed",
            ),
            // cold, replayed, swapped
            (vec![], "https://shop.example/?code=c&state=S1", "null"),
            (vec![finx()], "https://shop.example/?code=c&state=other", foreign),
            (vec![finx()], "https://shop.example/?code=c", foreign),
            (vec![finx()], "https://shop.example/?success=true", foreign),
            (vec![finx()], "https://shop.example/?state=", foreign),
            // another record's state on this page
            (vec![finx(), fimento()], "https://shop.example/?state=S2", "1 completed"),
            (vec![fimento()], "https://shop.example/de/back?state=S2", "0 completed"),
            (vec![fimento(), fiskil()], "https://shop.example/back?state=S2", "0 completed"),
            (
                vec![(Provider::Fimento, Some("S2"), Some(ELSEWHERE)), fiskil()],
                "https://shop.example/back?state=S2",
                foreign,
            ),
            (vec![fimento()], "https://evil.example/back?state=S2", foreign),
            (vec![fimento()], "https://shop.example/back/?state=S2", "0 completed"),
            (vec![fimento()], "https://shop.example/back?state=other", foreign),
            // of the app's own
            (vec![fimento()], "https://shop.example/login?code=c&state=other", "null"),
            (vec![fimento()], "https://shop.example/orders?status=open", "null"),
            // no callback at all
            (vec![finx()], "https://shop.example/?page=2", "null"),
            (vec![finx()], "https://shop.example/", "null"),
            (vec![finx()], "not a URL", "null"),
            // providers that echo no state: by the return URL, or by being the only one
            (vec![fiskil()], "https://shop.example/back?session_id=1", "0 completed"),
            (vec![fiskil()], "https://shop.example/back?state=1", "0 completed"),
            (vec![fiskil()], "https://shop.example/back#error=access_denied", "0 CONSENT_ENDUSER_DENIED"),
            (vec![fiskil()], "https://shop.example/back?error=access_denied", "0 CONSENT_ENDUSER_DENIED"),
            (vec![fiskil()], "https://shop.example/back", "null"),
            (vec![fiskil()], "https://shop.example/elsewhere?session_id=1", "null"),
            (vec![flinks()], "https://shop.example/any?loginId=1", "0 completed"),
            (vec![flinks(), fiskil()], "https://shop.example/any?loginId=1", "null"),
            (vec![flinks(), fiskil()], "https://shop.example/back?consent_id=1", "1 completed"),
            (vec![flinks(), finx()], "https://shop.example/any?loginId=1", "null"),
        ];
        for (pending, url, expected) in cases {
            assert_eq!(shown(pending, url, 0.0), *expected, "{url} {pending:?}");
        }
    }

    #[test]
    fn an_expired_record_hides_no_other() {
        let record = |provider, expires_ms| Pending {
            provider,
            state: None,
            return_url: None,
            expires_ms: Some(expires_ms),
        };
        let records = [record(Provider::Flinks, 1.0), record(Provider::Fiskil, 1000.0)];
        for (now_ms, consumed) in [(0.0, None), (1.0, Some(1)), (1000.0, Some(0))] {
            let back = come_back(&records, "https://shop.example/?code=c", now_ms);
            assert_eq!(back.and_then(|back| back.consumed), consumed, "{now_ms}");
        }
    }

    #[test]
    fn an_expired_record_gives_nothing() {
        let pending = [(Provider::Finx, Some("S1"), None)];
        let at = |now_ms| shown(&pending, "https://shop.example/?code=c&state=S1", now_ms);
        assert_eq!(at(999.0), "0 completed");
        assert_eq!(at(1000.0), "0 expired");
        let other = |now_ms| shown(&pending, "https://shop.example/?code=c&state=other", now_ms);
        assert_eq!(other(999.0), "foreign LINK_STATE_MISMATCH");
        assert_eq!(other(1000.0), "null", "nobody waits for it any more");
    }
}
