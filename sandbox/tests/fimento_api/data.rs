//! What is computed once a consent is given.

use super::*;

/// The insights of the customer with this number, and all transactions.
async fn data(bench: &Bench, number: &str) -> (String, Value, Vec<Value>) {
    let process = process(bench, json!({ "scenario": "success", "socialSecurityNumber": number })).await;
    play(bench, &process).await;
    completed(bench, &process).await;
    let id = process["_id"].as_str().unwrap();
    let (status, insights) = get(bench, &format!("/insights?processId={id}")).await;
    assert_eq!(status, 200, "{insights}");
    let mut rows = Vec::new();
    for page in 1.. {
        let (status, body) = get(bench, &format!("/insights/transactions?processId={id}&page={page}")).await;
        assert_eq!(status, 200, "{body}");
        let some = body["transactions"].as_array().unwrap();
        assert!(some.len() <= 100);
        if some.is_empty() {
            break;
        }
        rows.extend(some.iter().cloned());
    }
    (id.into(), insights, rows)
}

#[tokio::test]
async fn the_two_test_customers_have_good_and_bad_data() {
    let bench = bench(config());
    let (id, good, good_rows) = data(&bench, GOOD).await;
    let (_, bad, bad_rows) = data(&bench, BAD).await;
    assert_eq!(good["processId"], json!(id));
    let rows = url(&bench, &format!("/insights/transactions?processId={id}&page=1"));
    let bare = bench.http.get(rows).header("authorization", format!("bearer {}", token(&bench).await));
    assert_eq!(answer(bare).await.0, 200, "no partner-bank-id; the scheme in any case");
    let sums = |insights: &Value| insights["computationAutomation"].clone();
    assert_eq!(sums(&good)["remarks"], json!([]));
    assert!(sums(&good)["leftToLiveOn"].as_f64() > Some(0.0));
    assert!(sums(&bad)["leftToLiveOn"].as_f64() < Some(0.0));
    assert_eq!(sums(&bad)["remarks"].as_array().unwrap().len(), 4);
    assert!(
        good["totalBalance"]["amount"].as_f64() > Some(0.0)
            && bad["totalBalance"]["amount"].as_f64() < Some(0.0)
    );
    for (insights, rows) in [(&good, &good_rows), (&bad, &bad_rows)] {
        assert!(rows.len() > 100, "more than one page");
        assert!(insights["accountsInfo"][0]["accountNumber"].is_string());
        // the graph and the transactions tell the same story
        let first = &insights["accountsInfo"][0]["accountNumber"];
        let spent: f64 = rows
            .iter()
            .filter(|row| row["accountId"] == *first)
            .filter_map(|row| row["amount"].as_f64().filter(|amount| *amount < 0.0))
            .sum();
        let graph: f64 = insights["transactionGraph"]
            .as_array()
            .unwrap()
            .iter()
            .map(|month| month["info"]["negativeSum"].as_f64().unwrap())
            .sum();
        assert!((spent - graph).abs() < 0.01, "{spent} {graph}");
    }
    for (path, status, part) in [
        ("/insights".to_owned(), 400, "processId"),
        ("/insights?processId=x".to_owned(), 404, "process"),
        (format!("/insights/transactions?processId={id}"), 400, "page is required"),
        (format!("/insights/transactions?processId={id}&page=0"), 400, "page"),
    ] {
        let error = if status == 400 { "Bad request" } else { "Not found" };
        assert_error(&get(&bench, &path).await, status, error, part);
    }
}

#[tokio::test]
async fn the_visualisation_link_is_new_every_time_and_ends() {
    let bench = bench(config());
    let (id, _, _) = data(&bench, BAD).await;
    let link = async || {
        let (status, body) = get(&bench, &format!("/insights/visualisation-link?processId={id}")).await;
        assert_eq!(status, 200, "{body}");
        body["visualisationUrl"].as_str().unwrap().to_owned()
    };
    let (one, other) = (link().await, link().await);
    assert_ne!(one, other);
    let response = bench.http.get(&one).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("frame-ancestors"), "it can be embedded");
    assert!(response.text().await.unwrap().contains("Gambling"));
    bench.http.post(url(&bench, "/__sandbox/expire-links")).send().await.unwrap();
    assert_eq!(bench.http.get(&one).send().await.unwrap().status(), 410);
    let third = link().await;
    let path = format!("/process/{id}");
    answer(request(&bench, Method::DELETE, &path).await).await;
    assert_eq!(
        bench.http.get(&third).send().await.unwrap().status(),
        410,
        "with the process the data is gone"
    );
}
