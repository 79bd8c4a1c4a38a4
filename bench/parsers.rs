//! Messages and return URLs that are read each second, of each provider: the rows of its contract that mean something.

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use link_widget::Provider;
use serde_json::Value;

/// The field of these rows of `tests/vectors` that is read. What stands for something long is another question.
fn inputs(provider: Provider, rows: &str, field: &str) -> Vec<Value> {
    let path = format!("{}/../tests/vectors/{}.json", env!("CARGO_MANIFEST_DIR"), provider.name());
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let vectors: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let rows = vectors[rows].as_array().unwrap_or_else(|| panic!("{path} has no list {rows}"));
    rows.iter()
        .filter(|row| !row["expect"].is_null() && !row.to_string().contains("$repeat"))
        .map(|row| row[field].clone())
        .collect()
}

fn parsers(criterion: &mut Criterion) {
    for &provider in Provider::ALL {
        let messages = inputs(provider, "messages", "data");
        // two providers answer by return URLs alone
        if !messages.is_empty() {
            time(criterion, "messages", provider, &messages, |message| provider.parse_message(message));
        }
        let urls = inputs(provider, "callbacks", "url");
        let urls: Vec<&str> = urls.iter().filter_map(Value::as_str).collect();
        time(criterion, "callbacks", provider, &urls, |url| provider.parse_callback(url));
    }
}

/// Times reading all of these.
fn time<T, R>(
    criterion: &mut Criterion,
    kind: &str,
    provider: Provider,
    inputs: &[T],
    read: impl Fn(&T) -> R,
) {
    let mut group = criterion.benchmark_group(kind);
    group.throughput(Throughput::Elements(inputs.len() as u64));
    group.bench_function(provider.name(), |bencher| {
        bencher.iter(|| {
            for input in inputs {
                black_box(read(black_box(input)));
            }
        });
    });
}

criterion_group!(benches, parsers);
criterion_main!(benches);
