//! Keyset pages: `pagination: { limit, after }` in, `pagination: { count, more?, after }` out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;

const DEFAULT_LIMIT: u64 = 50;
const LARGEST_LIMIT: u64 = 250;

/// Where a row stands: the newest comes first, and rows of the same time are told apart by their ID.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Keyset {
    pub inserted_at: String,
    pub id: String,
}

impl Keyset {
    fn cursor(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("two strings"))
    }

    fn from_cursor(cursor: &str) -> Option<Self> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
    }
}

/// The page that `body` asks for. Each row gets its `keyset`, by which the next page can be asked for too.
pub(crate) fn page(body: &Value, name: &str, mut rows: Vec<(Keyset, Value)>) -> Result<Value, ApiError> {
    let wanted = &body["pagination"];
    let limit = match &wanted["limit"] {
        Value::Null => DEFAULT_LIMIT,
        limit => limit.as_u64().filter(|limit| (1..=LARGEST_LIMIT).contains(limit)).ok_or_else(|| {
            ApiError::validation(format!("pagination.limit must be a whole number from 1 to {LARGEST_LIMIT}"))
        })?,
    };
    let after = match &wanted["after"] {
        Value::Null => None,
        after => Some(after.as_str().and_then(Keyset::from_cursor).ok_or_else(|| {
            ApiError::of("invalid_input", "pagination.after must be a keyset that was given out")
        })?),
    };
    rows.sort_by(|(one, _), (other, _)| other.cmp(one));
    rows.retain(|(keyset, _)| after.as_ref().is_none_or(|after| keyset < after));
    let more = rows.len() as u64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|(keyset, _)| keyset.cursor());
    let values: Vec<Value> = rows
        .into_iter()
        .map(|(keyset, mut value)| {
            value["keyset"] = keyset.cursor().into();
            value
        })
        .collect();
    let mut answer = json!({
        "pagination": { "count": values.len(), "more?": more, "after": if more { last } else { None } },
    });
    answer[name] = values.into();
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_every_row_once_also_where_times_are_equal() {
        let rows: Vec<_> = (0..7)
            .map(|index| {
                let keyset = Keyset { inserted_at: format!("t{}", index / 3), id: index.to_string() };
                (keyset, json!({ "index": index }))
            })
            .collect();
        let (mut seen, mut body) = (Vec::new(), json!({ "pagination": { "limit": 2 } }));
        loop {
            let answer = page(&body, "rows", rows.clone()).unwrap();
            seen.extend(answer["rows"].as_array().unwrap().iter().map(|row| row["index"].as_u64().unwrap()));
            if answer["pagination"]["more?"] == false {
                assert_eq!(answer["pagination"]["after"], Value::Null);
                break;
            }
            assert_eq!(answer["pagination"]["after"], answer["rows"][1]["keyset"]);
            body["pagination"]["after"] = answer["pagination"]["after"].clone();
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0]);
    }
}
