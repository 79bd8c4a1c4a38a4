//! The exports of the npm package, nothing else. `pkg-template/index.js` gives them their public shape.
//!
//! Providers are named by their place in [`Provider::ALL`], flows by a number that the package gives them.

use crate::browser::data::Untrusted;
use crate::browser::{Host, Page};
use crate::csp::frame_source;
use crate::error::LinkError;
use crate::flow::{EventKind, Flow, Timer};
use crate::options::{Options, text};
use crate::provider::{LinkResult, Provider, Target};
use crate::record::Record;
use given::{GivenOptions, some_text};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[cfg(feature = "every-provider")]
mod coming_back;
mod given;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    /// The flows that are not over.
    static FLOWS: Cell<Vec<(u32, Rc<Page<Numbered>>)>> = const { Cell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    /// A flow as the package sees it: see `flow` in `pkg-template/launch.js`.
    #[wasm_bindgen(js_name = Flow)]
    pub type Caller;
    #[wasm_bindgen(method)]
    fn reveal(this: &Caller);
    #[wasm_bindgen(method, js_name = takeOff)]
    fn take_off(this: &Caller);
    #[wasm_bindgen(method)]
    fn start(this: &Caller, timer: u32, ms: u32);
    #[wasm_bindgen(method)]
    fn stop(this: &Caller, timer: u32);
    #[wasm_bindgen(method, js_name = renewToken)]
    fn renew_token(this: &Caller);
    #[wasm_bindgen(method)]
    fn navigate(this: &Caller, url: &str);
    #[wasm_bindgen(method)]
    fn emit(this: &Caller, event: JsValue);
    #[wasm_bindgen(method)]
    fn resolve(this: &Caller, result: JsValue);
    #[wasm_bindgen(method)]
    fn fail(this: &Caller, error: JsValue);
}

struct Numbered {
    id: u32,
    caller: Caller,
}

impl Host for Numbered {
    fn reveal(&self) {
        self.caller.reveal();
    }

    fn take_off(&self) {
        let mut flows = FLOWS.take();
        flows.retain(|(id, _)| *id != self.id);
        FLOWS.set(flows);
        self.caller.take_off();
    }

    fn start(&self, timer: Timer, ms: u32) {
        self.caller.start(timer as u32, ms);
    }

    fn stop(&self, timer: Timer) {
        self.caller.stop(timer as u32);
    }

    fn renew_token(&self) {
        self.caller.renew_token();
    }

    fn navigate(&self, url: &str) {
        self.caller.navigate(url);
    }

    fn emit(&self, kind: EventKind) {
        self.caller.emit(kind.into_record().into());
    }

    fn settle(&self, answer: Result<LinkResult, LinkError>) {
        match answer {
            Ok(result) => self.caller.resolve(result.into_record().into()),
            Err(error) => self.caller.fail(parts(error)),
        }
    }
}

/// The parts of an error.
fn parts(error: LinkError) -> JsValue {
    let mut record = Record::default();
    error.put_into(&mut record);
    record.into()
}

/// Begins a flow, and gives the URL to show, or the parts of an error. `can_renew`: the caller has a way to
/// a new token.
#[wasm_bindgen]
pub fn begin(
    id: u32,
    provider: usize,
    subject: &JsValue,
    options: JsValue,
    can_renew: bool,
    caller: Caller,
) -> JsValue {
    let given = GivenOptions(options);
    let begin = || {
        let target = Target::read(named(provider)?, some_text(subject), &given)?;
        Flow::begin(&target, &Options::read(&given)?)
    };
    match begin() {
        Ok((flow, url)) => {
            #[cfg(feature = "every-provider")]
            let flow = if can_renew { flow.renewing() } else { flow };
            #[cfg(not(feature = "every-provider"))]
            let _ = can_renew;
            let page = Rc::new(Page::new(flow, Numbered { id, caller }));
            let mut flows = FLOWS.take();
            flows.push((id, page));
            FLOWS.set(flows);
            url.into()
        }
        Err(error) => parts(error),
    }
}

/// Tells a flow what happened: see [`Page::tell`].
#[wasm_bindgen]
pub fn tell(id: u32, number: u32, detail: u32, text: &str, data: JsValue) {
    let flows = FLOWS.take();
    let page = flows.iter().find(|(flow, _)| *flow == id).map(|(_, page)| page.clone());
    FLOWS.set(flows);
    if let Some(page) = page {
        page.tell(number, detail, text, data);
    }
}

fn named(provider: usize) -> Result<Provider, LinkError> {
    let provider = Provider::ALL.get(provider).copied();
    provider.ok_or_else(|| LinkError::invalid("provider", "the name of a provider, such as 'fiskil'"))
}

/// See `parseMessage` in `index.d.ts`.
#[wasm_bindgen(js_name = parseMessage)]
pub fn parse_message(provider: usize, data: JsValue) -> JsValue {
    let outcome = named(provider).ok().and_then(|provider| provider.read(&Untrusted::new(data)));
    outcome.map_or(JsValue::NULL, |outcome| outcome.into_record().into())
}

/// See `parseCallback` in `index.d.ts`.
#[wasm_bindgen(js_name = parseCallback)]
pub fn parse_callback(provider: usize, url: &JsValue) -> JsValue {
    let outcome = named(provider).map_or_else(crate::provider::Outcome::Failed, |provider| {
        provider.parse_callback(&some_text(url).unwrap_or_default())
    });
    outcome.into_record().into()
}

/// The origin that a page that embeds this provider must allow; `undefined` where it is not known. What is
/// wrong comes as the parts of an error.
#[wasm_bindgen(js_name = frameSource)]
pub fn frame_source_of(provider: usize, options: JsValue) -> JsValue {
    let source = || {
        let url = text(&GivenOptions(options), "url", "a string: an https URL")?;
        frame_source(named(provider)?, url.as_deref())
    };
    source().map_or_else(parts, Into::into)
}
