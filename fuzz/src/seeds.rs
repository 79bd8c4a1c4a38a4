//! What the fuzzer starts from, made from `tests/vectors`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Where a flow that is opened here comes back to.
const RETURN_URL: &str = "https://shop.example/back";

/// Each with the name of its target.
pub fn seeds(vectors: &Path) -> Vec<(String, String)> {
    let mut seeds = Vec::new();
    for file in files(vectors) {
        let provider = file["provider"].as_str().expect("a provider");
        let mut seed = |target: &str, text: String| {
            // what stands for something long is of no use to a fuzzer
            if !text.contains("$repeat") {
                seeds.push((target.to_owned(), text));
            }
        };
        for row in file["messages"].as_array().expect("a list") {
            let data = row["data"].to_string();
            seed("message", row["data"].as_str().map_or(data.clone(), str::to_owned));
            let heard = format!("message ours https://provider.example {data}\n");
            seed(
                "flow",
                format!(
                    "begin {provider}\nopened overlay\nloaded\nmessage other https://evil.example {data}\n{heard}token T2\nloaded\n{heard}"
                ),
            );
            seed(
                "flow",
                format!(
                    "begin {provider} S1\nopened popup\n{heard}looked closed focus 5000\nlooked closed focus 7000\n"
                ),
            );
        }
        for row in file["callbacks"].as_array().expect("a list") {
            let url = match &row["url"] {
                Value::Array(parts) => parts.iter().map(|part| part.as_str().unwrap_or("$repeat")).collect(),
                url => url.as_str().expect("a URL").to_owned(),
            };
            let state = row["state"].as_str().unwrap_or_default();
            seed("callback", format!("{state}\n{url}"));
            seed("sca", url.clone());
            let query = url.split_once('?').map_or("", |(_, query)| query);
            let mut record = json!({ "provider": provider, "returnUrl": RETURN_URL, "expires": 2000 });
            if !state.is_empty() {
                record["state"] = state.into();
            }
            let records = json!([{ "provider": "finx", "state": "other", "expires": null }, record]);
            for now_ms in [1000, 3000] {
                seed("resume", format!("{now_ms}\n{records}\n{RETURN_URL}?{query}"));
            }
            seed(
                "flow",
                format!(
                    "begin {provider} {state} {RETURN_URL}\nopened redirect\nelapsed flow\ncallback other {RETURN_URL}?{query}\ncallback cut {RETURN_URL}?{query}\ncallback ours {url}\n"
                ),
            );
        }
    }
    seeds
}

/// The vectors, a file for each provider.
fn files(vectors: &Path) -> Vec<Value> {
    let entries = fs::read_dir(vectors).unwrap_or_else(|error| panic!("{}: {error}", vectors.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}
