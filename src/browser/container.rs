//! The provider's page inside an element of the caller's.

use super::dom::Node;
use super::frame::{self, Frame};
use super::{Page, Shown, Surface};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Fills a container that has a height, and has a sensible one in a container that has none.
const CSS: &str = "\
:host{display:block;inline-size:100%;block-size:100%;min-block-size:var(--link-widget-min-height,37.5rem)}\
.page{block-size:100%;min-block-size:inherit}iframe{min-block-size:inherit}";

struct Container {
    frame: Frame,
}

/// Shows the provider's page inside `element`, after what is in there.
pub(crate) fn open(page: &Rc<Page>, element: &Node, shown: &Shown) -> Rc<dyn Surface> {
    let root = frame::host(page, element, shown, CSS);
    Rc::new(Container { frame: Frame::load(page, &root, shown) })
}

impl Surface for Container {
    fn window(&self) -> JsValue {
        self.frame.window()
    }

    fn reveal(&self) {
        self.frame.reveal();
    }

    fn focus(&self) {
        self.frame.focus();
    }
}
