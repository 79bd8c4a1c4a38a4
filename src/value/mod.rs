//! The values that a flow is about: messages, texts, URLs, results.
//!
//! On a page they stay where they are, in JavaScript, and are known here by their place in its list: a text
//! that is copied into the WebAssembly costs more code than all that is decided about it. Elsewhere the list
//! is this thread's. A value lasts for a [`Turn`]; what is to last longer is made into something of Rust's,
//! or kept by whoever runs the flow.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod page;

#[cfg(not(target_arch = "wasm32"))]
use native as list;
#[cfg(target_arch = "wasm32")]
use page as list;

use std::marker::PhantomData;
use std::num::NonZeroI32;

/// How much of one text is read, in bytes of UTF-8.
pub const LIMIT: usize = 64 * 1024;

/// While values last: from the moment that something happens until it is dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'t>(PhantomData<fn(&'t ()) -> &'t ()>);

/// Gives values a turn to last for.
pub fn in_turn<R>(run: impl for<'t> FnOnce(Turn<'t>) -> R) -> R {
    struct End(i32);
    impl Drop for End {
        fn drop(&mut self) {
            list::release(self.0);
        }
    }
    let _end = End(list::mark());
    run(Turn(PhantomData))
}

/// What a field must be to be read, in the order of `values.js`.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Number,
    Record,
    Texts,
    SomeText,
    /// A text of ours, which may have grown: a URL writes some letters with three or nine.
    Part,
}

/// Something with fields that have names: a message, the options of a caller, the parameters of a query.
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    at: NonZeroI32,
    turn: Turn<'t>,
}

/// A text.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t>(Value<'t>);

/// A record of ours, such as a result.
#[derive(Clone, Copy, Debug)]
pub struct Record<'t>(Value<'t>);

/// A parsed URL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Url<'t>(Value<'t>);

impl<'t> Turn<'t> {
    /// The turn of a call that JavaScript has made, and ends.
    #[cfg(all(target_arch = "wasm32", feature = "npm"))]
    pub(crate) fn of_the_call() -> Self {
        Self(PhantomData)
    }

    pub(crate) fn value(self, at: i32) -> Option<Value<'t>> {
        NonZeroI32::new(at).map(|at| Value { at, turn: self })
    }

    fn some(self, at: i32) -> Value<'t> {
        Value { at: NonZeroI32::new(at).unwrap_or(NonZeroI32::MAX), turn: self }
    }

    /// This text.
    pub fn text(self, text: &str) -> Text<'t> {
        Text(self.some(list::text(text)))
    }

    /// The text at this place; `None`: there is nothing.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn text_at(self, at: i32) -> Option<Text<'t>> {
        self.value(at).map(Text)
    }

    /// The record at this place.
    #[cfg(all(target_arch = "wasm32", feature = "npm"))]
    pub(crate) fn record_at(self, at: i32) -> Record<'t> {
        Record(self.some(at))
    }

    /// An empty record.
    pub fn record(self) -> Record<'t> {
        Record(self.some(list::record()))
    }

    /// A record that another turn has left behind. Where there is JavaScript it is the same one, elsewhere a copy.
    pub fn recall(self, record: &Owned) -> Record<'t> {
        Record(self.some(list::recall(&record.0)))
    }

    /// Whether something that was asked for in this turn is longer than [`LIMIT`]: what it belongs to then
    /// does not count.
    pub(crate) fn is_too_long(self) -> bool {
        list::is_too_long()
    }

    /// This value.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn json(self, value: serde_json::Value) -> Value<'t> {
        self.some(list::json(value))
    }

    /// This value.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn js(self, value: &wasm_bindgen::JsValue) -> Option<Value<'t>> {
        self.value(list::hold(value))
    }
}

/// Reading never fails: a field that is absent, inherited or of another type than the one asked for is `None`.
/// So is a text that is longer than [`LIMIT`], which is remembered: see [`Turn::is_too_long`].
impl<'t> Value<'t> {
    fn get(self, name: &str, kind: Kind) -> i32 {
        list::get(self.at(), name, kind as i32)
    }

    pub(crate) fn at(self) -> i32 {
        self.at.get()
    }

