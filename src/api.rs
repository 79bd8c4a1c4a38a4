//! The exports of the npm package, nothing else. `pkg-template/index.js` gives them their public shape.

use crate::browser::data::{Given, Untrusted, text, to_js};
use crate::browser::{self, Host, Page, Place};
use crate::csp::directives;
use crate::error::LinkError;
use crate::flow::{EventKind, Input};
use crate::options::Options;
use crate::provider::{LinkResult, Provider, Target};
use crate::value::{Record, put};
use js_sys::{Array, Function};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Element};

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    /// The flows that are not over, each by the number that the package gave it.
    static FLOWS: Cell<Vec<(u32, Rc<Page>)>> = const { Cell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    /// A flow as the package sees it.
    pub type Flow;
    /// What must be undone, should this instance trap. Empty at first.
    #[wasm_bindgen(method, getter)]
    fn undo(this: &Flow) -> Array;
    #[wasm_bindgen(method)]
    fn emit(this: &Flow, on_event: &JsValue, event: &JsValue);
    /// Takes the parts of the error or, where that is undefined, the result. Called once.
    #[wasm_bindgen(method)]
    fn settle(this: &Flow, error: &JsValue, result: &JsValue);
    /// Nothing of the flow is left on the page. Called once, if the flow got so far as to open.
    #[wasm_bindgen(method)]
    fn over(this: &Flow);
}

struct Caller {
    id: u32,
    provider: Provider,
    flow: Flow,
    on_event: Option<Function>,
}

impl Host for Caller {
    fn emit(&self, kind: EventKind, elapsed_ms: f64) {
        if let Some(on_event) = &self.on_event {
            self.flow.emit(on_event, &to_js(kind.into_record(self.provider, elapsed_ms).into()));
        }
    }

    fn settle(&self, answer: Result<LinkResult, LinkError>) {
        match answer {
            Ok(result) => self.flow.settle(&JsValue::UNDEFINED, &to_js(result.into_record().into())),
            Err(error) => self.flow.settle(&to_js(error_record(error).into()), &JsValue::UNDEFINED),
        }
    }

    fn over(&self) {
        let mut flows = FLOWS.take();
        flows.retain(|(id, _)| *id != self.id);
        FLOWS.set(flows);
        self.flow.over();
    }
}

/// Opens a flow. Never throws: what is wrong is settled.
#[wasm_bindgen]
pub fn open(id: u32, provider: &str, subject: JsValue, options: JsValue, flow: Flow) {
    let Some(provider) = Provider::from_name(provider) else { return };
    let mut caller = Box::new(Caller { id, provider, flow, on_event: None });
    match read(provider, subject, options) {
        Ok(given) => {
            let undo = caller.flow.undo();
            caller.on_event = given.on_event;
            let page =
                browser::open(&given.target, given.options, given.container, given.signal, undo, caller);
            if let Some(page) = page {
                let mut flows = FLOWS.take();
                flows.push((id, page));
                FLOWS.set(flows);
            }
        }
        Err(error) => caller.settle(Err(error.of(provider))),
    }
}

struct Read {
    target: Target,
    options: Options,
    container: Option<Place>,
    signal: Option<AbortSignal>,
    on_event: Option<Function>,
}

fn read(provider: Provider, subject: JsValue, options: JsValue) -> Result<Read, LinkError> {
    if !options.is_null() && !options.is_undefined() && !options.is_object() {
        return Err(LinkError::invalid("options", "an object, or left out"));
    }
    let given = Given(if options.is_null() { JsValue::UNDEFINED } else { options });
    const CONTAINER: &str = "an element of this page, the id of one or a CSS selector";
    let container = match of_type::<JsValue>(&given, "container", CONTAINER)? {
        None => None,
        Some(value) => Some(match text(&value) {
            Ok(Some(name)) => Place::Named(name),
            _ => Place::Element(
                value.dyn_into::<Element>().map_err(|_| LinkError::invalid("container", CONTAINER))?,
            ),
        }),
    };
    Ok(Read {
        target: Target::read(provider, text(&subject), &given)?,
        options: Options::read(&given)?,
        container,
        signal: of_type(&given, "signal", "an AbortSignal")?,
        on_event: of_type(&given, "onEvent", "a function")?,
    })
}

/// An option that is no plain value.
fn of_type<T: JsCast>(given: &Given, name: &str, takes: &str) -> Result<Option<T>, LinkError> {
    let value = given.get(name).map_err(|_| LinkError::invalid(name, takes))?;
    if value.is_undefined() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| LinkError::invalid(name, takes))
}

fn error_record(error: LinkError) -> Record {
    let mut record = Record::new();
    put(&mut record, "code", error.code.as_str());
    put(&mut record, "message", error.message);
    put(&mut record, "provider", error.provider.map(Provider::name));
    if !error.details.is_empty() {
        put(&mut record, "details", error.details);
    }
    record
}

fn flow(id: u32) -> Option<Rc<Page>> {
    let flows = FLOWS.take();
    let page = flows.iter().find(|(flow, _)| *flow == id).map(|(_, page)| page.clone());
    FLOWS.set(flows);
    page
}

/// Ends a flow.
#[wasm_bindgen]
pub fn close(id: u32) {
    if let Some(page) = flow(id) {
        page.tell(Input::ClosedByCaller);
    }
}

/// Brings a flow's page to the front.
#[wasm_bindgen]
pub fn focus(id: u32) {
    if let Some(page) = flow(id) {
        page.focus();
    }
}

fn provider(name: &JsValue) -> Option<Provider> {
    Provider::from_name(&text(name).ok()??)
}

/// See `parseMessage` in `index.d.ts`.
#[wasm_bindgen(js_name = parseMessage)]
pub fn parse_message(name: &JsValue, data: JsValue) -> JsValue {
    provider(name)
        .and_then(|provider| Some(provider.parse_message(&Untrusted(data))?.into_record(provider)))
        .map_or(JsValue::NULL, |record| to_js(record.into()))
}

const PROVIDERS: &str = "the name of a provider, such as 'fiskil'";

/// See `parseCallback` in `index.d.ts`.
#[wasm_bindgen(js_name = parseCallback)]
pub fn parse_callback(name: &JsValue, url: &JsValue) -> JsValue {
    let Some(provider) = provider(name) else {
        let mut record = Record::new();
        put(&mut record, "kind", "failed");
        record.extend(error_record(LinkError::invalid("provider", PROVIDERS)));
        return to_js(record.into());
    };
    let url = text(url).ok().flatten().unwrap_or_default();
    to_js(provider.parse_callback(&url).into_record(provider).into())
}

/// See `cspDirectives` in `index.d.ts`. An error comes as its parts.
#[wasm_bindgen(js_name = cspDirectives)]
pub fn csp_directives(name: &JsValue, options: JsValue) -> JsValue {
    let directives = || -> Result<Record, LinkError> {
        let provider = provider(name).ok_or_else(|| LinkError::invalid("provider", PROVIDERS))?;
        let given = Given(if options.is_object() { options } else { JsValue::UNDEFINED });
        let url = crate::options::text(&given, "url", "a string: an https URL")?;
        directives(provider, url.as_deref(), Options::read(&given)?.mode)
    };
    to_js(directives().unwrap_or_else(error_record).into())
}
