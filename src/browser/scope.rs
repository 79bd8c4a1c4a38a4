//! What one flow has put on the page, and how to take it off again.

use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, EventTarget};

use super::dom;

/// Owns all that one flow has registered. Ends it when dropped, at the latest.
///
/// What is to be undone lies in a JavaScript array, `[object, method, ...arguments]` a time, or a style
/// sheet of the document: after a trap no Rust code runs any more, and the package undoes it from there.
pub(crate) struct Scope {
    undo: js_sys::Array,
    handlers: RefCell<Vec<Handler>>,
}

type Handler = Closure<dyn Fn(JsValue)>;

impl Scope {
    /// `undo` is empty, and nobody else adds to it.
    pub fn new(undo: js_sys::Array) -> Self {
        Self { undo, handlers: RefCell::default() }
    }

    /// Calls `object[method](...arguments)` at the end. What came last is undone first.
    pub fn at_end(&self, object: &JsValue, method: &str, arguments: &[&JsValue]) {
        let call = js_sys::Array::of2(object, &method.into());
        for argument in arguments {
            call.push(argument);
        }
        self.undo.push(&call);
    }

    /// Listens until the end.
    pub fn listen(&self, target: &EventTarget, kind: &str, handler: impl Fn(JsValue) + 'static) {
        // Not FnMut: an event may be dispatched from within a handler.
        let handler = Handler::new(handler);
        let function = handler.as_ref();
        if target.add_event_listener_with_callback(kind, function.unchecked_ref()).is_ok() {
            self.at_end(target, "removeEventListener", &[&kind.into(), function]);
            self.handlers.borrow_mut().push(handler);
        }
    }

    /// Applies a style sheet to the document until the end.
    pub fn style_document(&self, sheet: &CssStyleSheet) {
        dom::document().adopted_style_sheets().push(sheet);
        self.undo.push(sheet);
    }

    /// Undoes everything. A second time there is nothing left to undo.
    pub fn end(&self) {
        while self.undo.length() > 0 {
            let entry = self.undo.pop();
            if let Some(call) = entry.dyn_ref::<js_sys::Array>() {
                let object = call.shift();
                let method = js_sys::Reflect::get(&object, &call.shift()).unwrap_or_default();
                // A window or a node may refuse when its page is going away: there is nothing to undo then.
                let _ = js_sys::Reflect::apply(method.unchecked_ref::<js_sys::Function>(), &object, call);
            } else {
                let document = dom::document();
                let kept = document.adopted_style_sheets().filter(&mut |sheet, _, _| sheet != entry);
                document.set_adopted_style_sheets(&kept);
            }
        }
        // One of them may be running right now: wasm-bindgen then frees it when it returns.
        self.handlers.borrow_mut().clear();
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.end();
    }
}
