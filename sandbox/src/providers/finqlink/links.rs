//! Payment links, and what payment and consent links have in common.

use crate::scenario::Scenario as _;
use crate::tokens::random;
use crate::urls;
use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::{Answer, ApiError, Body, answer};
use super::link::{Asked, Flow, Link, Stage, time};
use super::paging::{Keyset, page};
use super::scenario::Scenario;
use super::status::Status;
use super::{APP_NAME, CLIENT_ID, Finqlink, Shared, banks, decimal, pages};

const DEFAULT_EXPIRES_IN: i64 = 24 * 3600;
const LONGEST_EXPIRES_IN: i64 = 90 * 24 * 3600;
const TEMPLATES: [&str; 6] = ["default", "classic", "compact", "cards", "glass", "sheet"];

pub(super) async fn create(State(finqlink): Shared, body: Body) -> Answer {
    let intent = &body["intent"];
    if !intent.is_object() {
        return Err(ApiError::validation("intent is required"));
    }
    let amount = intent["amount"].as_str().filter(|text| decimal::parse(text).is_some_and(|bani| bani > 0));
    let amount = amount.ok_or_else(|| {
        ApiError::validation("intent.amount must be a decimal string above zero, such as \"100.50\"")
    })?;
    if body.optional("intent.currency")? != Some("RON") {
        return Err(ApiError::validation("intent.currency must be RON"));
    }
    let creditor_iban = body.optional("intent.creditor.iban")?.filter(|iban| banks::is_iban(iban));
    let creditor_iban =
        creditor_iban.ok_or_else(|| ApiError::validation("intent.creditor.iban must be an IBAN"))?;
    let creditor_name = body
        .optional("intent.creditor.name")?
        .ok_or_else(|| ApiError::validation("intent.creditor.name is required"))?;
    let asked = Asked::Payment {
        amount: amount.into(),
        creditor_name: creditor_name.into(),
        creditor_iban: creditor_iban.into(),
        details: body.optional("intent.details")?.unwrap_or_default().into(),
    };
    let link = new_link(&finqlink, &body, asked, body.optional("payment_method.provider_id")?)?;
    Ok(created(&finqlink, link))
}

/// What both kinds of links take beside what they ask for.
pub(super) fn new_link(
    finqlink: &Finqlink,
    body: &Body,
    asked: Asked,
    provider_id: Option<&str>,
) -> Result<Link, ApiError> {
    let flow = match body.optional("options.type")? {
        None => Flow::Link,
        Some(name) => serde_json::from_value(name.into()).map_err(|_| {
            ApiError::validation("options.type must be link, wrapped_sca, direct_sca or redirect_sca")
        })?,
    };
    if provider_id.is_some_and(|id| banks::find(id).is_none()) {
        return Err(ApiError::of("method_selection_error", "No method of this provider_id is available"));
    }
    if flow != Flow::Link && provider_id.is_none() {
        return Err(ApiError::of("method_selection_error", "This options.type needs a provider_id"));
    }
    let template = body.optional("options.ux_template")?;
    if template.is_some_and(|template| !TEMPLATES.contains(&template)) {
        return Err(ApiError::validation(format!(
            "options.ux_template must be one of {}",
            TEMPLATES.join(", ")
        )));
    }
    let redirect_url = web_url(body, "options.redirect_url")?;
    if flow == Flow::DirectSca && redirect_url.is_none() {
        return Err(ApiError::validation("options.redirect_url is required with direct_sca"));
    }
    let scenario = body
        .optional("scenario")?
        .map(|name| Scenario::from_name(name).ok_or_else(|| ApiError::not_found("scenario")))
        .transpose()?
        .or(finqlink.scenario);
    let expires_in = match &body["options"]["expires_in"] {
        _ if scenario == Some(Scenario::Expired) => 0,
        Value::Null => DEFAULT_EXPIRES_IN,
        seconds => seconds.as_i64().filter(|seconds| (1..=LONGEST_EXPIRES_IN).contains(seconds)).ok_or_else(
            || ApiError::validation("options.expires_in must be a whole number of seconds, up to 90 days"),
        )?,
    };
    let now = Utc::now();
    Ok(Link {
        id: Uuid::new_v4(),
        web_id: random(27),
        asked,
        flow,
        status: Status::Created,
        created_at: now,
        expires_at: now + Duration::seconds(expires_in),
        redirect_url,
        webhook_url: web_url(body, "options.webhook_url")?,
        provider_id: provider_id.map(Into::into),
        bank_is_given: provider_id.is_some(),
        scenario,
        sca_state: body.optional("options.state")?.map_or_else(|| random(27), Into::into),
        sca_query: None,
        relayed: false,
        stage: Stage::Outside,
        ibans: Vec::new(),
    })
}

/// Keeps a new link, and says where the person is to go.
pub(super) fn created(finqlink: &Finqlink, mut link: Link) -> Json<Value> {
    let mut body = json!({
        "inserted_at": time(link.created_at),
        "expires_at": time(link.expires_at),
        "api_client_app": APP_NAME,
        "web_id": link.web_id,
        "web_url": pages::url(&finqlink.setup.origin, &link),
    });
    body[link.id_name()] = link.id.to_string().into();
    if let Asked::Consent { valid_days, .. } = link.asked {
        body["valid_days"] = valid_days.into();
    }
    // the bank's own URL is there already
    if matches!(link.flow, Flow::DirectSca | Flow::RedirectSca | Flow::WrappedSca) {
        pages::ask_bank(finqlink, &mut link);
    }
    finqlink.tables().links.insert(link.id, link);
    answer(body)
}

