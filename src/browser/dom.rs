//! The page that the widget runs on.
//!
//! Bindings of its own beside web-sys's, for the bytes: web-sys catches what each of these might throw,
//! which costs more at every call than the call itself, and these do not throw as they are called here.

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, Window};

#[wasm_bindgen]
extern "C" {
    // `web_sys::window()` asks four ways for the global object; a page has it under this name.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static VIEW: View;
    type View;
    #[wasm_bindgen(method, getter, js_name = innerWidth)]
    fn inner_width(this: &View) -> f64;

    /// The page's document.
    #[derive(Clone)]
    pub(crate) type Document;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Document) -> Option<Node>;
    #[wasm_bindgen(method, getter, js_name = documentElement)]
    fn document_element(this: &Document) -> Node;
    #[wasm_bindgen(method, js_name = createElement)]
    fn create_element(this: &Document, name: &str) -> Node;
    #[wasm_bindgen(method, js_name = getElementById)]
    pub(crate) fn get_element_by_id(this: &Document, id: &str) -> Option<Element>;
    #[wasm_bindgen(method, catch, js_name = querySelector)]
    pub(crate) fn query_selector(this: &Document, selector: &str) -> Result<Option<Element>, JsValue>;

    /// An element, or the root of a shadow tree.
    #[derive(Clone)]
    pub(crate) type Node;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_attribute(this: &Node, name: &str, value: &str);
    #[wasm_bindgen(method, setter, js_name = textContent)]
    pub(crate) fn set_text(this: &Node, text: &str);
    #[wasm_bindgen(method)]
    fn append(this: &Node, child: &Node);
    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Node);
    #[wasm_bindgen(method, js_name = attachShadow)]
    fn attach_shadow(this: &Node, options: &JsValue) -> Node;
    #[wasm_bindgen(method, getter, js_name = activeElement)]
    pub(crate) fn active_element(this: &Node) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = clientWidth)]
    pub(crate) fn client_width(this: &Node) -> f64;
    #[wasm_bindgen(method, getter, js_name = contentWindow)]
    pub(crate) fn content_window(this: &Node) -> JsValue;
    #[wasm_bindgen(method, js_name = showModal)]
    pub(crate) fn show_modal(this: &Node);

    /// The adopted style sheets of a document or a shadow tree.
    #[wasm_bindgen(method, getter, structural, js_name = adoptedStyleSheets)]
    fn sheets(this: &Node) -> js_sys::Array;

    #[wasm_bindgen(js_name = CSSStyleSheet)]
    type StyleSheet;
    #[wasm_bindgen(constructor, js_class = "CSSStyleSheet")]
    fn new() -> StyleSheet;
    #[wasm_bindgen(method, js_name = replaceSync)]
    fn replace(this: &StyleSheet, css: &str);

    /// A `SecurityPolicyViolationEvent`.
    pub(crate) type PolicyViolation;
    #[wasm_bindgen(method, getter, js_name = blockedURI)]
    pub(crate) fn blocked_uri(this: &PolicyViolation) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn disposition(this: &PolicyViolation) -> String;
    #[wasm_bindgen(method, getter, js_name = effectiveDirective)]
    pub(crate) fn effective_directive(this: &PolicyViolation) -> String;

    /// Milliseconds since the page began.
    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn now() -> f64;
}

#[wasm_bindgen(module = "/src/browser/undo.js")]
extern "C" {
    /// Undoes what is listed.
    pub(crate) fn undo(entries: &js_sys::Array);
}

/// The width of the window, scroll bar included.
pub(crate) fn inner_width() -> f64 {
    VIEW.with(View::inner_width)
}

/// Adds a listener.
pub(crate) fn listen(target: &EventTarget, kind: &str, handler: &JsValue) {
    // Refuses nothing: the handler is a function.
    let _ = target.add_event_listener_with_callback(kind, handler.unchecked_ref());
}

pub(crate) fn window() -> Window {
    WINDOW.with(Clone::clone)
}

pub(crate) fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// The body, or in a document that has none yet, the document's element.
pub(crate) fn body() -> Node {
    document().body().unwrap_or_else(root)
}

/// The document's element.
pub(crate) fn root() -> Node {
    document().document_element()
}

/// A new element with these attributes, in `parent`.
pub(crate) fn element(parent: &Node, name: &str, attributes: &[(&str, &str)]) -> Node {
    let element = document().create_element(name);
    for (name, value) in attributes {
        element.set_attribute(name, value);
    }
    parent.append(&element);
    element
}

/// A shadow tree in `host`.
pub(crate) fn shadow(host: &Node) -> Node {
    let options = web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open);
    host.attach_shadow(&options)
}

/// Applies styles to a document or a shadow tree, as a strict `style-src` permits it.
pub(crate) fn style(tree: &JsValue, css: &str) -> JsValue {
    let sheet = StyleSheet::new();
    sheet.replace(css);
    tree.unchecked_ref::<Node>().sheets().push(&sheet);
    sheet.into()
}
