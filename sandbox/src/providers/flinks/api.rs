//! The calls that a merchant's server makes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

use super::error::{ApiError, Body};
use super::options::OAuth;
use super::scenario::Scenario;
use super::session::Session;
use super::store::{Request, TOKEN_LIFETIME};
use super::{CUSTOMER_ID, Flinks, SECRET_KEY, Shared, data};
use crate::control::act;
use crate::fields::Parameters;
use crate::scenario::Scenario as _;
use crate::tokens::uuid;

type Answer = Result<(StatusCode, Json<Value>), ApiError>;

/// How often the accounts are asked for in vain: once by GetAccountsDetail, once by GetAccountsDetailAsync.
const PENDING_ANSWERS: u32 = 2;

pub(super) fn router(flinks: Arc<Flinks>) -> Router {
    let path = |name: &str| format!("/v3/{{customer_id}}/BankingServices/{name}");
    Router::new()
        .route(&path("GenerateAuthorizeToken"), post(generate_authorize_token))
        .route(&path("Authorize"), post(authorize))
        .route(&path("GetAccountsDetail"), post(accounts_detail))
        .route(&path("GetAccountsDetailAsync/{request_id}"), get(accounts_detail_async))
        .route(&path("DeleteCard/{login_id}"), delete(delete_card))
        // the guide's spelling and the reference's
        .route("/v3/OAuth/Authorize", get(oauth_authorize))
        .route("/v3/oauth/authorize", get(oauth_authorize))
        .route("/__sandbox/expire-tokens", act(|flinks: &Flinks| flinks.tables().tokens.clear()))
        .with_state(flinks)
}

/// `scenario` in the body is the sandbox's own: Flinks Connect then plays it by itself.
async fn generate_authorize_token(
    State(flinks): Shared,
    Path(customer_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    known(&customer_id)?;
    if auth_key(&headers) != Some(SECRET_KEY) {
        return Err(ApiError::unauthorized("You must provide a valid auth key"));
    }
    let scenario = match &Body::read(&body)?["scenario"] {
        Value::Null => None,
        name => Some(
            name.as_str()
                .and_then(Scenario::from_name)
                .ok_or_else(|| ApiError::invalid("There is no such scenario"))?,
        ),
    };
    let token = uuid();
    flinks.tables().tokens.insert(token.clone(), scenario, TOKEN_LIFETIME);
    Ok(found(json!({ "HttpStatusCode": 200, "Token": token })))
}

/// From the cache; or live, where the bank asks the person again, who answers in Flinks Connect: 203.
/// Each call takes an authorize token of its own, as every integration since October 2024 must.
async fn authorize(
    State(flinks): Shared,
    Path(customer_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    known(&customer_id)?;
    let body = Body::read(&body)?;
    let mut tables = flinks.tables();
    if auth_key(&headers).and_then(|token| tables.tokens.take(token)).is_none() {
        return Err(ApiError::unauthorized("You must provide a valid authorize token"));
    }
    let login_id = body.required("LoginId")?;
    let live = match (&body["MostRecentCached"], &body["Save"]) {
        (Value::Bool(true), _) => false,
        (Value::Bool(false), Value::Bool(true)) => true,
        _ => {
            return Err(ApiError::invalid(
                "MostRecentCached must be true, or false beside Save true: what the bank then gives is kept",
            ));
        }
    };
    let login = tables.logins.get(login_id).cloned().ok_or_else(ApiError::invalid_login)?;
    if live && login.is_asked() {
        let session = Session::of_login(&login, &flinks.setup.origin, &flinks.setup.stranger);
        let request_id = session.request_id.clone();
        let question = session.question();
        tables.sessions.insert(request_id.clone(), session);
        let body = json!({
            "Links": [{ "rel": "Challenge", "href": "/Authorize", "example": null }],
            "HttpStatusCode": 203,
            // the names inside are not in the public documentation
            "SecurityChallenges": [{ "Type": "QuestionAndAnswer", "Prompt": question }],
            "Institution": login.institution,
            "RequestId": request_id,
        });
        return Ok((StatusCode::NON_AUTHORITATIVE_INFORMATION, Json(body)));
    }
    let request_id = uuid();
    let request = Request { login_id: login.id.clone(), asked: 0 };
    tables.requests.insert(request_id.clone(), request);
    Ok(found(json!({
        "Links": [{ "rel": "AccountsDetail", "href": "/GetAccountsDetail", "example": null }],
        "HttpStatusCode": 200,
        "Login": data::described(&login),
        "Institution": login.institution,
        "RequestId": request_id,
    })))
}

async fn accounts_detail(State(flinks): Shared, Path(customer_id): Path<String>, body: Bytes) -> Answer {
    known(&customer_id)?;
    let body = Body::read(&body)?;
    answer(&flinks, body.required("RequestId")?)
}

async fn accounts_detail_async(
    State(flinks): Shared,
    Path((customer_id, request_id)): Path<(String, String)>,
) -> Answer {
    known(&customer_id)?;
    if flinks.tables().requests.get(&request_id).is_some_and(|request| request.asked == 0) {
        return Err(ApiError::invalid("Call GetAccountsDetail with this RequestId first"));
    }
    answer(&flinks, &request_id)
}

/// Ends a connection, with all that came of it. guess: no key, and what it says.
async fn delete_card(State(flinks): Shared, Path((customer_id, login_id)): Path<(String, String)>) -> Answer {
    known(&customer_id)?;
    let mut tables = flinks.tables();
    tables.logins.remove(&login_id).ok_or_else(ApiError::invalid_login)?;
    tables.requests.retain(|_, request| request.login_id != login_id);
    tables.sessions.retain(|_, session| session.login_id() != Some(&login_id));
    Ok(found(json!({ "HttpStatusCode": 200, "Message": format!("Card {login_id} has been deleted") })))
}

/// Leads to the sign-in of a bank, for integrations without Flinks Connect. `scenario` is the sandbox's own.
async fn oauth_authorize(
    State(flinks): Shared,
    Query(query): Parameters,
) -> Result<(StatusCode, Redirect), ApiError> {
    OAuth::read(&query)?;
    let mut page = Url::parse(&format!("{}/v2/oauth", flinks.setup.origin)).expect("an origin of ours");
    page.query_pairs_mut().extend_pairs(query);
    Ok((StatusCode::FOUND, Redirect::to(page.as_str())))
}

fn answer(flinks: &Flinks, request_id: &str) -> Answer {
    let mut tables = flinks.tables();
    let request = tables.requests.get_mut(request_id).ok_or_else(ApiError::no_session)?;
    request.asked += 1;
    if request.asked <= PENDING_ANSWERS {
        let body = json!({
            "FlinksCode": "OPERATION_PENDING",
            "Links": [{ "rel": "AccountsDetailAsync", "href": format!("/GetAccountsDetailAsync/{request_id}"), "example": null }],
            "HttpStatusCode": 202,
            "Message": "Your operation is still processing",
            "RequestId": request_id,
        });
        return Ok((StatusCode::ACCEPTED, Json(body)));
    }
    let login_id = request.login_id.clone();
    let login = tables.logins.get(&login_id).ok_or_else(ApiError::no_session)?;
    Ok(found(data::detail(login, request_id)))
}

fn found(body: Value) -> (StatusCode, Json<Value>) {
    (StatusCode::OK, Json(body))
}

fn auth_key(headers: &HeaderMap) -> Option<&str> {
    headers.get("flinks-auth-key")?.to_str().ok()
}

fn known(customer_id: &str) -> Result<(), ApiError> {
    if customer_id == CUSTOMER_ID { Ok(()) } else { Err(ApiError::no_customer()) }
}