    pub(crate) fn turn(self) -> Turn<'t> {
        self.turn
    }

    /// The field, where it is a text.
    pub(crate) fn text(self, name: &str) -> Option<Text<'t>> {
        self.turn.value(self.get(name, Kind::Text)).map(Text)
    }

    /// The field, where it is a text that is not empty.
    pub(crate) fn some_text(self, name: &str) -> Option<Text<'t>> {
        self.turn.value(self.get(name, Kind::SomeText)).map(Text)
    }

    /// The field, where it is a text that `pattern` describes as a whole.
    pub(crate) fn is(self, name: &str, pattern: &str) -> bool {
        self.text(name).is_some_and(|text| text.is(pattern))
    }

    /// The field, where it is a boolean.
    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        match self.get(name, Kind::Flag) {
            list::TRUE => Some(true),
            list::FALSE => Some(false),
            _ => None,
        }
    }

    /// The field, where it is a number; else NaN.
    pub(crate) fn number(self, name: &str) -> f64 {
        list::number(self.at(), name)
    }

    /// The field, where it is a record.
    pub(crate) fn record(self, name: &str) -> Option<Value<'t>> {
        self.turn.value(self.get(name, Kind::Record))
    }

    /// The texts in the field, where it is a list, or between its commas, where it is a text; without those that
    /// are empty. `None`: there are none.
    pub(crate) fn items(self, name: &str) -> Option<Value<'t>> {
        self.turn.value(list::items(self.at(), name))
    }

    /// The item, where this is a list.
    pub(crate) fn item(self, index: i32) -> Option<Value<'t>> {
        self.turn.value(list::item(self.at(), index))
    }

    /// The record that this is the JSON of, where this is no record but a text.
    pub(crate) fn unpacked(self) -> Option<Value<'t>> {
        self.turn.value(list::unpacked(self.at()))
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(self) -> bool {
        list::is_empty(self.at())
    }

    /// A record of ours of the same fields, without those of these names.
    pub(crate) fn without(self, names: &str) -> Record<'t> {
        Record(self.turn.some(list::without(self.at(), names)))
    }
}

impl<'t> Record<'t> {
    /// Its fields.
    pub fn value(self) -> Value<'t> {
        self.0
    }

    /// Adds a field.
    pub(crate) fn put(self, name: &str, value: impl Into<Value<'t>>) {
        self.maybe(name, Some(value.into()));
    }

    /// Adds a field, if there is a value for it.
    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<Value<'t>>>) {
        list::put(self.0.at(), name, value.map_or(0, |value| value.into().at()));
    }

    /// Adds a number.
    pub(crate) fn put_number(self, name: &str, number: f64) {
        list::put_number(self.0.at(), name, number);
    }

    /// Adds these fields of another record, where they are texts. `names` are parted by spaces; `a:b` is
    /// called `a` there and `b` here.
    pub(crate) fn copy(self, from: Value<'t>, names: &str) {
        list::copy(self.0.at(), from.at(), names, Kind::Text as i32);
    }

    /// The same, where they are texts that are not empty.
    pub(crate) fn copy_some(self, from: Value<'t>, names: &str) {
        list::copy(self.0.at(), from.at(), names, Kind::SomeText as i32);
    }

    /// The same, where they are booleans.
    pub(crate) fn copy_flags(self, from: Value<'t>, names: &str) {
        list::copy(self.0.at(), from.at(), names, Kind::Flag as i32);
    }

    /// The same, where they are numbers.
    pub(crate) fn copy_numbers(self, from: Value<'t>, names: &str) {
        list::copy(self.0.at(), from.at(), names, Kind::Number as i32);
    }

    /// The same, where they are lists, with the texts in them.
    pub(crate) fn copy_lists(self, from: Value<'t>, names: &str) {
        list::copy(self.0.at(), from.at(), names, Kind::Texts as i32);
    }

    /// Adds a text to the set in the field. `false`: it is in there.
    pub(crate) fn add(self, name: &str, text: Text<'t>) -> bool {
        list::add(self.0.at(), name, text.0.at())
    }
}

impl<'t> Text<'t> {
    /// Whether a regular expression describes the whole of it. It holds no space, and nothing that JavaScript
    /// and Rust read differently.
    pub(crate) fn is(self, pattern: &str) -> bool {
        self.position(pattern) == 0
    }

    /// Which of these expressions, parted by spaces, is the first that describes the whole of it.
    pub(crate) fn position(self, patterns: &str) -> usize {
        // -1 becomes more than any position.
        list::position(self.0.at(), patterns) as usize
    }

    /// Whether two are the same.
    pub(crate) fn same(self, other: Text<'_>) -> bool {
        list::same(self.0.at(), other.0.at())
    }

    /// What the group in an expression describes, where the expression describes the whole.
    pub(crate) fn part(self, pattern: &str) -> Option<Text<'t>> {
        self.0.turn.value(list::part(self.0.at(), pattern)).map(Text)
    }

    /// Without percent-encoding. `None`: it is not valid.
    pub(crate) fn decoded(self) -> Option<Text<'t>> {
        self.0.turn.value(list::decode(self.0.at())).map(Text)
    }

    /// It with something before and something after it.
    pub(crate) fn between(self, before: &str, after: &str) -> Text<'t> {
        Text(self.0.turn.some(list::between(self.0.at(), before, after)))
    }

    /// The URL that it is, where it is absolute or there is a base.
    pub(crate) fn url(self, base: &str) -> Option<Url<'t>> {
        self.0.turn.value(list::url(self.0.at(), base)).map(Url)
    }

    /// The parameters of a URL or of a relative reference: from the first `?` to the fragment. Of each name the
    /// first.
    pub(crate) fn query(self) -> Value<'t> {
        self.0.turn.some(list::query(self.0.at()))
    }

    pub(crate) fn turn(self) -> Turn<'t> {
        self.0.turn
    }
}

