//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::HashMap;

use serde_json::Value;

use super::process::Process;
use crate::tokens::Tokens;

#[derive(Default)]
pub(crate) struct Tables {
    pub tokens: Tokens<()>,
    /// In the order in which they were made.
    pub partner_banks: Vec<Value>,
    pub processes: HashMap<String, Process>,
    /// By partner bank and idempotency-key: the process that it made.
    pub idempotency: HashMap<(String, String), String>,
    /// Links to the visualisation tool, each to a process.
    pub visualisations: Tokens<String>,
}

impl Tables {
    /// By the token of its consent link.
    pub fn process_of_link(&mut self, token: &str) -> Option<&mut Process> {
        self.processes.values_mut().find(|process| process.link.token == token)
    }
}
