use crate::page::{Case, script};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    vec![
        script("a success", "const { flow } = await started(); say({ isCompleted: true, consentID: 'arr_1' }); return outcome(flow)",
            json!({ "completed": { "consentID": "arr_1" } })),
    ]
}
