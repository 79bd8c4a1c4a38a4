//! Tells every registered URL that a process was updated. They carry no signature: who gets one asks the API.

use chrono::Utc;
use serde_json::{Value, json};

use super::process::{Code, Process, object_id, status};
use crate::webhooks::{Bad, Form, Headers, Webhooks};

pub(super) struct Unsigned;

impl Form for Unsigned {
    const BAD: &'static [Bad] = &[Bad::Altered, Bad::Replayed];
    const EVENT: &'static str = "/status/code";
    const SUBJECT: &'static str = "/processId";

    fn sign(&self, _: &[u8], _: Option<Bad>) -> Headers {
        Vec::new()
    }

    fn invent(&self, last: Option<Value>) -> Value {
        last.unwrap_or_else(|| notice(&object_id(), Code::Completed, None))
    }
}

impl Webhooks<Unsigned> {
    /// `bank`: the status is that bank's, not the whole process's.
    pub fn updated(&self, process: &Process, code: Code, bank: Option<&str>) {
        self.send(None, &notice(&process.id, code, bank));
    }
}

fn notice(process_id: &str, code: Code, bank: Option<&str>) -> Value {
    json!({ "processId": process_id, "customerBank": bank, "status": status(code, Utc::now()) })
}
