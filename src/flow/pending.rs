//! The record that a redirect leaves behind, and what the page that the user returns to does with it.

use crate::provider::fields::Fields;
use crate::provider::{Answer, Provider, is_state, wrong_state};
use crate::url::{Query, is_page, is_same_origin, may_be_callback};

/// A flow that left by redirect.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Whose page it left for.
    pub provider: Provider,
    /// The `state` that its callback must carry. `None` if the caller gave none.
    pub state: Option<String>,
    /// Where it comes back to. Its origin and path count; with the right `state` only its origin.
    pub return_url: Option<String>,
    /// When it expires, in milliseconds since 1970. `None`: never.
    pub expires_ms: Option<f64>,
}

impl Pending {
    fn has_expired(&self, now_ms: f64) -> bool {
        self.expires_ms.is_some_and(|expires| now_ms >= expires)
    }

    /// Whether `url` is of the page that it comes back to. `None` if it does not say which.
    fn is_at(&self, url: &str) -> Option<bool> {
        self.return_url.as_ref().map(|page| is_page(page, url))
    }
}

/// What a return URL means for the flows that left.
#[derive(Debug, PartialEq)]
pub struct Return {
    /// Whose record decided.
    pub provider: Provider,
    /// The index of the record that is used up. `None` if the URL belongs to none of them.
    pub consumed: Option<usize>,
    /// How the flow ended. `None` if its record has expired.
    pub answer: Option<Answer>,
}

/// Finds the flow that `url` answers, at `now_ms` milliseconds since 1970. `None` if it is no return URL: the page is
/// left alone. In every other case the caller removes the answer from the address.
pub fn match_return(records: &[Pending], url: &str, now_ms: f64) -> Option<Return> {
    if !may_be_callback(url) {
        return None;
    }
    let arrival = Arrival { records, url, query: Query::of_return_url(url), now_ms };
    if let Some(place) = arrival.best(Arrival::fits_by_state) {
        return Some(arrival.answer_by_state(place));
    }
    let by_place = arrival.best(Arrival::fits_by_place);
    let expecting = records.iter().rposition(|record| arrival.is_awaited_by(record));
    match (by_place, expecting) {
        (Some(place), Some(other)) if arrival.belongs_rather_to(other, place) => {
            Some(foreign(records[other].provider))
        }
        (Some(place), _) => Some(answer(&records[place], place, url, now_ms)),
        (None, other) => other.map(|other| foreign(records[other].provider)),
    }
}

/// A URL that a page came back to, and the records of the flows whose answer it may be.
struct Arrival<'a> {
    records: &'a [Pending],
    url: &'a str,
    query: Query,
    now_ms: f64,
}

