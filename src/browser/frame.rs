//! The provider's page in an iframe, with its loading state: what an overlay and a container have in common.

use super::scope::Scope;
use super::{Shown, dom};
use crate::flow::Input;
use crate::provider::Provider;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlIFrameElement, Node, ShadowRoot, ShadowRootInit, ShadowRootMode, Window};

/// What a bank's sign-in may need: copying a code, a full-screen document, a passkey.
const ALLOW: &str = "clipboard-write; fullscreen; publickey-credentials-get";

pub(crate) const CSS: &str = "\
:host{all:initial;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif;--line:color-mix(in srgb,CanvasText 20%,Canvas)}\
.page{position:relative;min-block-size:0;background:Canvas;color:CanvasText}\
iframe{display:block;border:0;inline-size:100%;block-size:100%;background:Canvas}\
[role=status]{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:1rem;pointer-events:none}\
[role=status]::before{content:'';inline-size:2rem;block-size:2rem;border:3px solid var(--line);border-block-start-color:CanvasText;border-radius:50%;animation:turn 1s linear infinite}\
[role=status]:empty{display:none}\
@keyframes turn{to{rotate:1turn}}\
@media(prefers-reduced-motion:reduce){[role=status]::before{animation:none}}";

/// A host element of the widget's own, in `parent`, whose styles and the page's do not meet.
pub(crate) fn host(parent: &Node, provider: Provider, css: &str) -> Result<(Element, ShadowRoot), JsValue> {
    let host: Element = dom::element(parent, "div", &[("data-link-widget", provider.name())])?;
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
    let sheet = dom::style_sheet(&[CSS, css].concat())?;
    root.set_adopted_style_sheets(&js_sys::Array::of1(&sheet));
    Ok((host, root))
}

/// The provider's page.
pub(crate) struct Frame {
    element: HtmlIFrameElement,
    status: Element,
}

impl Frame {
    /// Starts loading the provider's page in `parent`, and tells of each page that has loaded.
    pub fn load(
        parent: &Node,
        shown: &Shown,
        scope: &Scope,
        tell: Rc<dyn Fn(Input)>,
    ) -> Result<Self, JsValue> {
        let page: Element = dom::element(parent, "div", &[("class", "page")])?;
        let status: Element = dom::element(&page, "div", &[("role", "status")])?;
        status.set_text_content(Some(shown.words.loading));
        let element: HtmlIFrameElement = dom::element(
            &page,
            "iframe",
            &[
                ("title", &shown.title),
                ("allow", ALLOW),
                // The provider may check which site embeds it; which page of it is not its business.
                ("referrerpolicy", "strict-origin"),
                // Set before it is in the document, so that the history gets no entry for an empty page.
                ("src", &shown.url),
            ],
        )?;
        scope.listen(&element, "load", move |_| tell(Input::Loaded));
        Ok(Self { element, status })
    }

    /// The window that may speak. `None` once the frame is out of the document.
    pub fn window(&self) -> Option<Window> {
        self.element.content_window()
    }

    /// Ends the loading state.
    pub fn reveal(&self) {
        self.status.set_text_content(None);
    }

    pub fn focus(&self) {
        let _ = self.element.focus();
    }
}
