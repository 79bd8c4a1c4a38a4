//! The exports of the npm package. `pkg-template` wraps them in promises and JavaScript classes.

use crate::browser::{
    self, Driver, Host, JsFields, LinkEvent, Place, Request, Stage, emit, find, inside, is_signal, not_found,
    option, pairs_of, settle, short_text, texts_of,
};
use crate::csp;
use crate::error::{Checked, ErrorCode, LinkError};
use crate::options::{
    A_DURATION, A_MODE, A_PLACE, A_STATE, AN_ABORT_SIGNAL, AN_HTTPS_URL, AN_ORIGIN, Mode, OUR_URL, Options,
};
use crate::provider::fields::LONGEST_TEXT;
use crate::provider::finqlink::sca_query_string;
use crate::provider::{Answer, Outcome, Provider, Target};
use crate::record::Record;
use crate::url::secure;
use js_sys::Function;
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// Small, and it reuses freed memory, so that a page that stays open for long does not grow. dlmalloc, the default,
/// adds 2 kB to every user's page for a speed that nobody would notice here.
#[global_allocator]
#[allow(unsafe_code)]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    // SAFETY: WebAssembly on a page has one thread, since nothing here starts another.
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };

/// The promise's functions, and the caller's callbacks.
struct Promised {
    resolve: Function,
    reject: Function,
    on_event: Option<JsValue>,
    get_token: Option<JsValue>,
}

impl Host for Promised {
    fn emit(&self, event: LinkEvent) {
        if let Some(on_event) = &self.on_event {
            emit(on_event, &Record::from(event).into_object());
        }
    }

    fn settle(&self, answer: Answer) {
        match answer {
            Ok(result) => settle(&self.resolve, &result.into_record().into_object()),
            Err(error) => settle(&self.reject, &parts_of(*error)),
        }
    }

    fn token_source(&self) -> Option<JsValue> {
        self.get_token.clone()
    }
}

/// Starts a flow, and returns its stage, which ends and focuses it. `subject` and `options` are the caller's, of any
/// type. `resolve` and `reject` are those of the promise that the caller gets; `reject` takes the parts of a LinkError.
#[wasm_bindgen]
pub fn open(
    provider: &str,
    subject: JsValue,
    options: JsValue,
    resolve: Function,
    reject: Function,
) -> Stage {
    let stage = Stage::new();
    if let Some(provider) = Provider::from_name(provider) {
        let given = Given::new(provider, &options);
        let on_event = given.function("onEvent", "a function").map(|on_event| inside(&on_event));
        let host = Promised { resolve, reject, on_event, get_token: given.token_source() };
        let mut request =
            Request { target: given.target(&subject), options: given.options(), place: given.place() };
        Driver::start(host, stage.clone(), &mut request, given.check());
    }
    stage
}

/// The parts of a LinkError in JavaScript.
fn parts_of(error: LinkError) -> JsValue {
    let mut record = Record::default();
    if let Some(provider) = error.provider {
        record.put_text("provider", provider.name());
    }
    error.put_into(&mut record);
    record.into_object()
}

/// The element that a caller means by an element, an id or a selector; null if it is not in the document.
fn element(place: &JsValue) -> Option<Element> {
    let found = find(place, LONGEST_TEXT);
    if found.is_undefined() { None } else { Some(found.unchecked_into()) }
}

/// The options of a caller in JavaScript. Reading one may run the caller's code, and throw. The first error is kept, so
/// that the options can be read one after the other; [`Self::check`] returns it.
struct Given<'a> {
    provider: Provider,
    options: &'a JsValue,
    wrong: Cell<Option<Box<LinkError>>>,
}

impl<'a> Given<'a> {
    fn new(provider: Provider, options: &'a JsValue) -> Self {
        let given = Self { provider, options, wrong: Cell::default() };
        if !options.is_object() && !options.is_null() && !options.is_undefined() {
            given.refuse(LinkError::invalid("options", "an object, or left out"));
        }
        given
    }

    fn refuse(&self, error: Box<LinkError>) {
        let first = self.wrong.take().unwrap_or(error);
        self.wrong.set(Some(first));
    }

