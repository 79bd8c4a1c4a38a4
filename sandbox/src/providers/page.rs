//! What every provider's pages share: how they are sent, their look, and the script that leads through their steps.

use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use include_dir::{Dir, include_dir};
use serde_json::{Map, Value, json};

use crate::fields::{self, Complaint};
use crate::record::Record;

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/pages");

// No `frame-ancestors`: the pages are made to be embedded.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// A page of the folder `pages`; `given` is what its script finds in the element `given`.
pub(crate) fn page(path: &str, given: &Value) -> Response {
    send(text(path), given)
}

/// A page in one language: `words` has them in all, in the order that `language` counts.
pub(crate) fn worded(path: &str, words: &str, language: usize, mut given: Value) -> Response {
    let (html, words) = in_words(text(path), text(words), language);
    given["words"] = words;
    send(&html, &given)
}

pub(crate) fn send(html: &str, given: &Value) -> Response {
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

/// A file in the folder `pages`.
pub(crate) fn text(path: &str) -> &'static str {
    FILES.get_file(path).and_then(|file| file.contents_utf8()).expect("a file of ours")
}

/// Cuts the window off from the one that opened it, where it is a popup.
pub(crate) fn severed(page: Response, is_severed: bool) -> Response {
    if is_severed { ([("cross-origin-opener-policy", "same-origin")], page).into_response() } else { page }
}

/// A page in one language, and its words for `given`: `{{name}}` in the page stands for a word of that name.
fn in_words(html: &str, table: &str, language: usize) -> (String, Value) {
    let table: Map<String, Value> = serde_json::from_str(table).expect("a table of ours");
    let words: Map<String, Value> =
        table.into_iter().map(|(name, mut words)| (name, words[language].take())).collect();
    let html = words.iter().fold(html.to_owned(), |html, (name, word)| {
        html.replace(&format!("{{{{{name}}}}}"), word.as_str().expect("a word"))
    });
    (html, words.into())
}

/// Serves under `/assets/` the scripts and styles of a provider's folder, and those of all.
pub(crate) fn with_assets(router: Router, folder: &str) -> Router {
    let own = FILES.get_dir(folder).into_iter().flat_map(Dir::files);
    FILES.files().chain(own).fold(router, |router, file| {
        let (path, text) = (file.path(), file.contents());
        let kind = match path.extension().and_then(|end| end.to_str()) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            _ => return router,
        };
        let name = path.file_name().expect("a file's path").display();
        let headers =
            [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
        router.route(&format!("/assets/{name}"), get(move || async move { (headers, text) }))
    })
}

/// The call by which a page says what it did when it was over: it is recorded.
pub(crate) fn ended<S: Clone + Send + Sync + 'static>(record: &Record) -> MethodRouter<S> {
    let record = record.clone();
    post(async move |body: PageBody| {
        record.add("message", json!({ "to": body["to"], "message": body["message"], "url": body["url"] }));
        StatusCode::NO_CONTENT
    })
}

pub(crate) type PageBody = fields::Body<PageError>;

/// What a page's script shows of an error: `{ message }`.
pub(crate) struct PageError(pub StatusCode, pub String);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "message": self.1 }))).into_response()
    }
}

impl Complaint for PageError {
    fn no_object() -> Self {
        Self(StatusCode::BAD_REQUEST, "The body must be a JSON object".into())
    }

    fn field(name: &str, wrong: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{name} {wrong}"))
    }
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
        let body = send("<script>{{given}}</script>", &given).into_body();
        let html = axum::body::to_bytes(body, 1000).await.unwrap();
        let html = std::str::from_utf8(&html).unwrap();
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        let data = html.trim_start_matches("<script>").trim_end_matches("</script>");
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), given);
    }
}
