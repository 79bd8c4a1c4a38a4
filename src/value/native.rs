//! The list where there is no JavaScript.

use super::{Kind, LIMIT};
use regex::Regex;
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use url::{Url, form_urlencoded};

pub const FALSE: i32 = 1;
pub const TRUE: i32 = 2;

/// How many items of one list are read: it may claim any length.
const MOST_ITEMS: usize = 1024;

thread_local! {
    static VALUES: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static IS_TOO_LONG: Cell<bool> = const { Cell::new(false) };
    static EXPRESSIONS: RefCell<HashMap<String, Regex>> = RefCell::default();
}

/// The first places are taken: nothing, false, true.
const TAKEN: usize = 3;

pub fn mark() -> i32 {
    IS_TOO_LONG.set(false);
    VALUES.with_borrow(|values| values.len() as i32)
}

pub fn release(mark: i32) {
    VALUES.with_borrow_mut(|values| values.truncate(mark as usize));
}

/// Adds it to the list.
pub fn json(value: Value) -> i32 {
    VALUES.with_borrow_mut(|values| {
        values.push(value);
        (values.len() - 1 + TAKEN) as i32
    })
}

/// A plain object, as JSON.
pub type Object = Value;

pub fn object(place: i32) -> Object {
    VALUES.with_borrow(|values| values[place as usize - TAKEN].clone())
}

pub fn string(place: i32) -> String {
    object(place).as_str().unwrap_or_default().to_owned()
}

pub fn is_too_long() -> bool {
    IS_TOO_LONG.get()
}

pub fn read_object<T: serde::de::DeserializeOwned>(object: &Object) -> Result<T, String> {
    serde_json::from_value(object.clone()).map_err(|error| error.to_string())
}

pub fn recall(object: &Object) -> i32 {
    json(object.clone())
}

pub fn text(text: &str) -> i32 {
    json(text.into())
}

pub fn record() -> i32 {
    json(Map::new().into())
}

/// What is of this kind, and not too long.
fn of_kind(value: Value, kind: i32) -> Option<Value> {
    let limited = |length: usize, value| {
        let fits = length <= LIMIT;
        if !fits {
            IS_TOO_LONG.set(true);
        }
        fits.then_some(value)
    };
    const FLAG: i32 = Kind::Flag as i32;
    const NUMBER: i32 = Kind::Number as i32;
    const RECORD: i32 = Kind::Record as i32;
    const TEXTS: i32 = Kind::Texts as i32;
    const SOME_TEXT: i32 = Kind::SomeText as i32;
    const PART: i32 = Kind::Part as i32;
    match kind {
        PART => Some(value),
        FLAG => value.is_boolean().then_some(value),
        NUMBER => value.is_number().then_some(value),
        RECORD => (value.is_object() || value.is_array()).then_some(value),
        TEXTS => {
            let items = value.as_array()?;
            let texts: Vec<Value> = items.iter().filter(|item| item.is_string()).cloned().collect();
            let length = texts.iter().filter_map(Value::as_str).map(str::len).sum();
            let length = if items.len() > MOST_ITEMS { usize::MAX } else { length };
            limited(length, texts.into())
        }
        _ => {
            let length = value.as_str()?.len();
            limited(length, value).filter(|_| kind != SOME_TEXT || length > 0)
        }
    }
}

fn read(place: i32, name: &str, kind: i32) -> Option<Value> {
    of_kind(object(place).get(name)?.clone(), kind)
}

pub fn get(place: i32, name: &str, kind: i32) -> i32 {
    match read(place, name, kind) {
        None => 0,
        Some(Value::Bool(false)) => FALSE,
        Some(Value::Bool(true)) => TRUE,
        Some(value) => json(value),
    }
}

pub fn number(place: i32, name: &str) -> f64 {
    read(place, name, Kind::Number as i32).and_then(|number| number.as_f64()).unwrap_or(f64::NAN)
}

pub fn items(place: i32, name: &str) -> i32 {
    let list = read(place, name, Kind::Texts as i32);
    let text = || Some(read(place, name, Kind::Text as i32)?.as_str()?.split(',').map(Value::from).collect());
    let Some(Value::Array(mut items)) = list.or_else(text) else { return 0 };
    items.retain(|item| item != "");
    if items.is_empty() { 0 } else { json(items.into()) }
}

pub fn item(place: i32, index: i32) -> i32 {
    object(place).get(index as usize).map_or(0, |item| json(item.clone()))
}

pub fn unpacked(place: i32) -> i32 {
    let text = of_kind(object(place), Kind::Text as i32);
    let unpacked = text.and_then(|text| serde_json::from_str(text.as_str()?).ok());
    unpacked.map_or(0, json)
}