    fn check(self) -> Checked<()> {
        match self.wrong.into_inner() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn options(&self) -> Options {
        let defaults = Options::default();
        Options {
            mode: self.mode(),
            timeout_ms: self.duration("timeoutMs").unwrap_or(defaults.timeout_ms),
            load_timeout_ms: self.duration("loadTimeoutMs").unwrap_or(defaults.load_timeout_ms),
            allowed_origin: self.text("allowedOrigin", AN_ORIGIN),
            state: self.state(),
            return_url: self.text("returnUrl", OUR_URL),
            title: self.text("title", "a string"),
            locale: self.text("locale", "a string: a BCP 47 language tag such as en-AU"),
            close_button: self.read("closeButton", "true or false", JsValue::as_bool).unwrap_or(true),
        }
    }

    fn target(&self, subject: &JsValue) -> Target {
        let mut target = Target::new(self.provider, short_text(subject));
        for (name, takes) in self.provider.launcher().options {
            if let Some(text) = self.text(name, takes) {
                target.options.push((name, text));
            }
        }
        if self.provider.protocol().takes_params() {
            target.params = self.params();
        }
        target
    }

    fn place(&self) -> Place {
        let place = Place {
            element: self.read("container", A_PLACE, element),
            window: self.read("window", "a Window", |value| {
                // page/popup.js checks whether it is an open one: a window of another origin is an instance of nothing
                // here.
                (value.is_object() || value.is_null()).then(|| value.clone())
            }),
            signal: self.read("signal", AN_ABORT_SIGNAL, |value| {
                is_signal(value).then(|| value.clone().unchecked_into())
            }),
        };
        if place.element.as_ref().is_some_and(|element| element.is_null()) {
            self.refuse(not_found());
        }
        if place.window.as_ref().is_some_and(JsValue::is_null) {
            let message = "window is null: the browser did not open one. Call window.open() inside the click, before any await.";
            self.refuse(LinkError::new(ErrorCode::PopupBlocked, message));
        }
        place
    }

    /// An option that is given, as `read` understands it. A null counts as not given unless `read` accepts it: for an
    /// element or a window it is the result of a failed call.
    fn read<T>(&self, name: &str, takes: &str, read: impl Fn(&JsValue) -> Option<T>) -> Option<T> {
        let value = self.get(name, takes)?;
        let read = read(&value);
        if read.is_none() && !value.is_null() {
            self.refuse(LinkError::invalid(name, takes));
        }
        read
    }

    fn get(&self, name: &str, takes: &str) -> Option<JsValue> {
        let value = option(self.options, name);
        if value.is_err() {
            self.refuse(LinkError::invalid(name, takes));
        }
        value.ok().filter(|value| !value.is_undefined())
    }

    fn text(&self, name: &str, takes: &str) -> Option<String> {
        self.read(name, takes, short_text)
    }

    /// In milliseconds. [`Options::check`] checks the number.
    fn duration(&self, name: &str) -> Option<f64> {
        self.read(name, A_DURATION, JsValue::as_f64)
    }

    fn function(&self, name: &str, takes: &str) -> Option<JsValue> {
        self.read(name, takes, |value| value.is_function().then(|| value.clone()))
    }

    fn mode(&self) -> Option<Mode> {
        self.read("mode", A_MODE, |value| Mode::from_name(&short_text(value)?))
    }

    /// For a provider that echoes none, it is an unknown option, and so ignored.
    fn state(&self) -> Option<String> {
        if self.provider.protocol().echoes_state() { self.text("state", A_STATE) } else { None }
    }

    /// The same for a provider without tokens to renew.
    fn token_source(&self) -> Option<JsValue> {
        self.provider.protocol().token_parameter()?;
        self.function("getAuthorizeToken", "a function that returns a promise of a string")
    }

    /// Parameters for a URL, as strings.
    fn params(&self) -> Vec<(String, String)> {
        let takes = "an object of strings, numbers and booleans";
        self.read("params", takes, |params| {
            let list = texts_of(params);
            (!list.is_undefined()).then(|| pairs_of(&list))
        })
        .unwrap_or_default()
    }
}

/// The provider of this name, or LINK_INVALID_OPTIONS.
fn named(provider: JsValue) -> Checked<Provider> {
    short_text(&provider)
        .and_then(|name| Provider::from_name(&name))
        .ok_or_else(|| LinkError::invalid("provider", "the name of a provider, such as 'fiskil'"))
}

/// An outcome without its provider.
fn outcome_object(outcome: Outcome) -> JsValue {
    let mut record = Record::default();
    match outcome {
        Outcome::Completed(result) => {
            record.put_text("kind", "completed");
            record.put_record("result", result.into_record());
        }
        Outcome::Failed(error) => {
            record.put_text("kind", "failed");
            error.put_into(&mut record);
        }
        Outcome::Step(step) => {
            record.put_text("kind", "step");
            step.put_into(&mut record);
        }
    }
    record.into_object()
}

/// See `parseMessage` in `index.d.ts`. The result lacks `provider`, which pkg-template/parse.js adds.
#[wasm_bindgen(js_name = parseMessage)]
pub fn parse_message(provider: JsValue, data: JsValue) -> JsValue {
    let outcome = named(provider).ok().and_then(|provider| provider.read_message(&JsFields::new(data)));
    outcome.map_or(JsValue::NULL, outcome_object)
}

/// See `parseCallback` in `index.d.ts`. The result lacks `provider`, which pkg-template/parse.js adds.
#[wasm_bindgen(js_name = parseCallback)]
pub fn parse_callback(provider: JsValue, url: JsValue) -> JsValue {
    outcome_object(match named(provider) {
        // Anything but a string is no URL.
        Ok(provider) => provider.parse_callback(&short_text(&url).unwrap_or_default()),
        Err(error) => Outcome::Failed(error),
    })
}

/// See `cspDirectives` in `index.d.ts`. Returns the origin that a policy must allow, if any, as `source`; or the parts
/// of a LinkError.
#[wasm_bindgen(js_name = frameSource)]
pub fn frame_source(provider: JsValue, options: JsValue) -> JsValue {
    let source = |provider| -> Checked<Option<String>> {
        let given = Given::new(provider, &options);
        let mode = given.mode();
        let url = given.text("url", AN_HTTPS_URL);
        given.check()?;
        let source = csp::source(provider, url.as_deref())?;
        Ok(source.filter(|_| !matches!(mode, Some(Mode::Popup | Mode::Redirect))))
    };
    match named(provider).and_then(|provider| source(provider).map_err(|error| error.for_provider(provider)))
    {
        Ok(source) => {
            let mut record = Record::default();
            record.put_text_if_some("source", source.as_ref());
            record.into_object()
        }
        Err(error) => parts_of(*error),
    }
}

/// See `preload` in `index.d.ts`. Returns the origin of `url`, or the parts of a LinkError.
#[wasm_bindgen(js_name = originOf)]
pub fn origin_of(url: JsValue) -> JsValue {
    match secure("url", short_text(&url).as_deref()) {
        Ok(url) => url.origin().into(),
        Err(error) => parts_of(*error),
    }
}

/// See `scaQueryString` in `index.d.ts`.
#[wasm_bindgen(js_name = scaQueryString)]
pub fn sca(url: JsValue) -> JsValue {
    let url = short_text(&url).unwrap_or_default();
    let Some((query, state)) = sca_query_string(&url) else { return JsValue::NULL };
    let mut record = Record::default();
    record.put_text("queryString", query);
    record.put_text("state", &state);
    record.into_object()
}

/// See `resume` in `index.d.ts`. Calls `resolve` or `reject` with how the flow ended that `url` answers, or `resolve`
/// with null.
#[wasm_bindgen]
pub fn resume(url: &str, resolve: Function, reject: Function) {
    match browser::resume(url) {
        None => settle(&resolve, &JsValue::NULL),
        Some(Ok(result)) => {
            let mut record = Record::default();
            record.put_text("provider", result.provider().name());
            record.put_record("result", result.into_record());
            settle(&resolve, &record.into_object());
        }
        Some(Err(error)) => settle(&reject, &parts_of(*error)),
    }
}

/// See `completeCallback` in `index.d.ts`. Returns the parts of a LinkError if it fails.
#[wasm_bindgen(js_name = completeCallback)]
pub fn complete_callback(url: &str) -> JsValue {
    match browser::complete_callback(url) {
        Ok(()) => JsValue::UNDEFINED,
        Err(error) => parts_of(*error),
    }
}
