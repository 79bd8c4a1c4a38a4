//! What every provider's pages share: how they are sent, their look, and the script that leads through their steps.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value};

// No `frame-ancestors`: the pages are made to be embedded.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// A page; `given` is what its script finds in the element `given`.
pub(crate) fn page(html: &str, given: &Value) -> Response {
    // `<` must not end the script element that carries the data
    let given = given.to_string().replace('<', "\\u003c");
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(html.replace("{{given}}", &given))).into_response()
}

/// A page in one language, and its words for `given`: `{{name}}` in the page stands for a word of that name. The table has
/// the words of each name in all languages, in the order that `language` counts.
pub(crate) fn in_words(html: &str, table: &str, language: usize) -> (String, Value) {
    let table: Map<String, Value> = serde_json::from_str(table).expect("a table of ours");
    let words: Map<String, Value> =
        table.into_iter().map(|(name, mut words)| (name, words[language].take())).collect();
    let html = words.iter().fold(html.to_owned(), |html, (name, word)| {
        html.replace(&format!("{{{{{name}}}}}"), word.as_str().expect("a word"))
    });
    (html, words.into())
}

/// Serves a file under `/assets/`.
pub(crate) fn asset(router: Router, name: &'static str, text: &'static str) -> Router {
    let kind =
        if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    router.route(&format!("/assets/{name}"), get(move || async move { (headers, text) }))
}

/// The assets that every provider's pages use.
pub(crate) fn common_assets(router: Router) -> Router {
    let router = asset(router, "consent.css", include_str!("../../pages/consent.css"));
    asset(router, "steps.js", include_str!("../../pages/steps.js"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_worded_in_one_language() {
        let table = r#"{ "yes": ["Yes", "Oui"], "no": ["No", "Non"] }"#;
        let (html, words) = in_words("<b>{{yes}}</b>{{given}}", table, 1);
        assert_eq!(html, "<b>Oui</b>{{given}}");
        assert_eq!(words, serde_json::json!({ "yes": "Oui", "no": "Non" }));
    }

    #[tokio::test]
    async fn data_cannot_end_its_script_element() {
        let given = serde_json::json!({ "name": "</script><script>alert(1)</script>" });
        let body = page("<script>{{given}}</script>", &given).into_body();
        let html = axum::body::to_bytes(body, 1000).await.unwrap();
        let html = std::str::from_utf8(&html).unwrap();
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        let data = html.trim_start_matches("<script>").trim_end_matches("</script>");
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), given);
    }
}
