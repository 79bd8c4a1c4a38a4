//! The provider's page in a modal dialog.

use super::frame::{self, Frame};
use super::scope::Scope;
use super::{Shown, Surface, dom};
use crate::flow::Input;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlDialogElement, ShadowRoot, Window};

const CSS: &str = "\
dialog{box-sizing:border-box;margin:auto;padding:0;border:1px solid var(--line);border-radius:.75rem;\
inline-size:100%;block-size:100%;max-inline-size:min(100%,30rem);max-block-size:min(100%,50rem);\
background:Canvas;color:CanvasText;overflow:hidden;overscroll-behavior:contain;outline-offset:-3px}\
dialog[open]{display:grid;grid-template-rows:auto 1fr}\
::backdrop{background:rgb(0 0 0/.5)}\
header{display:flex;align-items:center;gap:.5rem;padding:.25rem .25rem .25rem 1rem;min-block-size:2.75rem;border-block-end:1px solid var(--line)}\
h2{flex:1;margin:0;font:inherit;font-weight:600;overflow-wrap:anywhere}\
button{order:1;flex:none;inline-size:2.75rem;block-size:2.75rem;border:0;border-radius:.5rem;background:none;color:inherit;font:1.5rem/1 system-ui;cursor:pointer}\
button:hover{background:var(--line)}\
:focus-visible{outline:3px solid Highlight}\
@media(max-width:32rem),(max-height:40rem){dialog{max-inline-size:none;max-block-size:none;border:0;border-radius:0}}";

/// Background scrolling stops. A sheet of its own leaves the page's own styles untouched.
const LOCK: &str = "html{overflow:hidden!important}";
/// So that the page does not jump sideways when its scroll bar goes.
const LOCK_WITH_SCROLL_BAR: &str = "html{overflow:hidden!important;scrollbar-gutter:stable!important}";

struct Overlay {
    root: ShadowRoot,
    dialog: HtmlDialogElement,
    frame: Frame,
}

/// Shows the provider's page in a modal dialog.
pub(crate) fn open(
    shown: &Shown,
    scope: &Scope,
    tell: Rc<dyn Fn(Input)>,
) -> Result<Rc<dyn Surface>, JsValue> {
    let document = dom::document();
    let body = document.body().map(Element::from).or_else(|| document.document_element());
    let body = body.ok_or(JsValue::UNDEFINED)?;

    let (host, root) = frame::host(&body, shown.provider, CSS)?;
    scope.at_end(&host, "remove", &[]);
    let dialog: HtmlDialogElement = dom::element(
        &root,
        "dialog",
        // `autofocus` on the dialog itself: a screen reader says its name first, and no key press goes to
        // a page that is not there yet.
        &[("aria-labelledby", "title"), ("tabindex", "-1"), ("autofocus", "")],
    )?;
    let header: Element = dom::element(&dialog, "header", &[])?;
    if shown.close_button {
        let attributes = [("type", "button"), ("aria-label", shown.words.close)];
        let button: Element = dom::element(&header, "button", &attributes)?;
        button.set_text_content(Some("\u{d7}"));
        let tell = tell.clone();
        scope.listen(&button, "click", move |_| tell(Input::ClosedByUser));
    } else {
        // Where it is not supported, `cancel` and `close` below do the same.
        dialog.set_attribute("closedby", "none")?;
    }
    let title: Element = dom::element(&header, "h2", &[("id", "title")])?;
    title.set_text_content(Some(&shown.title));

    let frame = Frame::load(&dialog, shown, scope, tell.clone())?;

    let gutter = window_has_scroll_bar();
    scope.style_document(&dom::style_sheet(if gutter { LOCK_WITH_SCROLL_BAR } else { LOCK })?);

    dialog.show_modal()?;
    // Gives the focus back to where it was.
    scope.at_end(&dialog, "close", &[]);

    let closable = shown.close_button;
    let on_cancel = tell.clone();
    scope.listen(&dialog, "cancel", move |event| {
        // The flow decides whether the dialog goes.
        event.unchecked_ref::<Event>().prevent_default();
        if closable {
            on_cancel(Input::ClosedByUser);
        }
    });
    // A browser may close a dialog in spite of `cancel`, on a second Escape; a script of the page's may, too.
    let reopened = dialog.clone();
    scope.listen(&dialog, "close", move |_| {
        if closable {
            tell(Input::ClosedByUser);
        } else {
            let _ = reopened.show_modal();
        }
    });
    Ok(Rc::new(Overlay { root, dialog, frame }))
}

fn window_has_scroll_bar() -> bool {
    let inner = dom::window().inner_width().ok().and_then(|width| width.as_f64());
    let outer = dom::document().document_element().map(|element| element.client_width());
    inner.zip(outer).is_some_and(|(window, page)| window > f64::from(page))
}

impl Surface for Overlay {
    fn window(&self) -> Option<Window> {
        self.frame.window()
    }

    fn reveal(&self) {
        self.frame.reveal();
        // Only from where we put it: a person who has moved on is not pulled back.
        let focused = self.root.active_element();
        if focused.is_some_and(|element| element == **self.dialog) {
            self.frame.focus();
        }
    }

    fn focus(&self) {
        self.frame.focus();
    }
}
