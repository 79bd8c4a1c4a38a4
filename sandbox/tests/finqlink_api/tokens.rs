//! What lets a back end in.

use super::*;

#[tokio::test]
async fn a_token_comes_for_a_signed_assertion_or_a_secret() {
    let bench = bench(config());
    let (status, body) = token_for(&bench, &assertion(&claims(&bench))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("pay_by_link")));
    let secret = [
        ("client_id", finqlink::CLIENT_ID),
        ("client_secret", finqlink::CLIENT_SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "pay_by_link"),
    ];
    assert_eq!(token_with(&bench, &secret).await.0, 200);

    let refused = async |change: usize, value: &'static str, status: u16, error: &str| {
        let mut fields = secret;
        fields[change].1 = value;
        let (got, body) = token_with(&bench, &fields).await;
        assert_eq!((got.as_u16(), &body["error"]), (status, &json!(error)), "{body}");
    };
    refused(0, "somebody", 401, "invalid_client").await;
    refused(1, "guess", 401, "invalid_client").await;
    refused(1, "", 401, "invalid_client").await;
    refused(2, "password", 400, "unsupported_grant_type").await;
    refused(2, "", 400, "invalid_request").await;
    refused(3, "everything", 400, "invalid_scope").await;
    let typed = [secret[0], secret[2], secret[3], ("client_assertion_type", "x"), ("client_assertion", "y")];
    assert_eq!(token_with(&bench, &typed).await.1["error"], "invalid_request");
}

#[tokio::test]
async fn an_assertion_is_checked_in_every_part() {
    let bench = bench(config());
    let refused = async |assertion: &str, part: &str| {
        let (status, body) = token_for(&bench, assertion).await;
        assert_eq!((status.as_u16(), &body["error"]), (401, &json!("invalid_client")), "{part}: {body}");
        assert!(body["error_description"].as_str().unwrap().contains(part), "{part}: {body}");
    };
    let now = chrono::Utc::now().timestamp();
    for (claim, value, part) in [
        ("aud", json!("https://elsewhere.example/token"), "InvalidAudience"),
        ("aud", Value::Null, "aud"),
        ("iss", json!("somebody"), "InvalidIssuer"),
        ("sub", json!("somebody"), "InvalidSubject"),
        ("exp", json!(now - 10), "ExpiredSignature"),
        ("exp", json!(now + 4000), "ahead"),
        ("exp", Value::Null, "exp"),
        ("nbf", json!(now + 100), "ImmatureSignature"),
        ("jti", Value::Null, "jti"),
        ("jti", json!(""), "jti"),
    ] {
        let mut claims = claims(&bench);
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value;
        }
        refused(&assertion(&claims), part).await;
    }
    let used = assertion(&claims(&bench));
    assert_eq!(token_for(&bench, &used).await.0, 200);
    refused(&used, "used before").await;

    // the claims of one assertion under the signature of another
    let (one, other) = (assertion(&claims(&bench)), assertion(&claims(&bench)));
    let (message, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    refused(&format!("{message}.{signature}"), "InvalidSignature").await;
    let no_signature = format!(
        "{}.{}.",
        BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        message.split_once('.').unwrap().1
    );
    refused(&no_signature, "refused").await;
    // signed with the secret in place of the key
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::HS256) };
    let by_secret =
        encode(&header, &claims(&bench), &EncodingKey::from_secret(finqlink::CLIENT_SECRET.as_bytes()));
    refused(&by_secret.unwrap(), "InvalidAlgorithm").await;
    // by a key that is not registered
    let header = Header { kid: Some("another".into()), ..Header::new(Algorithm::RS256) };
    refused(&encode(&header, &claims(&bench), &KEY).unwrap(), "kid").await;
    refused("nonsense", "refused").await;
}

#[tokio::test]
async fn live_calls_need_a_token_and_test_calls_may_bring_a_secret() {
    let bench = bench(Config { token_lifetime: Duration::from_millis(400), ..config() });
    let with_secret = json!({ "client_id": finqlink::CLIENT_ID, "client_secret": finqlink::CLIENT_SECRET });
    for path in ["/test/providers/list", "/v2/test/providers/list"] {
        assert_eq!(bench.post(url(&bench, path), with_secret.clone()).await.0, 200, "{path}");
        let wrong = json!({ "client_id": finqlink::CLIENT_ID, "client_secret": "guess" });
        assert_error(&bench.post(url(&bench, path), wrong).await, 401, "unauthorized", "wrong");
    }
    let live = url(&bench, "/v2/providers/list");
    assert_error(&bench.post(live.clone(), with_secret).await, 401, "unauthorized", "token");
    let token = token(&bench).await;
    let request = || bench.http.post(&live).bearer_auth(&token).json(&json!({}));
    assert_eq!(answer(request()).await.0, 200);
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(answer(request()).await.0, 401, "it has expired");
    let any_case = bench.http.post(url(&bench, "/v2/providers/list")).json(&json!({}));
    let any_case = any_case.header("authorization", format!("bearer {}", self::token(&bench).await));
    assert_eq!(answer(any_case).await.0, 200);
}
