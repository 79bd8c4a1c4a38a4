//! What `page/*.js` shows, takes off and keeps.

#[cfg(feature = "npm")]
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

#[wasm_bindgen(module = "/src/browser/page/stage.js")]
extern "C" {
    /// What one flow has put on the page.
    #[derive(Clone)]
    pub(crate) type Stage;

    #[wasm_bindgen(constructor)]
    pub fn new() -> Stage;

    /// Shows the provider's page. `place`: the container's element, or the caller's window for a popup. Throws the
    /// `code` and `message` of a LinkError.
    #[wasm_bindgen(method, catch)]
    #[allow(clippy::too_many_arguments)]
    pub fn show(
        this: &Stage,
        mode: &str,
        provider: &str,
        url: &str,
        title: Option<&str>,
        locale: Option<&str>,
        close_button: bool,
        frame_height_px: u32,
        place: &JsValue,
        tell: &JsValue,
    ) -> Result<(), JsValue>;

    /// Listens until the flow ends, on `target` or else on the window. Throws what the caller's target throws.
    #[wasm_bindgen(method, catch)]
    pub fn listen(
        this: &Stage,
        target: Option<&EventTarget>,
        name: &str,
        hear: &JsValue,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = listenForCallbacks)]
    pub fn listen_for_callbacks(this: &Stage);

    #[wasm_bindgen(method, js_name = listenForReports)]
    pub fn listen_for_reports(this: &Stage);

    /// The provider's page only stays to be read: until it is closed, or another flow shows one.
    #[wasm_bindgen(method)]
    pub fn stay(this: &Stage);

    /// Leaves a record for [`stored`] behind. `lifetime_ms`: how long it counts; `None`: as long as the tab.
    #[wasm_bindgen(method, catch)]
    pub fn remember(
        this: &Stage,
        provider: &str,
        state: Option<&str>,
        return_url: Option<&str>,
        lifetime_ms: Option<f64>,
    ) -> Result<(), JsValue>;

    /// The provider's window; null if there is none.
    #[wasm_bindgen(method)]
    pub fn window(this: &Stage) -> JsValue;

    /// Whether the provider's window reads `closed`.
    #[wasm_bindgen(method, js_name = isClosed)]
    pub fn is_closed(this: &Stage) -> bool;

    #[wasm_bindgen(method)]
    pub fn reveal(this: &Stage);

    #[wasm_bindgen(method)]
    pub fn focus(this: &Stage);

    #[wasm_bindgen(method)]
    pub fn navigate(this: &Stage, url: &str);

    /// Calls a function that returns a promise of another token, and reports the token as an event.
    #[wasm_bindgen(method)]
    pub fn renew(this: &Stage, get_token: &JsValue);

    #[wasm_bindgen(method, js_name = takeOff)]
    pub fn take_off(this: &Stage);
}

#[wasm_bindgen(module = "/src/browser/page/stage.js")]
extern "C" {
    /// Calls one of the caller's functions soon, so that what it throws reaches nobody else.
    #[cfg(feature = "npm")]
    pub(crate) fn emit(on_event: &JsValue, event: &JsValue);

    /// Settles a promise by one of its functions.
    #[cfg(feature = "npm")]
    pub(crate) fn settle(function: &Function, value: &JsValue);

    /// The same function, in the caller's zone.
    #[cfg(feature = "npm")]
    pub(crate) fn inside(function: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/src/browser/page/here.js")]
extern "C" {
    /// Whether there is a page: a worker has none.
    #[cfg(not(feature = "npm"))]
    #[wasm_bindgen(js_name = hasPage)]
    pub(crate) fn has_page() -> bool;

    /// This page's URL.
    pub(crate) fn address() -> String;

    /// This page's origin.
    pub(crate) fn origin() -> String;

    /// What relative URLs are relative to.
    pub(crate) fn base() -> String;

    /// Whether this page has the focus.
    #[wasm_bindgen(js_name = hasFocus)]
    pub(crate) fn has_focus() -> bool;

    /// Milliseconds since the page began.
    #[wasm_bindgen(js_name = sincePageBeganMs)]
    pub(crate) fn since_page_began_ms() -> f64;

    /// The element given by itself, its id or a selector: null if it is not in the document, undefined if it is
    /// anything else or a string of `most` characters or more.
    pub(crate) fn find(place: &JsValue, most: usize) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since 1970.
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn since_1970_ms() -> f64;
}

#[wasm_bindgen(module = "/src/browser/page/callback.js")]
extern "C" {
    /// Hands the URL of a callback page to the page that waits for it.
    pub(crate) fn hand(url: &str);

    /// Takes out of this page's address what `url` has and `clean` does not have. `secrets`: the names of the
    /// parameters that must not come back.
    #[wasm_bindgen(js_name = scrubAddress)]
    pub(crate) fn scrub_address(url: &str, clean: &str, secrets: &str);

    #[wasm_bindgen(js_name = closeSoon)]
    pub(crate) fn close_soon();
}

#[wasm_bindgen(module = "/src/browser/page/popup.js")]
extern "C" {
    /// Closes the caller's window, in which nothing was shown.
    pub(crate) fn discard(window: &JsValue);
}

#[wasm_bindgen(module = "/src/browser/page/redirect.js")]
extern "C" {
    /// A list of the records of the flows that left this tab by redirect.
    pub(crate) fn stored() -> JsValue;

    /// Removes the record at this place.
    pub(crate) fn forget(place: u32);
}

/// wasm-bindgen ships only the files that Rust names; these are imported by those above.
#[allow(dead_code)]
mod imported {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/browser/page/container.js")]
    extern "C" {
        fn container();
    }
    #[wasm_bindgen(module = "/src/browser/page/dialog.js")]
    extern "C" {
        fn dialog();
    }
    #[wasm_bindgen(module = "/src/browser/page/frame.js")]
    extern "C" {
        fn frame();
    }
    #[wasm_bindgen(module = "/src/browser/page/overlay.js")]
    extern "C" {
        fn overlay();
    }
    #[wasm_bindgen(module = "/src/browser/page/shadow.js")]
    extern "C" {
        fn shadow();
    }
    #[wasm_bindgen(module = "/src/browser/page/undo.js")]
    extern "C" {
        fn undo();
    }
    #[wasm_bindgen(module = "/src/browser/page/zone.js")]
    extern "C" {
        fn outside();
    }
    #[wasm_bindgen(module = "/src/browser/page/words.js")]
    extern "C" {
        #[wasm_bindgen(js_name = wordsIn)]
        fn words_in();
    }
}
