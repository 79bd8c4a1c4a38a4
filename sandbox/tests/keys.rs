//! Public keys of somebody else's back end. What these tests sign, they sign with another library than the sandbox verifies with.

mod common;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use common::{Answer, Bench, answer, bench, config};
use pem::Pem;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use sandbox::{Config, finqlink, options};
use serde_json::{Value, json};

/// What comes before a point of P-256 in a public key.
const SPKI_OF_P256: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

enum Key {
    Rsa(RsaKeyPair, Vec<u8>),
    P256(EcdsaKeyPair),
}

impl Key {
    /// `ring` makes no RSA keys.
    fn rsa(size: KeySize) -> Self {
        let pair = aws_lc_rs::rsa::KeyPair::generate(size).unwrap();
        let spki = pair.public_key().as_der().unwrap();
        Self::Rsa(RsaKeyPair::from_pkcs8(pair.as_der().unwrap().as_ref()).unwrap(), spki.as_ref().to_vec())
    }

    fn p256() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self::P256(key.unwrap())
    }

    fn algorithm(&self) -> &'static str {
        if matches!(self, Self::Rsa(..)) { "RS256" } else { "ES256" }
    }

    fn jwk(&self, kid: &str) -> Value {
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(key, _) => {
                let public: RsaPublicKeyComponents<Vec<u8>> = key.public().into();
                json!({ "kty": "RSA", "kid": kid, "n": number(&public.n), "e": number(&public.e), "use": "sig" })
            }
            Self::P256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": number(x), "y": number(y), "alg": "ES256" })
            }
        }
    }

    fn pem(&self) -> String {
        let der = match self {
            Self::Rsa(_, spki) => spki.clone(),
            Self::P256(key) => {
                [hex::decode(SPKI_OF_P256).unwrap(), key.public_key().as_ref().into()].concat()
            }
        };
        pem::encode(&Pem::new("PUBLIC KEY", der))
    }

    /// A JWT.
    fn sign(&self, kid: Option<&str>, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm(), "typ": "JWT", "kid": kid });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(key, _) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::P256(key) => key.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

fn url(bench: &Bench, path: &str) -> String {
    format!("{}{path}", bench.sandbox["finqlink"])
}

