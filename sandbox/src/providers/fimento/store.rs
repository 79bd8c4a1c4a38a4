//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use rand::RngExt;
use rand::distr::Alphanumeric;
use serde_json::{Value, json};

use super::PARTNER_BANK_ID;
use super::process::Process;

#[derive(Default)]
pub(crate) struct Tables {
    /// Access tokens, until when.
    pub tokens: HashMap<String, Instant>,
    /// In the order in which they were made.
    pub partner_banks: Vec<Value>,
    pub processes: HashMap<String, Process>,
    /// By partner bank and idempotency-key: the process that it made.
    pub idempotency: HashMap<(String, String), String>,
    /// Links to the visualisation tool: the process, and until when.
    pub visualisations: HashMap<String, (String, Instant)>,
}

impl Tables {
    /// By the token of its consent link.
    pub fn process_of_link(&mut self, token: &str) -> Option<&mut Process> {
        self.processes.values_mut().find(|process| process.link.token == token)
    }
}

pub(crate) struct Store {
    tables: Mutex<Tables>,
}

impl Store {
    pub fn new() -> Self {
        let demo = json!({ "_id": PARTNER_BANK_ID, "name": "Demo partner bank", "isBroker": false, "logoUrl": null });
        Self { tables: Mutex::new(Tables { partner_banks: vec![demo], ..Tables::default() }) }
    }

    /// Never held across an await.
    pub fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }
}

/// 24 hexadecimal digits, as the provider's IDs are.
pub(crate) fn object_id() -> String {
    hex::encode(rand::rng().random::<[u8; 12]>())
}

/// 32 letters and digits that cannot be guessed.
pub(crate) fn unguessable() -> String {
    rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect()
}