pub(super) async fn get(State(finqlink): Shared, body: Body) -> Answer {
    let tables = finqlink.tables();
    let link = parse_id(body.required("link_id")?).and_then(|id| tables.links.get(&id));
    Ok(answer(link.filter(|link| link.pays()).ok_or_else(|| ApiError::not_found("link"))?.to_json()))
}

pub(super) fn parse_id(id: &str) -> Option<Uuid> {
    Uuid::parse_str(id).ok()
}

pub(super) async fn list(State(finqlink): Shared, body: Body) -> Answer {
    let status: Option<Status> = body
        .optional("filter.status")?
        .map(|name| serde_json::from_value(name.into()))
        .transpose()
        .map_err(|_| ApiError::validation("filter.status must be a status of links"))?;
    let (from, to) = (moment(&body, "filter.inserted_at_from")?, moment(&body, "filter.inserted_at_to")?);
    let rows = finqlink
        .tables()
        .links
        .values()
        .filter(|link| link.pays() && status.is_none_or(|status| link.status == status))
        .filter(|link| from.is_none_or(|from| link.created_at >= from))
        .filter(|link| to.is_none_or(|to| link.created_at <= to))
        .map(|link| (Keyset { inserted_at: time(link.created_at), id: link.id.to_string() }, link.to_json()))
        .collect();
    Ok(answer(page(&body, "links", rows)?))
}

/// All of them, the newest first: pages and filters came with `/v2`.
pub(super) async fn list_v1(State(finqlink): Shared, body: Bytes) -> Answer {
    Body::read(&body)?;
    let tables = finqlink.tables();
    let mut links: Vec<_> = tables.links.values().filter(|link| link.pays()).collect();
    links.sort_by_key(|link| Reverse((link.created_at, link.id)));
    Ok(answer(json!({ "links": links.into_iter().map(Link::to_json).collect::<Vec<_>>() })))
}

pub(super) async fn redirect(
    State(finqlink): Shared,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    relay(&finqlink, &body, true)
}

/// The merchant relays the query string that the bank sent the person back with: 200 processed, 201 known already, 202 in progress.
pub(super) fn relay(
    finqlink: &Arc<Finqlink>,
    body: &[u8],
    pays: bool,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let body = Body::read(body)?;
    if body.required("client_id")? != CLIENT_ID {
        return Err(ApiError::unauthorized("There is no such client"));
    }
    let query = body.required("query_string")?;
    let state = sca_state(query).ok_or_else(|| {
        ApiError::validation("query_string must be name=value pairs joined by &, one of them state=")
    })?;
    let mut tables = finqlink.tables();
    let link = tables
        .links
        .values_mut()
        .filter(|link| link.pays() == pays && link.flow == Flow::DirectSca && link.sca_state == state)
        .max_by_key(|link| link.created_at)
        .ok_or_else(|| ApiError::of("invalid_input", "No link has this state"))?;
    if link.sca_query.as_deref() != Some(query) {
        return Err(ApiError::of("invalid_input", "query_string is not what the bank sent, byte for byte"));
    }
    let said = |link: &Link, status: Value| {
        let mut body = json!({ "status": status, "api_client_app": APP_NAME, "web_id": link.web_id });
        body[link.id_name()] = link.id.to_string().into();
        answer(body)
    };
    if link.status.is_over() {
        return Ok((StatusCode::CREATED, said(link, json!(link.status))));
    }
    if body["sync"] == true {
        pages::redeem(finqlink, link);
        return Ok((StatusCode::OK, said(link, json!(link.status))));
    }
    if !link.relayed {
        link.relayed = true;
        let (finqlink, id) = (finqlink.clone(), link.id);
        tokio::spawn(async move {
            tokio::time::sleep(finqlink.setup.config.webhook_delay).await;
            if let Some(link) = finqlink.tables().links.get_mut(&id) {
                pages::redeem(&finqlink, link);
            }
        });
    }
    Ok((StatusCode::ACCEPTED, said(link, "redirect_in_progress".into())))
}

/// The decoded `state` of a query string that has the documented form:
/// `^(?:[^&=]+=[^&]*&)*state=[^&]*(?:&[^&=]+=[^&]*)*$`.
fn sca_state(query: &str) -> Option<String> {
    let mut state = None;
    for pair in query.split('&') {
        let (name, _) = pair.split_once('=')?;
        if name.is_empty() {
            return None;
        }
        if name == "state" && state.is_none() {
            state = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned());
        }
    }
    state
}

fn web_url(body: &Body, name: &str) -> Result<Option<String>, ApiError> {
    body.optional(name)?
        .map(|text| {
            let wrong = |_| ApiError::validation(format!("{name} must be an absolute http or https URL"));
            urls::web_url(text).map_err(wrong)
        })
        .transpose()
}

fn moment(body: &Body, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
    body.optional(name)?
        .map(|text| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()))
        .transpose()
        .map_err(|_| ApiError::validation(format!("{name} must be a timestamp such as 2024-01-01T00:00:00Z")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relayed_query_string_has_the_documented_form() {
        for (query, state) in [
            ("state=a", "a"),
            ("code=x%2Fy&state=a%20b&scope=", "a b"),
            ("code==&state=", ""),
            ("state=a=b&x=1", "a=b"),
        ] {
            assert_eq!(sca_state(query).as_deref(), Some(state), "{query}");
        }
        for query in ["", "code=x", "state", "?", "code&state=a", "=x&state=a", "state=a&", "&state=a"] {
            assert_eq!(sca_state(query), None, "{query}");
        }
    }
}