impl Arrival<'_> {
    fn has_state_of(&self, record: &Pending) -> bool {
        record.state.as_ref().is_some_and(|expected| is_state(self.query.text("state"), expected))
    }

    /// `None` if the record does not expect this state; otherwise whether it also comes back to this page: a server may
    /// have sent the user on within its origin.
    fn fits_by_state(&self, record: &Pending) -> Option<bool> {
        self.has_state_of(record).then(|| record.is_at(self.url) != Some(false))
    }

    fn answer_by_state(&self, place: usize) -> Return {
        let record = &self.records[place];
        let comes_back_here = |other: &Pending| {
            !self.has_state_of(other)
                && !other.has_expired(self.now_ms)
                && other.is_at(self.url) == Some(true)
        };
        // On another flow's page, or with parameters that only another flow's provider uses, it is that flow's answer
        // with this one's state.
        let is_swapped = if record.is_at(self.url) == Some(false) {
            self.records.iter().any(comes_back_here)
        } else {
            self.is_only_of_another(record)
        };
        if is_swapped {
            return foreign(record.provider);
        }
        answer(record, place, self.url, self.now_ms)
    }

    /// Whether the URL has parameters that only another flow's provider uses, and none that only this one's uses.
    fn is_only_of_another(&self, record: &Pending) -> bool {
        let is_own = |record: &Pending| record.provider.is_own_callback(&self.query);
        let is_others = |other: &Pending| is_own(other) && !other.has_expired(self.now_ms);
        !is_own(record) && self.records.iter().any(is_others)
    }

    /// `None` if the record expects a state, or does not come back to this page with these parameters; otherwise
    /// whether only its provider uses them.
    fn fits_by_place(&self, record: &Pending) -> Option<bool> {
        if record.state.is_some() || !record.provider.is_callback(&self.query) {
            return None;
        }
        let is_own = record.provider.is_own_callback(&self.query);
        let is_here = record.is_at(self.url).unwrap_or_else(|| {
            // It may come back to any page, but a `status` alone is the app's.
            let has_more = is_own || ["code", "error", "state"].iter().any(|name| self.query.has(name));
            has_more && self.is_only_one(record)
        });
        is_here.then_some(is_own)
    }

    /// Whether no other flow may still come back.
    fn is_only_one(&self, record: &Pending) -> bool {
        !self.records.iter().any(|other| !std::ptr::eq(other, record) && !other.has_expired(self.now_ms))
    }

    /// Whether the record's flow, which expects another state than the one that came, waits for its answer here. On any
    /// other page, or once it has expired, the parameters are the app's own.
    fn is_awaited_by(&self, record: &Pending) -> bool {
        let is_answer = self.query.has("state") || record.provider.is_callback(&self.query);
        let is_waiting = record.is_at(self.url) != Some(false) && !record.has_expired(self.now_ms);
        record.state.is_some() && is_answer && is_waiting
    }

    /// Whether the URL may rather answer the flow at `other`, which expects a state, than the one at `place`, which
    /// expects none: a state came, or `other` left last. Not if it has parameters that only the provider of `place`
    /// uses.
    fn belongs_rather_to(&self, other: usize, place: usize) -> bool {
        let is_likely = self.query.has("state") || other > place;
        is_likely && !self.records[place].provider.is_own_callback(&self.query)
    }

    /// The index of the record that fits best: an unexpired one before an expired one, then one that fits well, then
    /// the newest. `fits` says whether a record fits well; `None` if it does not fit.
    fn best(&self, fits: fn(&Self, &Pending) -> Option<bool>) -> Option<usize> {
        let (mut best, mut best_rank) = (None, (false, false));
        for (place, record) in self.records.iter().enumerate() {
            if let Some(fits_well) = fits(self, record) {
                let rank = (!record.has_expired(self.now_ms), fits_well);
                if rank >= best_rank {
                    (best, best_rank) = (Some(place), rank);
                }
            }
        }
        best
    }
}

/// A return URL of none of the flows.
fn foreign(provider: Provider) -> Return {
    Return { provider, consumed: None, answer: Some(Err(wrong_state(provider))) }
}

