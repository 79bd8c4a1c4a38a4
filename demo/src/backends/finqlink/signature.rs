//! The signature of a webhook: the provider's page "Webhook signing and callbacks".

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::ShopError;

const LIFETIME: Duration = Duration::from_secs(600);
/// An unknown `kid` makes the keys be fetched again, at most this often: anybody can send one.
const PAUSE: Duration = Duration::from_secs(1);

/// The provider's keys between webhooks.
#[derive(Default)]
pub(super) struct Keys(Mutex<Option<(JwkSet, Instant)>>);

impl Keys {
    /// All, `kid` among them if the provider has it.
    pub async fn with<F: Future<Output = Result<Value, ShopError>>>(
        &self,
        kid: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<JwkSet, ShopError> {
        let mut kept = self.0.lock().await;
        if let Some((keys, since)) = kept.as_ref() {
            let lifetime = if keys.find(kid).is_some() { LIFETIME } else { PAUSE };
            if since.elapsed() < lifetime {
                return Ok(keys.clone());
            }
        }
        let keys: JwkSet = serde_json::from_value(fetch().await?)
            .map_err(|_| ShopError::provider("FinqLink's keys cannot be read"))?;
        *kept = Some((keys.clone(), Instant::now()));
        Ok(keys)
    }
}

/// Whether `signature` is the compact JWS of `body`, by the key of this `kid`. The key says which algorithm counts.
pub(super) fn is_signed(keys: &JwkSet, kid: &str, signature: &str, body: &[u8]) -> bool {
    check(keys, kid, signature, body).unwrap_or(false)
}

fn check(keys: &JwkSet, kid: &str, signature: &str, body: &[u8]) -> Option<bool> {
    let key = keys.find(kid)?;
    let algorithm = match key.common.key_algorithm? {
        KeyAlgorithm::RS256 => Algorithm::RS256,
        KeyAlgorithm::ES256 => Algorithm::ES256,
        _ => return None,
    };
    let header = decode_header(signature).ok()?;
    if header.alg != algorithm || header.kid.is_some_and(|named| named != kid) {
        return None;
    }
    let (message, signed) = signature.rsplit_once('.')?;
    let (_, payload) = message.split_once('.')?;
    if BASE64_URL_SAFE_NO_PAD.decode(payload).ok()? != body {
        return None;
    }
    crypto::verify(signed, message.as_bytes(), &DecodingKey::from_jwk(key).ok()?, algorithm).ok()
}
