//! How the shop proves to FinqLink who it is: `private_key_jwt`, RFC 7523.

use std::sync::LazyLock;

use anyhow::Context;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use chrono::Utc;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use pem::Pem;
use sandbox::PublicKey;
use sandbox::finqlink::{CLIENT_ID, token_url};
use serde_json::json;
use uuid::Uuid;

use crate::backend::Place;
use crate::environment::Variables;
use crate::error::ShopError;

const TOKEN_URL: &str = "https://finqware.okta.com/oauth2/ausfqbxutkZBUKUgQ417/v1/token";
const ASSERTION_SECONDS: i64 = 300;
/// The `kid` of the key for the simulated provider.
const DEMO_KEY: &str = "demo";

/// The key for the simulated provider, as PEM. Made anew by every process: nothing worth stealing is in the repository.
static PRIVATE_KEY: LazyLock<String> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
    let der = pair.as_der().expect("a key that was just made");
    pem::encode(&Pem::new("PRIVATE KEY", der.as_ref()))
});

/// What the simulated provider knows the shop by.
pub(crate) fn public_key() -> anyhow::Result<PublicKey> {
    let mut jwk =
        Jwk::from_encoding_key(&EncodingKey::from_rsa_pem(PRIVATE_KEY.as_bytes())?, Algorithm::RS256)?;
    jwk.common.key_id = Some(DEMO_KEY.into());
    serde_json::to_string(&jwk)?.parse()
}

/// The shop's account.
pub(super) struct Account {
    pub client_id: String,
    pub base_url: String,
    pub token_url: String,
    /// `None`: no webhooks.
    pub webhook_url: Option<String>,
    /// A private RSA key, PEM.
    private_key: String,
    key_id: String,
}

impl Account {
    /// That of the environment, and that it is the real provider's; else the simulated provider's.
    pub fn new(place: &Place) -> anyhow::Result<(Self, bool)> {
        const ALL: [&str; 6] = [
            "FINQLINK_CLIENT_ID",
            "FINQLINK_PRIVATE_KEY_FILE",
            "FINQLINK_KEY_ID",
            "FINQLINK_BASE_URL",
            "FINQLINK_TOKEN_URL",
            "FINQLINK_WEBHOOK_URL",
        ];
        let Some(variables) = Variables::find(&ALL, place.environment) else {
            let simulated = Self {
                client_id: CLIENT_ID.into(),
                base_url: place.simulated.into(),
                token_url: token_url(place.simulated),
                webhook_url: Some(format!("{}/webhooks/finqlink", place.shop)),
                private_key: PRIVATE_KEY.clone(),
                key_id: DEMO_KEY.into(),
            };
            return Ok((simulated, false));
        };
        let file = variables.needed(ALL[1])?;
        let private_key =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", ALL[1]))?;
        let live = Self {
            client_id: variables.needed(ALL[0])?,
            private_key,
            key_id: variables.needed(ALL[2])?,
            base_url: variables.needed_url(ALL[3])?,
            token_url: variables.url(ALL[4], TOKEN_URL)?,
            webhook_url: variables.optional_url(ALL[5])?,
        };
        Ok((live, true))
    }

    /// Used once.
    pub fn assertion(&self) -> Result<String, ShopError> {
        let wrong = |_| ShopError::provider("The private key of FINQLINK_PRIVATE_KEY_FILE is no RSA key");
        let key = EncodingKey::from_rsa_pem(self.private_key.as_bytes()).map_err(wrong)?;
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::RS256) };
        let now = Utc::now().timestamp();
        let claims = json!({
            "aud": self.token_url,
            "iss": self.client_id,
            "sub": self.client_id,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": Uuid::new_v4(),
        });
        encode(&header, &claims, &key).map_err(wrong)
    }
}
