//! What each call needs.

use super::*;

#[tokio::test]
async fn a_token_needs_the_right_client() {
    let bench = bench(config());
    let token = |body| bench.post(bench.fiskil("/v1/token"), body);

    let (status, body) = token(json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET })).await;
    assert_eq!(status, 200);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));

    let (status, body) = token(json!({ "client_id": CLIENT_ID, "client_secret": "guess" })).await;
    assert_eq!(status, 401);
    assert_error(&body, "Unauthorized", "credentials");

    let (status, body) = token(json!({ "client_id": CLIENT_ID })).await;
    assert_eq!(status, 400);
    assert_error(&body, "InvalidRequest", "client_secret");

    let (status, body) = answer(bench.http.post(bench.fiskil("/v1/token")).body("client_id=x")).await;
    assert_eq!(status, 400);
    assert_error(&body, "InvalidRequest", "JSON object");
}

#[tokio::test]
async fn every_other_call_needs_a_token() {
    let bench = bench(config());
    for path in ["/v1/consent", "/v1/accounts", "/v1/transactions", "/v1/energy/usage"] {
        let (status, body) = bench.get(bench.fiskil(path)).await;
        assert_eq!(status, 401, "{path}");
        assert_error(&body, "Unauthorized", "token");
    }
    for path in ["/v1/end-users", "/v1/auth/session"] {
        let request = bench.http.post(bench.fiskil(path)).bearer_auth("tok_invented").json(&json!({}));
        assert_eq!(answer(request).await.0, 401, "{path}");
    }
}

#[tokio::test]
async fn a_token_expires() {
    let bench = bench(Config { token_lifetime: Duration::from_millis(300), ..config() });
    let token = bench.token().await;
    let call = || {
        answer(
            bench
                .http
                .post(bench.fiskil("/v1/end-users"))
                .bearer_auth(&token)
                .json(&json!({ "email": "a@b" })),
        )
    };
    assert_eq!(call().await.0, 201);
    let any_case = bench.http.get(bench.fiskil("/v1/institutions"));
    assert_eq!(answer(any_case.header("authorization", format!("bearer {token}"))).await.0, 200);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(call().await.0, 401);
}

#[tokio::test]
async fn an_end_user_needs_an_email() {
    let bench = bench(config());
    let (status, user) = bench
        .call("/v1/end-users", Some(json!({ "email": "a@example.com", "name": "A", "phone": "+611" })))
        .await;
    assert_eq!(status, 201);
    assert_eq!(
        (&user["email"], &user["name"], &user["phone"]),
        (&json!("a@example.com"), &json!("A"), &json!("+611"))
    );
    assert_eq!(user["end_user_id"], user["id"], "the guide's name for it and the reference's");
    for (body, part) in [
        (json!({}), "email"),
        (json!({ "email": 7 }), "string"),
        (json!({ "email": "nobody" }), "address"),
        (json!([]), "object"),
    ] {
        let (status, error) = bench.call("/v1/end-users", Some(body)).await;
        assert_eq!(status, 400);
        assert_error(&error, "InvalidRequest", part);
    }
}

#[tokio::test]
async fn a_session_needs_an_end_user_and_uris_that_can_be_gone_to() {
    let bench = bench(config());
    let user = bench.end_user().await;
    let good = json!({ "end_user_id": user, "cancel_uri": "https://app.example/cancel" });
    let (status, session) = bench.call("/v1/auth/session", Some(good.clone())).await;
    assert_eq!(status, 201);
    let id = session["session_id"].as_str().unwrap();
    assert_eq!(session["auth_url"], format!("{}?sess_id={id}", bench.sandbox["fiskil"]));
    assert_eq!(session["id"], CLIENT_ID);
    let expires = chrono::DateTime::parse_from_rfc3339(session["expires_at"].as_str().unwrap()).unwrap();
    let days = (expires.to_utc() - chrono::Utc::now()).num_hours() as f64 / 24.0;
    assert!((4.9..=5.0).contains(&days), "{days}");

    let (status, _) = bench.call("/v1/auth/session", Some(json!({ "end_user_id": user }))).await;
    assert_eq!(status, 201, "link() needs neither URI");

    let cases = [
        ("end_user_id", json!(null), 400, "InvalidRequest"),
        ("end_user_id", json!("end_user_nobody"), 404, "NotFound"),
        ("cancel_uri", json!("/cancel"), 400, "InvalidRequest"),
        ("cancel_uri", json!("javascript:alert(1)"), 400, "InvalidRequest"),
        ("redirect_uri", json!("nowhere"), 400, "InvalidRequest"),
        ("institution_id", json!("999"), 404, "NotFound"),
        ("scenario", json!("nonsense"), 404, "NotFound"),
    ];
    for (field, value, expected, name) in cases {
        let mut body = good.clone();
        body[field] = value;
        let (status, error) = bench.call("/v1/auth/session", Some(body.clone())).await;
        assert_eq!(status.as_u16(), expected, "{body}");
        assert_error(&error, name, "");
    }
}

#[tokio::test]
async fn data_needs_a_consent_that_exists() {
    let bench = bench(config());
    for path in ["/v1/accounts", "/v1/transactions", "/v1/energy/usage"] {
        let (status, error) = bench.call(path, None).await;
        assert_eq!(status, 400, "{path}");
        assert_error(&error, "InvalidRequest", "consent_id");
        let (status, error) = bench.call(&format!("{path}?consent_id=arr_nothing"), None).await;
        assert_eq!(status, 404, "{path}");
        assert_error(&error, "NotFound", "consent");
    }
    let (status, error) = bench.call("/v1/consent", None).await;
    assert_eq!(status, 400);
    assert_error(&error, "InvalidRequest", "end_user_id");
    assert_eq!(bench.call("/v1/consent?end_user_id=nobody", None).await.0, 404);
}
