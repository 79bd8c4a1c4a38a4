//! Reads an untrusted record, field by field.

/// The longest string that is read, in bytes of UTF-8.
pub(crate) const LONGEST_TEXT: usize = 64 * 1024;

/// The most items that are read: a list may claim any length.
pub(crate) const MOST_ITEMS: usize = 1024;

/// An untrusted record: a message, or the parameters of a URL. `browser/fields.rs` reads JavaScript values, [`Json`]
/// JSON, `url.rs` a URL's parameters.
///
/// Reading never fails: a field that is absent, inherited or of another type is `None`. So is one longer than 64 KiB,
/// which [`Self::is_too_long`] then reports.
pub trait Fields {
    /// The field, if it is a string. A `&String`, because that is one pointer and a `&str` is two: strings are most of
    /// what is handled here, and the difference is a twentieth of the package.
    fn text(&self, name: &str) -> Option<&String>;

    /// Whether there is such a field, of any type.
    fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// The field, if it is a boolean.
    fn flag(&self, name: &str) -> Option<bool> {
        let _ = name;
        None
    }

    /// The field, if it is a number.
    fn number(&self, name: &str) -> Option<f64> {
        let _ = name;
        None
    }

    /// The strings in the field, if it is a list.
    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let _ = name;
        None
    }

    /// The field, if it is a record.
    fn record(&self, name: &str) -> Option<Box<dyn Fields + '_>> {
        let _ = name;
        None
    }

    /// If this is not a record but a string of JSON: the record in it.
    fn unpacked(&self) -> Option<Box<dyn Fields + '_>> {
        None
    }

    /// Calls `give` with the name and value of each string, if they are all known, as the parameters of a URL are. A
    /// repeated name's first value comes last, so that it replaces the others.
    fn each_text(&self, give: &mut dyn FnMut(&str, &str)) {
        let _ = give;
    }

    /// Whether a field that was read exceeds the limits. The whole record is then ignored.
    fn is_too_long(&self) -> bool {
        false
    }
}

/// What is common to reading every kind of record.
impl dyn Fields + '_ {
    /// The field, if it is a string that is not empty.
    pub fn some_text(&self, name: &str) -> Option<&String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// Whether the field is this string.
    pub fn is(&self, name: &str, expected: &str) -> bool {
        self.text(name).is_some_and(|text| text == expected)
    }

    /// The field's non-empty strings: the items of a list, or the parts of a string between commas. `None` if there are
    /// none.
    pub fn items(&self, name: &str) -> Option<Vec<String>> {
        let mut found = Vec::new();
        match self.texts(name) {
            Some(texts) => found.extend(texts.into_iter().filter(|text| !text.is_empty())),
            None => {
                let mut rest = self.text(name).map(String::as_str);
                while let Some(text) = rest {
                    let (item, others) = cut(text, b',');
                    if !item.is_empty() {
                        found.push(item.to_owned());
                    }
                    rest = others;
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }
}

/// The part before the first occurrence of this ASCII byte, and the part after it, if it occurs.
pub(crate) fn cut(text: &str, byte: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|other| other == byte) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// JSON, for targets without JavaScript.
#[cfg(not(target_arch = "wasm32"))]
pub struct Json<'a> {
    value: std::borrow::Cow<'a, serde_json::Value>,
    is_too_long: std::rc::Rc<std::cell::Cell<bool>>,
}

#[cfg(not(target_arch = "wasm32"))]
impl<'a> Json<'a> {
    /// The record in this value.
    pub fn new(value: &'a serde_json::Value) -> Self {
        Self { value: std::borrow::Cow::Borrowed(value), is_too_long: Default::default() }
    }

    fn limited<T>(&self, length: usize, value: T) -> Option<T> {
        if length > LONGEST_TEXT {
            self.is_too_long.set(true);
            return None;
        }
        Some(value)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Fields for Json<'_> {
    fn text(&self, name: &str) -> Option<&String> {
        match self.value.get(name)? {
            serde_json::Value::String(text) => self.limited(text.len(), text),
            _ => None,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.value.get(name)?.as_bool()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.value.get(name)?.as_f64()
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.value.get(name)?.as_array()?;
        let texts: Vec<&str> = items.iter().filter_map(serde_json::Value::as_str).collect();
        let length =
            if items.len() > MOST_ITEMS { usize::MAX } else { texts.iter().map(|text| text.len()).sum() };
        self.limited(length, texts.into_iter().map(str::to_owned).collect())
    }

    fn record(&self, name: &str) -> Option<Box<dyn Fields + '_>> {
        let value = self.value.get(name).filter(|value| value.is_object() || value.is_array())?;
        Some(Box::new(Json {
            value: std::borrow::Cow::Borrowed(value),
            is_too_long: self.is_too_long.clone(),
        }))
    }

    fn unpacked(&self) -> Option<Box<dyn Fields + '_>> {
        let text = self.value.as_str()?;
        let value = serde_json::from_str(self.limited(text.len(), text)?).ok()?;
        Some(Box::new(Json { value: std::borrow::Cow::Owned(value), is_too_long: self.is_too_long.clone() }))
    }

    fn is_too_long(&self) -> bool {
        self.is_too_long.get()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_over_the_limit_is_not_read() {
        for (value, is_too_long) in [
            (json!("x".repeat(LONGEST_TEXT)), false),
            (json!("x".repeat(LONGEST_TEXT + 1)), true),
            (json!(["x".repeat(LONGEST_TEXT)]), false),
            (json!(["x".repeat(LONGEST_TEXT), "y"]), true),
            (json!(vec!["x"; MOST_ITEMS]), false),
            (json!(vec!["x"; MOST_ITEMS + 1]), true),
        ] {
            let message = json!({ "a": value, "b": "short" });
            let fields = Json::new(&message);
            assert_eq!(fields.text("a").is_none() && fields.texts("a").is_none(), is_too_long);
            assert_eq!(fields.is_too_long(), is_too_long);
            assert_eq!(fields.text("b").map(String::as_str), Some("short"));
        }
        let message = json!({ "a": "x".repeat(LONGEST_TEXT + 1), "b": "short" });
        let fields = Json::new(&message);
        assert!(fields.text("b").is_some() && !fields.is_too_long(), "what nobody reads does not matter");
    }

    #[test]
    fn items_are_a_list_or_stand_between_commas() {
        let message = json!({ "list": ["a", "", 1, "b"], "text": "a,,b", "none": ",", "number": 1 });
        let fields: &dyn Fields = &Json::new(&message);
        let expected = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!((fields.items("list"), fields.items("text")), (expected.clone(), expected));
        assert_eq!((fields.items("none"), fields.items("number")), (None, None));
    }
}
