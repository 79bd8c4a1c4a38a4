//! The provider's page in a modal dialog.

use super::dom::{self, Node};
use super::frame::{self, Frame};
use super::{Heard, Page, Shown, Surface};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

const CSS: &str = "\
dialog{box-sizing:border-box;margin:auto;padding:0;border:1px solid var(--line);border-radius:.75rem;\
inline-size:100%;block-size:100%;max-inline-size:min(100%,30rem);max-block-size:min(100%,50rem);\
background:Canvas;color:CanvasText;overflow:hidden;overscroll-behavior:contain;outline:0}\
dialog[open]{display:grid;grid-template-rows:auto 1fr}\
::backdrop{background:rgb(0 0 0/.5)}\
.bar{display:flex;align-items:center;gap:.5rem;padding:.25rem .25rem .25rem 1rem;min-block-size:2.75rem;border-block-end:1px solid var(--line)}\
h2{flex:1;margin:0;font:inherit;font-weight:600;overflow-wrap:anywhere}\
button{order:1;flex:none;inline-size:2.75rem;block-size:2.75rem;border:0;border-radius:.5rem;background:none;color:inherit;font:1.5rem/1 system-ui;cursor:pointer}\
button:hover{background:var(--line)}\
button:focus-visible{outline:3px solid;outline-offset:-5px}\
@media(max-width:32rem),(max-height:40rem){dialog{max-inline-size:none;max-block-size:none;border:0;border-radius:0}}";

/// Background scrolling stops. A sheet of its own leaves the page's own styles untouched.
const LOCK: &str = "html{overflow:hidden!important}";
/// So that the page does not jump sideways when its scroll bar goes.
const LOCK_WITH_SCROLL_BAR: &str = "html{overflow:hidden!important;scrollbar-gutter:stable!important}";

struct Overlay {
    root: Node,
    dialog: Node,
    frame: Frame,
}

/// Shows the provider's page in a modal dialog.
pub(crate) fn open(page: &Rc<Page>, shown: &Shown) -> Rc<dyn Surface> {
    let root = frame::host(page, &dom::body(), shown, CSS);
    let dialog = dom::element(
        &root,
        "dialog",
        &[
            ("aria-labelledby", "title"),
            ("tabindex", "-1"),
            // Where it is not supported, the `cancel` and `close` events do the same.
            ("closedby", if shown.close_button { "closerequest" } else { "none" }),
        ],
    );
    let bar = dom::element(&dialog, "div", &[("class", "bar")]);
    if shown.close_button {
        let button = dom::element(&bar, "button", &[("type", "button"), ("aria-label", shown.words.close)]);
        button.set_text("\u{d7}");
        page.listen(&button, "click", Heard::CloseButton);
    }
    dom::element(&bar, "h2", &[("id", "title")]).set_text(&shown.title);
    let frame = Frame::load(page, &dialog, shown);

    let document = dom::document();
    let has_scroll_bar = dom::inner_width() > dom::root().client_width();
    page.keep(&dom::style(&document, if has_scroll_bar { LOCK_WITH_SCROLL_BAR } else { LOCK }));

    dialog.show_modal();
    // Gives the focus back to where it was.
    page.at_end(&dialog, "close", &[]);
    // Not the button, where `showModal` puts it: a screen reader says the dialog's name first, and no key
    // press goes to a page that is not there yet.
    dialog.focus();
    page.listen(&dialog, "cancel", Heard::Cancel);
    // A browser may close a dialog in spite of `cancel`, on a second Escape; a script of the page's may, too.
    page.listen(&dialog, "close", Heard::DialogClosed);
    Rc::new(Overlay { root, dialog, frame })
}

impl Surface for Overlay {
    fn window(&self) -> JsValue {
        self.frame.window()
    }

    fn reveal(&self) {
        self.frame.reveal();
        // Only from where we put it: a person who has moved on is not pulled back.
        if self.root.active_element() == *self.dialog {
            self.frame.focus();
        }
    }

    fn focus(&self) {
        self.frame.focus();
    }

    fn show_again(&self) {
        self.dialog.show_modal();
    }
}
