//! Named values that go out, such as a step's data, an error's details or a result.

use crate::provider::fields::Fields;

#[cfg(target_arch = "wasm32")]
#[path = "record/page.rs"]
mod values;
#[cfg(not(target_arch = "wasm32"))]
#[path = "record/native.rs"]
mod values;

pub use values::Record;

impl Record {
    pub(crate) fn put_text_if_some(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.put_text(name, text);
        }
    }

    /// Adds all strings of `from` except those with these names, in any letter case; for a repeated name, the first
    /// value.
    pub(crate) fn copy_all_but(&mut self, from: &dyn Fields, names: &[&str]) {
        from.each_text(&mut |name, text| {
            if !names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                self.put_text(name, text);
            }
        });
    }

    /// Adds the strings that `from` has under these names.
    pub(crate) fn copy_texts(&mut self, from: &dyn Fields, names: &[&str]) {
        for name in names {
            self.put_text_if_some(name, from.text(name));
        }
    }
}
