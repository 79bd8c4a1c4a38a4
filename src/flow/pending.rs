//! The record that a redirect leaves behind, and what a page does with it that the user comes back to.

use crate::error::Failure;
use crate::provider::{Provider, Said, wrong_state};
use crate::url::may_be_callback;
use crate::value::{Record, Text, Turn, Value};

/// A flow that left by redirect.
#[derive(Clone, Copy, Debug)]
struct Pending<'t> {
    /// Whose page it left for.
    provider: Provider,
    /// The `state` that its callback must carry. `None`: its provider echoes none.
    state: Option<Text<'t>>,
    /// Where it comes back to; only origin and path count.
    return_url: Option<Text<'t>>,
    /// Until when, in milliseconds since 1970. NaN: for ever.
    expires_ms: f64,
}

impl<'t> Pending<'t> {
    fn at(records: Value<'t>, index: i32) -> Option<Self> {
        let record = records.item(index)?;
        Some(Self {
            provider: *Provider::ALL.get(record.number("provider") as usize)?,
            state: record.text("state"),
            return_url: record.text("returnUrl"),
            expires_ms: record.number("expires"),
        })
    }

    fn has_expired(&self, now_ms: f64) -> bool {
        now_ms >= self.expires_ms
    }
}

/// What a URL is to a page that flows may come back to.
#[derive(Clone, Copy, Debug)]
pub enum Return<'t> {
    /// No callback: the page is left alone.
    None,
    /// The callback of this record, which has expired: it is removed, and the URL scrubbed.
    Expired,
    /// A callback, but of none of the records: they stay, the URL is scrubbed.
    Foreign(Failure<'t>),
    /// The callback of this record, which is consumed, and the URL scrubbed.
    Completed(Record<'t>),
    /// The same.
    Failed(Failure<'t>),
}

/// Decides what `url` is, at `now_ms` since 1970, and which of the records it concerns: a list of
/// `{ provider, state, returnUrl, expires }`, with the provider as a number.
pub fn come_back<'t>(
    records: Value<'t>,
    url: Option<Text<'t>>,
    now_ms: f64,
) -> (Return<'t>, Option<i32>, Option<Provider>) {
    let turn = records.turn();
    let nothing = (Return::None, None, None);
    let Some(url) = url.filter(|url| may_be_callback(*url)) else { return nothing };
    let query = url.query();
    let state = query.text("state");
    let (mut by_place, mut expecting) = (None, None);
    let mut index = 0;
    while let Some(record) = Pending::at(records, index) {
        let is_callback = record.provider.is_callback(query);
        match (record.state, state) {
            (Some(expected), Some(state)) if expected.same(state) => {
                return answer(turn, record, index, url, now_ms);
            }
            (Some(_), _) => {
                // Where it would not come back to, or not any more, is the page's own.
                let is_awaited =
                    record.return_url.is_none_or(|page| is_page(page, url)) && !record.has_expired(now_ms);
                if expecting.is_none() && is_awaited && (state.is_some() || is_callback) {
                    expecting = Some(record);
                }
            }
            (None, _) => {
                let is_here = match record.return_url {
                    Some(page) => is_page(page, url),
                    None => index == 0 && records.item(1).is_none(),
                };
                if by_place.is_none() && is_here && is_callback {
                    by_place = Some((record, index));
                }
            }
        }
        index += 1;
    }
    match (by_place, expecting) {
        (Some((record, index)), _) => answer(turn, record, index, url, now_ms),
        (None, Some(record)) => (Return::Foreign(wrong_state(turn)), None, Some(record.provider)),
        _ => nothing,
    }
}

fn answer<'t>(
    turn: Turn<'t>,
    record: Pending<'t>,
    index: i32,
    url: Text<'t>,
    now_ms: f64,
) -> (Return<'t>, Option<i32>, Option<Provider>) {
    let provider = Some(record.provider);
    if record.return_url.is_some_and(|page| !is_page(page, url)) {
        // A state that belongs to another page's callback.
        return (Return::Foreign(wrong_state(turn)), None, provider);
    }
    if record.has_expired(now_ms) {
        return (Return::Expired, Some(index), provider);
    }
    let answer = match record.provider.come_back(turn, Some(url), None) {
        Said::Completed(result) | Said::Step(result) => Return::Completed(result),
        Said::Failed(failure) => Return::Failed(failure),
    };
    (answer, Some(index), provider)
}

/// Whether a URL is of this page: its origin and path.
pub(crate) fn is_page(page: Text, url: Text) -> bool {
    match (page.url(""), url.url("")) {
        (Some(page), Some(url)) => {
            ["origin", "pathname"].into_iter().all(|part| page.part(part).same(url.part(part)))
        }
        _ => false,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::value::in_turn;
    use serde_json::json;

    const PAGE: &str = "https://shop.example/back";

    type Row = (Provider, Option<&'static str>, Option<&'static str>);

    fn shown(pending: &[Row], url: &str, now_ms: f64) -> String {
        in_turn(|turn| {
            let records: Vec<_> = pending
                .iter()
                .map(|(provider, state, return_url)| {
                    let provider = Provider::ALL.iter().position(|one| one == provider);
                    json!({ "provider": provider, "state": state, "returnUrl": return_url, "expires": 1000 })
                })
                .collect();
            let (back, index, _) = come_back(turn.json(records.into()), Some(turn.text(url)), now_ms);
            let index = index.map_or(String::new(), |index| format!("{index} "));
            match back {
                Return::None => "null".into(),
                Return::Expired => format!("{index}expired"),
                Return::Foreign(failure) => format!("{index}foreign {}", failure.code()),
                Return::Completed(_) => format!("{index}completed"),
                Return::Failed(failure) => format!("{index}{}", failure.code()),
            }
        })
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
