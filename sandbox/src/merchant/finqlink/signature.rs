//! The signature of a webhook: the provider's page "Webhook signing and callbacks".

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, decode_header};

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
