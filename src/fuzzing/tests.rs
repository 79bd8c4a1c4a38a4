//! What the fuzzer runs (`fuzz/`), as properties, with the same inputs to start from.

#[path = "../../fuzz/src/bodies.rs"]
mod bodies;
#[path = "../../fuzz/src/seeds.rs"]
mod seeds;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;

/// The inputs from the vectors, by target.
fn inputs() -> BTreeMap<String, Vec<String>> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut inputs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (target, input) in seeds::seeds(&vectors) {
        inputs.entry(target).or_default().push(input);
    }
    inputs
}

fn run(target: &str, data: &[u8]) {
    match target {
        "message" => bodies::message(data),
        "callback" => bodies::callback(data),
        "flow" => bodies::flow(data),
        "resume" => bodies::resume(data),
        "sca" => bodies::sca(data),
        other => panic!("nothing runs {other}"),
    }
}

/// Awkward for one parser or another.
const WORDS: &[&str] = &[
    "",
    "\n",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e999",
    "\\ud800",
    "\u{0}",
    "%",
    "%ff",
    "%00",
    "&",
    "=",
    "?",
    "#",
    "+",
    "//",
    "@",
    "javascript:",
    "__proto__",
    "state=S1",
    "opened popup\n",
    "loaded\n",
    "caller\n",
    "user\n",
    "refused\n",
    "elapsed flow\n",
    "elapsed load\n",
    "begin flinks\n",
    "token T\n",
    "looked closed 200\n",
    "looked closed focus 5000\n",
    "message ours null {}\n",
    "é😀",
];

/// An input with a few changes: parts of it go, come twice, or give way to words or to parts of another input.
fn changed(inputs: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let word = select(WORDS).prop_map(|word| word.as_bytes().to_vec());
    let other = (select(inputs.clone()), any::<Index>(), 0..60_usize).prop_map(|(input, at, length)| {
        let bytes = input.into_bytes();
        let at = at.index(bytes.len().max(1));
        bytes[at.min(bytes.len())..].iter().copied().take(length).collect()
    });
    let put = prop_oneof![3 => word, 2 => other, 1 => prop::collection::vec(any::<u8>(), 0..8)];
    let changes = prop::collection::vec((any::<Index>(), 0..12_usize, put), 0..8);
    (select(inputs), changes).prop_map(|(input, changes)| {
        let mut bytes = input.into_bytes();
        for (at, gone, put) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + gone).min(bytes.len());
            bytes.splice(at..end, put);
        }
        bytes
    })
}

#[test]
fn there_are_inputs_for_each_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .expect("the targets")
        .map(|entry| {
            entry.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned()
        })
        .collect();
    targets.sort();
    assert_eq!(targets, inputs().into_keys().collect::<Vec<_>>());
    assert!(inputs().values().all(|inputs| inputs.len() >= 5));
}

#[test]
fn each_input_of_the_vectors() {
    for (target, inputs) in inputs() {
        for input in inputs {
            if catch_unwind(|| run(&target, input.as_bytes())).is_err() {
                panic!("{target}: {input}");
            }
        }
    }
}

#[test]
fn inputs_that_nobody_thought_of() {
    for (target, inputs) in inputs() {
        let config = Config { cases: 4000, failure_persistence: None, ..Config::default() };
        let strategy = prop_oneof![20 => changed(inputs), 1 => prop::collection::vec(any::<u8>(), 0..200)];
        let checked = TestRunner::new(config).run(
            &strategy.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            |input| {
                run(&target, input.as_bytes());
                Ok(())
            },
        );
        checked.unwrap_or_else(|failure| panic!("{target}: {failure}"));
    }
}