impl<'t> Url<'t> {
    /// A part of it, by JavaScript's name: `href`, `origin`, `pathname`.
    pub(crate) fn part(self, name: &str) -> Text<'t> {
        Text(self.0.turn.some(self.0.get(name, Kind::Part)))
    }

    /// Whether a regular expression describes the whole of it. See [`Text::is`].
    pub(crate) fn is(self, pattern: &str) -> bool {
        self.part("href").is(pattern)
    }

    /// It with these parameters, in place of those of the same names.
    pub(crate) fn with(self, parameters: impl Into<Value<'t>>) -> Self {
        Self(self.0.turn.some(list::with_parameters(self.0.at(), parameters.into().at())))
    }

    pub(crate) fn turn(self) -> Turn<'t> {
        self.0.turn
    }
}

impl<'t> From<Text<'t>> for Value<'t> {
    fn from(text: Text<'t>) -> Self {
        text.0
    }
}

impl<'t> From<Record<'t>> for Value<'t> {
    fn from(record: Record<'t>) -> Self {
        record.0
    }
}

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&list::string(self.0.at()))
    }
}

/// A record that has outlived its turn, such as a result or an error's details.
#[derive(Clone, Debug, PartialEq)]
pub struct Owned(list::Object);

impl Owned {
    /// As its type, such as [`crate::provider::fiskil::FiskilResult`].
    ///
    /// # Errors
    /// It is of another type, in words.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        list::read_object(&self.0)
    }

    /// As JavaScript, or what there is in place of it, has it: an object.
    pub fn into_object(self) -> list::Object {
        self.0
    }
}

impl From<list::Object> for Owned {
    /// An object of another part of the program.
    fn from(object: list::Object) -> Self {
        Self(object)
    }
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        Self(list::object(value.at()))
    }
}

impl From<Record<'_>> for Owned {
    fn from(record: Record<'_>) -> Self {
        record.value().into()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_a_query() {
        for (url, name, value) in [
            ("https://a.example/?code=1", "code", Some("1")),
            ("/path?a=1&b=2", "b", Some("2")),
            ("?a=1&a=2", "a", Some("1")),
            ("?a", "a", Some("")),
            ("?a=b=c", "a", Some("b=c")),
            ("?&&a=1", "a", Some("1")),
            ("?a+b=c+d%2Be", "a b", Some("c d+e")),
            ("?a=%E2%82%AC%zz%4", "a", Some("€%zz%4")),
            ("?a=%FF", "a", Some("\u{fffd}")),
            ("?a=1?b=2", "a", Some("1?b=2")),
            ("https://a.example/code=1", "code", None),
            ("https://a.example/#?code=1", "code", None),
            ("", "code", None),
        ] {
            in_turn(|turn| {
                let found = turn.text(url).query().text(name).map(|text| text.to_string());
                assert_eq!(found.as_deref(), value, "{url}");
            });
        }
    }

    #[test]
    fn decodes_as_decode_uri_component_does() {
        for (text, decoded) in [
            ("https%3A%2F%2Fa.example%2F%3Fa%3D1", Some("https://a.example/?a=1")),
            ("a+b&c=d", Some("a+b&c=d")),
            ("%E2%82%AC", Some("€")),
            ("", Some("")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%FF", None),
        ] {
            in_turn(|turn| {
                let found = turn.text(text).decoded().map(|text| text.to_string());
                assert_eq!(found.as_deref(), decoded, "{text}");
            });
        }
    }

    #[test]
    fn a_parameter_replaces_those_of_its_name() {
        in_turn(|turn| {
            let url = turn.text("https://auth.example/p?a=1&sess_id=x&b=2&sess_id=y").url("").unwrap();
            let url = url.with(turn.json(json!({ "sess_id": "a b&c" })));
            let href = url.part("href").to_string();
            assert!(href.starts_with("https://auth.example/p?a=1&"));
            assert_eq!(href.matches("sess_id=").count(), 1);
            assert!(href.contains("sess_id=a+b%26c"));
        });
    }

    #[test]
    fn a_field_over_the_limit_is_not_read() {
        for (value, is_too_long) in [
            (json!("x".repeat(LIMIT)), false),
            (json!("x".repeat(LIMIT + 1)), true),
            (json!(["x".repeat(LIMIT)]), false),
            (json!(["x".repeat(LIMIT), "y"]), true),
            (json!(vec!["x"; 1024]), false),
            (json!(vec!["x"; 1025]), true),
        ] {
            in_turn(|turn| {
                let data = turn.json(json!({ "a": value, "b": "short" }));
                let read = turn.record();
                read.copy(data, "a");
                read.copy_lists(data, "a");
                assert_eq!(read.value().is_empty(), is_too_long);
                assert_eq!(turn.is_too_long(), is_too_long);
                assert!(data.is("b", "short"));
            });
        }
        in_turn(|turn| {
            let data = turn.json(json!({ "a": "x".repeat(LIMIT + 1), "b": "short" }));
            assert!(data.text("b").is_some() && !turn.is_too_long(), "what nobody reads does not matter");
        });
    }

    #[test]
    fn values_of_a_turn_within_a_turn_leave_the_outer_ones() {
        in_turn(|turn| {
            let before = turn.text("before");
            in_turn(|turn| assert!(turn.text("inner").is("inner")));
            assert!(turn.text("after").is("after") && before.is("before"));
        });
    }
}
