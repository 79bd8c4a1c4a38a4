//! What a consent lets a back end read.

use super::*;

#[tokio::test]
async fn data_is_read_page_by_page_with_filters() {
    let bench = bench(config());
    let consent = active(&bench, json!({ "scenario": "success" })).await;
    let id = &consent["consent_id"];
    let read = async |kind: &str, mut body: Value| {
        body["consent_id"] = id.clone();
        call(&bench, &format!("/ais/{kind}/list"), body).await
    };
    let all = async |kind: &str, limit: u64| {
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let (status, page) =
                read(kind, json!({ "pagination": { "limit": limit, "after": after } })).await;
            assert_eq!(status, 200, "{page}");
            let some = page[kind].as_array().unwrap().clone();
            assert_eq!(page["pagination"]["count"], some.len());
            // the last record's own keyset asks for the next page too
            after = some.last().map_or(Value::Null, |row| row["keyset"].clone());
            rows.extend(some);
            if page["pagination"]["more?"] == false {
                return rows;
            }
            assert_eq!(page["pagination"]["after"], after);
        }
    };
    for kind in ["accounts", "balances", "transactions"] {
        let rows = all(kind, 7).await;
        assert_eq!(rows, all(kind, 250).await, "{kind}");
        let mut keys: Vec<_> = rows.iter().map(|row| row["keyset"].to_string()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "{kind}: every row once");
    }
    let rows = all("transactions", 100).await;
    let dates: Vec<_> = rows.iter().map(|row| row["booking_date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|one, other| one >= other), "the newest first");
    let chosen = async |filter: Value| {
        let (status, page) =
            read("transactions", json!({ "filter": filter, "pagination": { "limit": 250 } })).await;
        assert_eq!(status, 200, "{page}");
        page["transactions"].as_array().unwrap().clone()
    };
    let credits = chosen(json!({ "credit_debit_indicator": "credit" })).await;
    let debits = chosen(json!({ "credit_debit_indicator": "debit" })).await;
    assert!(!credits.is_empty() && credits.len() + debits.len() == rows.len());
    let number = |row: &Value| row["amount"].as_str().unwrap().parse::<f64>().unwrap();
    let some = chosen(json!({ "amount_from": "50", "amount_to": "150.00" })).await;
    assert!(!some.is_empty() && some.iter().all(|row| (50.0..=150.0).contains(&number(row))));
    let day = dates[dates.len() / 2];
    let some = chosen(json!({ "booking_date_from": day, "booking_date_to": day })).await;
    assert!(!some.is_empty() && some.iter().all(|row| row["booking_date"] == day));
    let (_, euros) = read("accounts", json!({ "filter": { "currency": "EUR" } })).await;
    assert_eq!(euros["accounts"].as_array().unwrap().len(), 1);
    let account = &euros["accounts"][0]["account_id"];
    let (_, of_one) = read("balances", json!({ "filter": { "account_id": account } })).await;
    assert!(of_one["balances"].as_array().unwrap().iter().all(|row| row["account_id"] == *account));
    for (kind, filter, part) in [
        ("transactions", json!({ "amount_from": 50 }), "string"),
        ("transactions", json!({ "amount_from": "1,5" }), "decimal"),
        ("transactions", json!({ "booking_date_from": "soon" }), "date"),
        ("transactions", json!({ "status": "maybe" }), "booked"),
    ] {
        assert_error(&read(kind, json!({ "filter": filter })).await, 400, "validation_error", part);
    }
}

#[tokio::test]
async fn data_needs_an_active_consent_that_covers_it() {
    let bench = bench(config());
    let limited = active(&bench, json!({ "scenario": "success", "scope": ["accounts", "balances"] })).await;
    let id = json!({ "consent_id": limited["consent_id"] });
    assert_eq!(call(&bench, "/ais/balances/list", id.clone()).await.0, 200);
    assert_error(
        &call(&bench, "/ais/transactions/list", id.clone()).await,
        400,
        "unprocessable_entity",
        "scope",
    );
    let (status, revoked) = call(&bench, "/ais/consents/revoke", id.clone()).await;
    assert_eq!((status.as_u16(), &revoked["status"]), (200, &json!("revoked")));
    for path in ["/ais/consents/revoke", "/ais/accounts/list", "/ais/jobs/create"] {
        assert_error(&call(&bench, path, id.clone()).await, 400, "consent_not_active", "revoked");
    }
    let new = consent(&bench, json!({})).await;
    let id = json!({ "consent_id": new["consent_id"] });
    assert_error(&call(&bench, "/ais/accounts/list", id).await, 400, "consent_not_active", "created");
    assert_error(
        &call(&bench, "/ais/accounts/list", json!({ "consent_id": "x" })).await,
        404,
        "not_found",
        "consent",
    );
    assert_error(&call(&bench, "/ais/accounts/list", json!({})).await, 400, "validation_error", "consent_id");
}

#[tokio::test]
async fn a_job_refreshes_once_a_minute() {
    let bench = bench(config());
    let consent = active(&bench, json!({ "scenario": "success" })).await;
    let id = json!({ "consent_id": consent["consent_id"] });
    let (status, job) = call(&bench, "/ais/jobs/create", id.clone()).await;
    assert_eq!((status.as_u16(), &job["status"]), (200, &json!("started")));
    assert_error(&call(&bench, "/ais/jobs/create", id).await, 400, "cooldown_failed", "minute");
    let job = json!({ "job_id": job["job_id"] });
    while call(&bench, "/ais/jobs/get", job.clone()).await.1["status"] != "completed" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_error(&call(&bench, "/ais/jobs/get", json!({ "job_id": "x" })).await, 404, "not_found", "job");
}
