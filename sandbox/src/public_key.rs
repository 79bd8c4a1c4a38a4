//! Public keys by which a back end proves who it is.

use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};

const EXPECTED: &str =
    "it must be a public key for RS256 (RSA of 2048 bits or more) or ES256 (P-256), as PEM or as a JWK";
/// Of a modulus in base64url: 2047 bits and fewer are shorter.
const SHORTEST_MODULUS: usize = 2048_usize.div_ceil(6);

/// A public key for RS256 or ES256, read from PEM or from a JWK.
#[derive(Clone, Debug)]
pub struct PublicKey {
    jwk: Jwk,
    pub(crate) algorithm: Algorithm,
}

impl PublicKey {
    pub(crate) fn from_jwk(jwk: Jwk) -> anyhow::Result<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(key) if key.n.len() >= SHORTEST_MODULUS => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
            _ => bail!(EXPECTED),
        };
        let named = jwk.common.key_algorithm;
        ensure!(named.is_none_or(|named| named == KeyAlgorithm::from(algorithm)), EXPECTED);
        DecodingKey::from_jwk(&jwk).context(EXPECTED)?;
        Ok(Self { jwk, algorithm })
    }

    /// PEM holds no `kid`: such a key may be meant by any.
    pub(crate) fn is_meant_by(&self, kid: &str) -> bool {
        self.jwk.common.key_id.as_deref().is_none_or(|own| own == kid)
    }

    pub(crate) fn decoding(&self) -> DecodingKey {
        DecodingKey::from_jwk(&self.jwk).expect("it was read before")
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "kid": self.jwk.common.key_id, "alg": self.algorithm })
    }
}

impl FromStr for PublicKey {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        ensure!(!text.contains("PRIVATE KEY"), "it is a private key, which nobody else may have: {EXPECTED}");
        if text.contains("-----BEGIN") {
            let pem = text.as_bytes();
            let key = DecodingKey::from_rsa_pem(pem).or_else(|_| DecodingKey::from_ec_pem(pem));
            let jwk = key.and_then(|key| Jwk::from_decoding_key(&key, None));
            return Self::from_jwk(jwk.context(EXPECTED)?);
        }
        let json: Value = serde_json::from_str(text).context(EXPECTED)?;
        ensure!(json.get("d").is_none(), "it is a private key, which nobody else may have: {EXPECTED}");
        Self::from_jwk(serde_json::from_value(json).context(EXPECTED)?)
    }
}
