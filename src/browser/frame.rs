//! The provider's page in an iframe, with its loading state: what an overlay and a container have in common.

use super::dom::{self, Node};
use super::{Heard, Page, Shown};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What a bank's sign-in may need: copying a code, a full-screen document, a passkey.
const ALLOW: &str = "clipboard-write; fullscreen; publickey-credentials-get";

const CSS: &str = "\
:host{all:initial;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif;--line:color-mix(in srgb,CanvasText 20%,Canvas)}\
.page{position:relative;min-block-size:0;background:Canvas;color:CanvasText}\
iframe{display:block;border:0;inline-size:100%;block-size:100%}\
[role=status]{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:1rem;pointer-events:none}\
[role=status]:empty{display:none}\
[role=status]::before{content:'';inline-size:2rem;block-size:2rem;border:3px solid var(--line);border-block-start-color:CanvasText;border-radius:50%;animation:turn 1s linear infinite}\
@keyframes turn{to{rotate:1turn}}\
@media(prefers-reduced-motion:reduce){[role=status]::before{animation:none}}";

/// A host element of the widget's own, in `parent`, whose styles and the page's do not meet. Gives the root
/// of its shadow tree.
pub(crate) fn host(page: &Page, parent: &Node, shown: &Shown, css: &str) -> Node {
    let host = dom::element(parent, "div", &[("data-link-widget", shown.provider.name())]);
    page.at_end(&host, "remove", &[]);
    let root = dom::shadow(&host);
    dom::style(&root, CSS);
    dom::style(&root, css);
    root
}

/// The provider's page.
pub(crate) struct Frame {
    element: Node,
    status: Node,
}

impl Frame {
    /// Starts loading the provider's page in `parent`.
    pub fn load(page: &Rc<Page>, parent: &Node, shown: &Shown) -> Self {
        let box_ = dom::element(parent, "div", &[("class", "page")]);
        let status = dom::element(&box_, "div", &[("role", "status")]);
        status.set_text(shown.words.loading);
        let attributes = [
            ("title", &*shown.title),
            ("allow", ALLOW),
            // The provider may check which site embeds it; which page of it is not its business.
            ("referrerpolicy", "strict-origin"),
            // Set before it is in the document, so that the history gets no entry for an empty page.
            ("src", &shown.url),
        ];
        let element = dom::element(&box_, "iframe", &attributes);
        page.listen(&element, "load", Heard::Load);
        Self { element, status }
    }

    /// The window that may speak; `null` once the frame is out of the document.
    pub fn window(&self) -> JsValue {
        self.element.content_window()
    }

    /// Ends the loading state.
    pub fn reveal(&self) {
        self.status.set_text("");
    }

    pub fn focus(&self) {
        self.element.focus();
    }
}