pub fn is_empty(place: i32) -> bool {
    object(place).as_object().is_none_or(Map::is_empty)
}

fn put_json(place: i32, name: &str, value: Value) {
    VALUES.with_borrow_mut(|values| {
        if let Value::Object(fields) = &mut values[place as usize - TAKEN] {
            fields.insert(name.to_owned(), value);
        }
    });
}

pub fn put(place: i32, name: &str, value: i32) {
    match value {
        0 => {}
        FALSE | TRUE => put_json(place, name, (value == TRUE).into()),
        value => put_json(place, name, object(value)),
    }
}

/// JSON has neither NaN nor infinity: both are read back as NaN.
pub fn put_number(place: i32, name: &str, number: f64) {
    put_json(place, name, Value::from(number));
}

pub fn copy(to: i32, from: i32, names: &str, kind: i32) {
    for name in names.split(' ') {
        let (theirs, ours) = name.split_once(':').unwrap_or((name, name));
        if let Some(value) = read(from, theirs, kind) {
            put_json(to, ours, value);
        }
    }
}

pub fn add(place: i32, name: &str, text: i32) -> bool {
    let mut set = match object(place).get_mut(name) {
        Some(Value::Array(items)) => std::mem::take(items),
        _ => Vec::new(),
    };
    let text = object(text);
    let is_new = !set.contains(&text);
    if is_new {
        set.push(text);
        put_json(place, name, set.into());
    }
    is_new
}

pub fn without(place: i32, names: &str) -> i32 {
    let mut fields = object(place);
    if let Value::Object(fields) = &mut fields {
        fields.retain(|name, _| !names.split(' ').any(|other| other == name));
    }
    json(fields)
}

/// An expression that describes the whole of a text, compiled once.
fn with_expression<R>(pattern: &str, run: impl FnOnce(&Regex) -> R) -> R {
    EXPRESSIONS.with_borrow_mut(|expressions| {
        if !expressions.contains_key(pattern) {
            // each is written in this crate
            let expression = Regex::new(&format!("(?s)^(?:{pattern})$")).expect("a regular expression");
            expressions.insert(pattern.to_owned(), expression);
        }
        run(&expressions[pattern])
    })
}

pub fn position(place: i32, patterns: &str) -> i32 {
    let text = string(place);
    let describes = |pattern: &str| with_expression(pattern, |expression| expression.is_match(&text));
    patterns.split(' ').position(describes).map_or(-1, |position| position as i32)
}

pub fn same(place: i32, other: i32) -> bool {
    string(place) == string(other)
}

pub fn part(place: i32, pattern: &str) -> i32 {
    let whole = string(place);
    let part = with_expression(pattern, |expression| {
        expression.captures(&whole).and_then(|parts| Some(parts.get(1)?.as_str().to_owned()))
    });
    part.map_or(0, |part| text(&part))
}

pub fn between(place: i32, before: &str, after: &str) -> i32 {
    text(&format!("{before}{}{after}", string(place)))
}

pub fn decode(place: i32) -> i32 {
    let encoded = string(place);
    let bytes = encoded.as_bytes();
    let is_valid = |at: usize| {
        let digits = || bytes.get(at + 1..at + 3);
        bytes[at] != b'%' || digits().is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
    };
    if !(0..bytes.len()).all(is_valid) {
        return 0;
    }
    let decoded = String::from_utf8(percent_encoding::percent_decode(bytes).collect());
    decoded.map_or(0, |decoded| text(&decoded))
}

fn parts(url: &Url) -> i32 {
    json(json!({
        "href": url.as_str(),
        "origin": url.origin().ascii_serialization(),
        "pathname": url.path(),
    }))
}

pub fn url(place: i32, base: &str) -> i32 {
    let text = string(place);
    let url =
        if base.is_empty() { Url::parse(&text) } else { Url::parse(base).and_then(|base| base.join(&text)) };
    url.map_or(0, |url| parts(&url))
}

pub fn query(place: i32) -> i32 {
    let text = string(place);
    let path = text.split('#').next().unwrap_or_default();
    let (_, query) = path.split_once('?').unwrap_or_default();
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
        parameters.entry(name).or_insert_with(|| value.into());
    }
    json(parameters.into())
}

pub fn with_parameters(place: i32, parameters: i32) -> i32 {
    let href = object(place);
    let Ok(mut url) = Url::parse(href["href"].as_str().unwrap_or_default()) else { return place };
    for (name, value) in object(parameters).as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let others: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
        url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
    }
    parts(&url)
}
