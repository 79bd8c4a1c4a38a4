//! RSA keys that sign the webhooks, and their JWKS. Made anew by every process: nothing worth stealing is in the repository.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use pem::Pem;
use rand::RngExt;
use serde_json::{Value, json};

/// A 2048-bit RSA key.
pub(crate) struct Key {
    pub kid: String,
    pub jwk: Jwk,
    signing: EncodingKey,
}

impl Key {
    pub fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
        let der = pair.as_der().expect("a key that was just made");
        let pem = pem::encode(&Pem::new("PRIVATE KEY", der.as_ref()));
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key that was just made");
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256).expect("an RSA key");
        let kid = hex::encode(rand::rng().random::<[u8; 16]>());
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Self { kid, jwk, signing }
    }

    /// The JWS of a payload, compact: header, payload and signature.
    pub fn sign(&self, payload: &[u8]) -> String {
        let header = json!({ "alg": "RS256", "kid": self.kid }).to_string();
        let message =
            format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload));
        let signature =
            crypto::sign(message.as_bytes(), &self.signing, Algorithm::RS256).expect("an RSA key signs");
        format!("{message}.{signature}")
    }
}

/// The key in use and the one before it.
pub(crate) struct WebhookKeys {
    pub current: Key,
    previous: Key,
}

impl WebhookKeys {
    pub fn generate() -> Self {
        Self { current: Key::generate(), previous: Key::generate() }
    }

    /// The current key becomes the previous one, which is forgotten.
    pub fn rotate(&mut self) {
        self.previous = std::mem::replace(&mut self.current, Key::generate());
    }

    /// Exactly two keys, the newest first.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.current.jwk, self.previous.jwk] })
    }
}
