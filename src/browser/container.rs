//! The provider's page inside an element of the caller's.

use super::frame::{self, Frame};
use super::scope::Scope;
use super::{Shown, Surface};
use crate::flow::Input;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Window};

/// Fills a container that has a height, and has a sensible one in a container that has none.
const CSS: &str = "\
:host{display:block;inline-size:100%;block-size:100%;min-block-size:var(--link-widget-min-height,37.5rem)}\
.page{block-size:100%;min-block-size:inherit}iframe{min-block-size:inherit}";

struct Container {
    frame: Frame,
}

/// Shows the provider's page inside `element`, after what is in there.
pub(crate) fn open(
    shown: &Shown,
    element: &Element,
    scope: &Scope,
    tell: Rc<dyn Fn(Input)>,
) -> Result<Rc<dyn Surface>, JsValue> {
    let (host, root) = frame::host(element, shown.provider, CSS)?;
    scope.at_end(&host, "remove", &[]);
    let frame = Frame::load(&root, shown, scope, tell)?;
    Ok(Rc::new(Container { frame }))
}

impl Surface for Container {
    fn window(&self) -> Option<Window> {
        self.frame.window()
    }

    fn reveal(&self) {
        self.frame.reveal();
    }

    fn focus(&self) {
        self.frame.focus();
    }
}
