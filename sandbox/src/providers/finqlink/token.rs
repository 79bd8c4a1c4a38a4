//! The token endpoint: client credentials with `private_key_jwt` (RFC 7523) or a client secret (RFC 6749).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::Utc;
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CLIENT_ID, CLIENT_SECRET, Finqlink, Shared, TOKEN_PATH, token_url};
use crate::PublicKey;
use crate::control::{Refused, act};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SCOPE: &str = "pay_by_link";
/// How far ahead an assertion's `exp` may lie, in seconds.
const LONGEST_ASSERTION: i64 = 3600;

pub(super) fn router(finqlink: Arc<Finqlink>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(create))
        .route("/__sandbox/expire-tokens", act(|finqlink: &Finqlink| finqlink.tables().tokens.clear()))
        .route("/__sandbox/keys", post(register_key))
        .with_state(finqlink)
}

/// An OAuth 2 error, RFC 6749 section 5.2.
struct OAuthError(StatusCode, &'static str, String);

impl OAuthError {
    fn request(error: &'static str, description: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, error, description.into())
    }

    fn client(description: impl Into<String>) -> Self {
        Self(StatusCode::UNAUTHORIZED, "invalid_client", description.into())
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1, "error_description": self.2 }))).into_response()
    }
}

async fn create(State(finqlink): Shared, body: Bytes) -> Result<impl IntoResponse, OAuthError> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match field("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(OAuthError::request(
                "unsupported_grant_type",
                "grant_type must be client_credentials",
            ));
        }
        None => return Err(OAuthError::request("invalid_request", "grant_type is required")),
    }
    if field("client_id").is_some_and(|id| id != CLIENT_ID) {
        return Err(OAuthError::client("There is no such client"));
    }
    match (field("client_assertion_type"), field("client_assertion"), field("client_secret")) {
        (Some(ASSERTION_TYPE), Some(assertion), None) => check(&finqlink, assertion)?,
        (None, None, Some(secret)) if field("client_id").is_some() => {
            if secret != CLIENT_SECRET {
                return Err(OAuthError::client("The client secret is wrong"));
            }
        }
        (Some(ASSERTION_TYPE), None, _) => {
            return Err(OAuthError::request("invalid_request", "client_assertion is required"));
        }
        (Some(_), ..) => {
            return Err(OAuthError::request(
                "invalid_request",
                format!("client_assertion_type must be {ASSERTION_TYPE}"),
            ));
        }
        _ => return Err(OAuthError::client("The client must authenticate in one way")),
    }
    if field("scope") != Some(SCOPE) {
        return Err(OAuthError::request("invalid_scope", format!("scope must be {SCOPE}")));
    }
    let token = finqlink.tables().tokens.issue((), finqlink.setup.config.token_lifetime);
    Ok(Json(json!({
        "token_type": "Bearer",
        "expires_in": finqlink.setup.config.token_lifetime.as_secs(),
        "access_token": token,
        "scope": SCOPE,
    })))
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    jti: Option<String>,
}

/// Signed by a registered key, of this client, for this endpoint, in date, and never used before.
fn check(finqlink: &Finqlink, assertion: &str) -> Result<(), OAuthError> {
    let refused = |reason: String| OAuthError::client(format!("The client_assertion is refused: {reason}"));
    let header = decode_header(assertion).map_err(|error| refused(error.to_string()))?;
    let kid = header.kid.as_deref().ok_or_else(|| refused("its header has no kid".into()))?;
    let keys = finqlink.public_keys.lock().unwrap().clone();
    // of two that fit, the one that was registered later
    let meant = keys.iter().filter(|key| key.is_meant_by(kid));
    let key = meant.max_by_key(|key| key.algorithm == header.alg);
    let key = key.ok_or_else(|| {
        let known: Vec<Value> = keys.iter().map(PublicKey::to_json).collect();
        refused(format!("its kid is not registered, only {}", json!(known)))
    })?;
    let mut rules = Validation::new(key.algorithm);
    rules.leeway = 0;
    rules.validate_nbf = true;
    rules.set_required_spec_claims(&["aud", "iss", "sub", "exp"]);
    rules.set_audience(&[token_url(&finqlink.setup.origin)]);
    rules.set_issuer(&[CLIENT_ID]);
    rules.sub = Some(CLIENT_ID.into());
    let claims = decode::<Claims>(assertion, &key.decoding(), &rules)
        .map_err(|error| refused(error.to_string()))?
        .claims;
    if claims.exp > Utc::now().timestamp() + LONGEST_ASSERTION {
        return Err(refused(format!("exp is more than {LONGEST_ASSERTION} s ahead")));
    }
    let jti = claims.jti.filter(|jti| !jti.is_empty()).ok_or_else(|| refused("it has no jti".into()))?;
    if !finqlink.tables().assertions.insert(jti) {
        return Err(refused("its jti has been used before".into()));
    }
    Ok(())
}

/// Sandbox only: the body is PEM or a JWK. Answers with every key that is registered.
async fn register_key(State(finqlink): Shared, body: String) -> Result<(StatusCode, Json<Value>), Refused> {
    let key: PublicKey = body.parse().map_err(|error| Refused::because(format!("{error:#}")))?;
    let mut keys = finqlink.public_keys.lock().unwrap();
    keys.push(key);
    Ok((
        StatusCode::CREATED,
        Json(json!({ "keys": keys.iter().map(PublicKey::to_json).collect::<Vec<_>>() })),
    ))
}