fn claims(bench: &Bench, more: Value) -> Value {
    let now = chrono::Utc::now().timestamp();
    let mut claims = json!({
        "aud": url(bench, "/oauth2/v1/token"),
        "iss": finqlink::CLIENT_ID,
        "sub": finqlink::CLIENT_ID,
        "iat": now,
        "exp": now + 3600,
        "jti": uuid::Uuid::new_v4(),
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

async fn token_for(bench: &Bench, assertion: &str) -> Answer {
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", finqlink::CLIENT_ID)
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", "pay_by_link")
        .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .append_pair("client_assertion", assertion)
        .finish();
    let request = bench.http.post(url(bench, "/oauth2/v1/token")).body(form);
    answer(request.header("content-type", "application/x-www-form-urlencoded")).await
}

async fn register(bench: &Bench, key: String) -> Answer {
    answer(bench.http.post(url(bench, "/__sandbox/keys")).body(key)).await
}

async fn assert_refused(bench: &Bench, assertion: &str, part: &str) {
    let (status, body) = token_for(bench, assertion).await;
    assert_eq!((status.as_u16(), &body["error"]), (401, &json!("invalid_client")), "{body}");
    assert!(body["error_description"].as_str().unwrap().contains(part), "{part}: {body}");
}

#[tokio::test]
async fn a_registered_key_gets_a_token() {
    for key in [Key::rsa(KeySize::Rsa2048), Key::p256()] {
        for (pem, form) in [(true, key.pem()), (false, key.jwk("mine").to_string())] {
            let bench = bench(config());
            let assertion = key.sign(Some("mine"), &claims(&bench, json!({})));
            assert_refused(&bench, &assertion, "its kid is not registered").await;
            let (status, body) = register(&bench, form).await;
            let kid = if pem { Value::Null } else { "mine".into() };
            assert_eq!(status, 201, "{body}");
            assert_eq!(body, json!({ "keys": [{ "kid": kid, "alg": key.algorithm() }] }));
            let (status, body) = token_for(&bench, &assertion).await;
            assert_eq!(status, 200, "{body}");
            let call = bench.http.post(url(&bench, "/v2/links/list")).json(&json!({}));
            let token = body["access_token"].as_str().unwrap();
            assert_eq!(answer(call.bearer_auth(token)).await.0, 200);

            assert_refused(&bench, &assertion, "jti has been used").await;
            for (more, part) in [
                (json!({ "aud": "https://finqware.okta.com/v1/token" }), "Audience"),
                (json!({ "exp": 1_700_000_000 }), "Expired"),
                (json!({ "exp": chrono::Utc::now().timestamp() + 7200 }), "ahead"),
                (json!({ "jti": null }), "jti"),
                (json!({ "sub": "another" }), "Subject"),
            ] {
                assert_refused(&bench, &key.sign(Some("mine"), &claims(&bench, more)), part).await;
            }
            let claims = claims(&bench, json!({}));
            assert_refused(&bench, &key.sign(None, &claims), "its header has no kid").await;
            let other = if matches!(key, Key::P256(_)) { Key::p256() } else { Key::rsa(KeySize::Rsa2048) };
            assert_refused(&bench, &other.sign(Some("mine"), &claims), "InvalidSignature").await;
            let unnamed = token_for(&bench, &key.sign(Some("other"), &claims)).await;
            assert_eq!(unnamed.0, if pem { 200 } else { 401 }, "PEM holds no kid");
        }
    }
}

#[tokio::test]
async fn keys_may_be_registered_by_option_and_renewed() {
    let (old, new) = (Key::p256(), Key::p256());
    let file = std::env::temp_dir().join(format!("sandbox-key-{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&file, old.jwk("mine").to_string()).unwrap();
    let option = format!("finqlink={}", file.display());
    let public_keys = vec![options::public_key(&option).unwrap()];
    std::fs::remove_file(&file).unwrap();
    let bench = bench(Config { public_keys, ..config() });
    assert_eq!(token_for(&bench, &old.sign(Some("mine"), &claims(&bench, json!({})))).await.0, 200);
    register(&bench, new.jwk("mine").to_string()).await;
    assert_eq!(token_for(&bench, &new.sign(Some("mine"), &claims(&bench, json!({})))).await.0, 200);
    assert_refused(&bench, &old.sign(Some("mine"), &claims(&bench, json!({}))), "InvalidSignature").await;

    // two without a kid
    let rsa = Key::rsa(KeySize::Rsa2048);
    for key in [&rsa, &new] {
        register(&bench, key.pem()).await;
    }
    for key in [&rsa, &new] {
        assert_eq!(token_for(&bench, &key.sign(Some("any"), &claims(&bench, json!({})))).await.0, 200);
    }

    let why = |option: &str| format!("{:#}", options::public_key(option).unwrap_err());
    assert_eq!(why("key.pem"), "it must be PROVIDER=FILE");
    assert_eq!(why("fiskil=key.pem"), "`fiskil` knows no public keys: PROVIDER must be one of finqlink");
    assert!(why(&option).contains("cannot be read"), "{}", why(&option));
}

#[tokio::test]
async fn what_is_no_public_key_is_refused() {
    let bench = bench(config());
    let with = |name: &str, value: &str| {
        let mut jwk = Key::p256().jwk("mine");
        jwk[name] = value.into();
        jwk.to_string()
    };
    let mut short = Key::rsa(KeySize::Rsa2048).jwk("short");
    short["n"] = short["n"].as_str().unwrap()[..300].into();
    let expected =
        "it must be a public key for RS256 (RSA of 2048 bits or more) or ES256 (P-256), as PEM or as a JWK";
    for (key, part) in [
        (String::new(), expected),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".into(), expected),
        (pem::encode(&Pem::new("PRIVATE KEY", [1, 2, 3])), "it is a private key"),
        (with("d", "AAAA"), "it is a private key"),
        (with("crv", "P-384"), expected),
        (with("alg", "ES384"), expected),
        (json!({ "kty": "oct", "k": "c2VjcmV0" }).to_string(), expected),
        (short.to_string(), expected),
    ] {
        let (status, body) = register(&bench, key.clone()).await;
        assert_eq!(status, 400, "{key}");
        assert!(body["error"].as_str().unwrap().contains(part), "{key}: {body}");
    }
}