fn answer(record: &Pending, index: usize, url: &str, now_ms: f64) -> Return {
    let provider = record.provider;
    if record.return_url.as_ref().is_some_and(|page| !is_same_origin(page, url)) {
        return foreign(provider);
    }
    let is_awaited = !record.has_expired(now_ms);
    let answer = is_awaited.then(|| provider.read_callback(url, record.state.as_deref()));
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
        let Some(Return { consumed, answer, .. }) = match_return(&records, url, now_ms) else {
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
        let flinks_here = || (Provider::Flinks, None, Some(PAGE));
        let finx_here = || (Provider::Finx, Some("S1"), Some(PAGE));
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
            // what only another flow's provider uses
            (vec![finx(), fimento()], "https://shop.example/back?code=c&success=true&state=S2", foreign),
            (
                vec![finx(), fimento()],
                "https://shop.example/back?consent=1&success=1&state=S2",
                "1 completed",
            ),
            (vec![fimento()], "https://shop.example/back?code=c&success=true&state=S2", "0 completed"),
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
            // without a return URL a status alone is the app's
            (vec![flinks()], "https://shop.example/orders?status=open", "null"),
            (vec![(Provider::Fiskil, None, None)], "https://shop.example/orders?status=open", "null"),
            (vec![(Provider::Fiskil, None, None)], "https://shop.example/any?consent_id=1", "0 completed"),
            (
                vec![(Provider::Finqlink, None, None)],
                "https://shop.example/any?code=c&state=s",
                "0 completed",
            ),
            (
                vec![(Provider::Fimento, None, None)],
                "https://shop.example/any?status=approved&state=s",
                "0 completed",
            ),
            (vec![flinks()], "https://shop.example/any?error=access_denied", "0 CONSENT_ENDUSER_DENIED"),
            // what a flow with a state may have been sent is no answer to one without
            (vec![fiskil(), finx_here()], "https://shop.example/back?code=c", foreign),
            (vec![finx_here(), fiskil()], "https://shop.example/back?code=c", "1 completed"),
            (vec![finx_here(), fiskil()], "https://shop.example/back?status=active&state=other", foreign),
            (vec![fiskil(), finx_here()], "https://shop.example/back?status=active&state=other", foreign),
            (
                vec![fiskil(), finx_here()],
                "https://shop.example/back?error=access_denied&state=other",
                foreign,
            ),
            (vec![fiskil(), finx_here()], "https://shop.example/back?consent_id=1&state=own", "0 completed"),
            (
                vec![finx_here(), fiskil()],
                "https://shop.example/back?error=access_denied",
                "1 CONSENT_ENDUSER_DENIED",
            ),
            // of several that fit, the one whose parameters they are, and the newest
            (vec![fiskil(), flinks_here()], "https://shop.example/back?status=x&loginId=1", "1 completed"),
            (vec![flinks_here(), fiskil()], "https://shop.example/back?status=x&loginId=1", "0 completed"),
            (vec![fiskil(), fiskil()], "https://shop.example/back?consent_id=1", "1 completed"),
            (
                vec![(Provider::Finx, Some("S1"), Some(ELSEWHERE)), finx_here()],
                "https://shop.example/back?code=c&state=S1",
                "1 completed",
            ),
            (
                vec![finx_here(), (Provider::Finx, Some("S1"), Some(ELSEWHERE))],
                "https://shop.example/back?code=c&state=S1",
                "0 completed",
            ),
        ];
        for (pending, url, expected) in cases {
            assert_eq!(shown(pending, url, 0.0), *expected, "{url} {pending:?}");
        }
    }

    #[test]
    fn an_expired_record_hides_no_other() {
        let record = |provider, state: Option<&str>, return_url: Option<&str>, expires_ms| Pending {
            provider,
            state: state.map(str::to_owned),
            return_url: return_url.map(str::to_owned),
            expires_ms: Some(expires_ms),
        };
        let consumed = |records: &[Pending], url: &str, now_ms| {
            let back =
                match_return(records, url, now_ms).unwrap_or_else(|| panic!("no callback: {records:?}"));
            (back.consumed, back.answer.is_some())
        };
        for (state, query) in [(None, "error=access_denied"), (Some("S"), "code=c&state=S")] {
            for page in [None, Some(PAGE)] {
                let provider = if state.is_none() { Provider::Fiskil } else { Provider::Finx };
                let url = format!("{PAGE}?{query}");
                let records = [record(provider, state, page, 1.0), record(provider, state, page, 1000.0)];
                assert_eq!(consumed(&records, &url, 1.0), (Some(1), true), "{url}");
                let records = [record(provider, state, page, 1000.0), record(provider, state, page, 1.0)];
                assert_eq!(consumed(&records, &url, 1.0), (Some(0), true), "{url}");
            }
        }
        let records =
            [record(Provider::Flinks, None, None, 1.0), record(Provider::Fiskil, None, None, 1000.0)];
        let url = "https://shop.example/?error=access_denied";
        assert_eq!(match_return(&records, url, 0.0), None, "two, and no return URL");
        assert_eq!(consumed(&records, url, 1.0), (Some(1), true));
        let url = "https://shop.example/?code=c";
        assert_eq!(match_return(&records, url, 0.0), None, "two, and no return URL");
        assert_eq!(consumed(&records, url, 1.0), (Some(1), true));
        assert_eq!(consumed(&records, url, 1000.0), (Some(1), false));
        // nor does it make another's answer a foreign one
        let elsewhere = record(Provider::Finx, Some("S"), Some(ELSEWHERE), 1000.0);
        let records = [elsewhere, record(Provider::Fiskil, None, Some(PAGE), 1.0)];
        assert_eq!(consumed(&records, &format!("{PAGE}?code=c&state=S"), 1.0), (Some(0), true));
        let fimento = record(Provider::Fimento, Some("S"), Some(PAGE), 1000.0);
        let records = [record(Provider::Finx, Some("other"), Some(PAGE), 1.0), fimento];
        assert_eq!(consumed(&records, &format!("{PAGE}?success=true&state=S"), 1.0), (Some(1), true));
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
