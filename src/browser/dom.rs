//! The page that the widget runs on, and how elements are made without markup.

use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, Document, Element, Window};

#[wasm_bindgen]
extern "C" {
    // `web_sys::window()` asks four ways for the global object; a page has it under this name.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;

    /// Milliseconds since the page began.
    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn now() -> f64;

    /// Reports what a callback of the page's own threw, as if nobody had caught it.
    #[wasm_bindgen(js_name = reportError)]
    pub(crate) fn report_error(error: &JsValue);

    #[wasm_bindgen(js_name = queueMicrotask)]
    pub(crate) fn queue_microtask(callback: &JsValue);

    /// A `SecurityPolicyViolationEvent`; web-sys makes an enum of its disposition, which costs more.
    pub(crate) type PolicyViolation;
    #[wasm_bindgen(method, getter, js_name = blockedURI)]
    pub(crate) fn blocked_uri(this: &PolicyViolation) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn disposition(this: &PolicyViolation) -> String;
    #[wasm_bindgen(method, getter, js_name = effectiveDirective)]
    pub(crate) fn effective_directive(this: &PolicyViolation) -> String;
}

pub(crate) fn window() -> Window {
    WINDOW.with(Clone::clone)
}

pub(crate) fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// A new element with these attributes, in `parent`.
pub(crate) fn element<T: JsCast>(
    parent: &web_sys::Node,
    name: &str,
    attributes: &[(&str, &str)],
) -> Result<T, JsValue> {
    let element: Element = document().create_element(name)?;
    for (name, value) in attributes {
        element.set_attribute(name, value)?;
    }
    parent.append_child(&element)?;
    Ok(element.unchecked_into())
}

/// A style sheet that a strict `style-src` lets through.
pub(crate) fn style_sheet(css: &str) -> Result<CssStyleSheet, JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(css)?;
    Ok(sheet)
}
