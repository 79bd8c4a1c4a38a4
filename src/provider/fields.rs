//! Reads untrusted records field by field: only what is asked for, only own properties, only so much.

/// How much of one field is read, in bytes of UTF-8.
pub const LIMIT: usize = 64 * 1024;

/// A record of unknown make: an object in a page, JSON, or the query of a URL.
///
/// Reading never fails: a field that is absent, inherited or of another type than the one asked for is
/// `None`. One that is longer than [`LIMIT`] is `None` as well, and is remembered: the record then does
/// not count, see [`Fields::is_too_long`].
pub trait Fields: Sized {
    /// The field, where it is a text.
    fn text(&self, name: &str) -> Option<String>;

    /// The field, where it is a boolean.
    fn flag(&self, name: &str) -> Option<bool>;

    /// The field, where it is a number.
    fn number(&self, name: &str) -> Option<f64>;

    /// The texts in the field, where it is a list. Other items are dropped.
    fn texts(&self, name: &str) -> Option<Vec<String>>;

    /// The field, where it is a record.
    fn record(&self, name: &str) -> Option<Self>;

    /// The record that this is the JSON of, where this is no record but a text.
    fn unpacked(&self) -> Option<Self>;

    /// Whether something that was asked for is longer than [`LIMIT`].
    fn is_too_long(&self) -> bool;

    /// The field, where it is a text that is not empty.
    fn some_text(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use json::Json;

#[cfg(not(target_arch = "wasm32"))]
mod json {
    use super::{Fields, LIMIT};
    use serde_json::Value;
    use std::cell::Cell;
    use std::rc::Rc;

    /// How many items of one list are read: it may claim any length.
    const MOST_ITEMS: usize = 1024;

    /// A record in JSON.
    pub struct Json {
        value: Value,
        is_too_long: Rc<Cell<bool>>,
    }

    impl Json {
        /// Reads from this value.
        pub fn new(value: Value) -> Self {
            Self { value, is_too_long: Rc::default() }
        }

        fn within(&self, value: Value) -> Self {
            Self { value, is_too_long: self.is_too_long.clone() }
        }

        fn limited<T>(&self, length: usize, value: T) -> Option<T> {
            let fits = length <= LIMIT;
            if !fits {
                self.is_too_long.set(true);
            }
            fits.then_some(value)
        }
    }

    impl Fields for Json {
        fn text(&self, name: &str) -> Option<String> {
            let text = self.value.get(name)?.as_str()?;
            self.limited(text.len(), text.to_owned())
        }

        fn flag(&self, name: &str) -> Option<bool> {
            self.value.get(name)?.as_bool()
        }

        fn number(&self, name: &str) -> Option<f64> {
            self.value.get(name)?.as_f64()
        }

        fn texts(&self, name: &str) -> Option<Vec<String>> {
            let items = self.value.get(name)?.as_array()?;
            let texts: Vec<String> = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let length = texts.iter().map(String::len).sum();
            let length = if items.len() > MOST_ITEMS { usize::MAX } else { length };
            self.limited(length, texts)
        }

        fn record(&self, name: &str) -> Option<Self> {
            let record = self.value.get(name).filter(|value| value.is_object())?;
            Some(self.within(record.clone()))
        }

        fn unpacked(&self) -> Option<Self> {
            let text = self.value.as_str()?;
            let text = self.limited(text.len(), text)?;
            Some(self.within(serde_json::from_str(text).ok()?))
        }

        fn is_too_long(&self) -> bool {
            self.is_too_long.get()
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_over_the_limit_is_not_read() {
        let of = |value| Json::new(json!({ "a": value, "b": "short" }));
        for (value, is_too_long) in [
            (json!("x".repeat(LIMIT)), false),
            (json!("x".repeat(LIMIT + 1)), true),
            (json!(["x".repeat(LIMIT)]), false),
            (json!(["x".repeat(LIMIT), "y"]), true),
            (json!(vec!["x"; 1024]), false),
            (json!(vec!["x"; 1025]), true),
        ] {
            let data = of(value);
            let read = data.text("a").is_some() || data.texts("a").is_some();
            assert_eq!(read, !is_too_long);
            assert_eq!(data.is_too_long(), is_too_long);
            assert_eq!(data.text("b").as_deref(), Some("short"));
        }
        let unread = of(json!("x".repeat(LIMIT + 1)));
        assert!(unread.text("b").is_some() && !unread.is_too_long(), "what nobody reads does not matter");
    }
}
