//! Fiskil's API and the calls of its consent pages: what they give, and what they refuse.

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod consent_page;
mod renewal;

use std::time::Duration;

use common::{answer, bench, config};
use sandbox::fiskil::{CLIENT_ID, CLIENT_SECRET};
use sandbox::{Config, Receiver};
use serde_json::{Value, json};

fn assert_error(body: &Value, name: &str, part_of_message: &str) {
    assert_eq!(body["name"], name, "{body}");
    assert!(body["id"].as_str().unwrap().starts_with("err_"), "{body}");
    assert!(body["message"].as_str().unwrap().contains(part_of_message), "{body}");
}
