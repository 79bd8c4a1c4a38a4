//! Flows for front ends that are written in Rust.

use super::{Host, Page, Place};
use crate::error::{ErrorCode, LinkError};
use crate::flow::EventKind;
use crate::options::Options;
use crate::provider::{LinkResult, Provider, Target};
use crate::value::Value;
use futures::channel::{mpsc, oneshot};
use futures::stream::Stream;
use serde::{Serialize, Serializer};
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// Opens a provider's page over this one.
///
/// Call it inside the click that asked for it. It never fails by itself: what is wrong comes as the
/// flow's answer.
///
/// ```no_run
/// # async fn connect() {
/// use link_widget::{open, options::Options, provider::Target};
///
/// match open(Target::fiskil("36eDkpZD8997xnPrTX9Z2mBaS0k"), Options::default()).await {
///     Ok(result) => { /* send it to your server, which confirms it */ }
///     Err(error) => { /* error.code.description().message is for the user */ }
/// }
/// # }
/// ```
#[must_use = "dropping a flow closes it"]
pub fn open(target: Target, options: Options) -> LinkFlow {
    start(target, options, None)
}

/// Opens a provider's page inside an element of this one. See [`open`].
#[must_use = "dropping a flow closes it"]
pub fn open_in(element: Element, target: Target, options: Options) -> LinkFlow {
    start(target, options, Some(Place::Element(element)))
}

fn start(target: Target, options: Options, container: Option<Place>) -> LinkFlow {
    let (answer_to, answer) = oneshot::channel();
    let (events_to, events) = mpsc::unbounded();
    let host = Channels { provider: target.provider(), answer_to: Cell::new(Some(answer_to)), events_to };
    let page = super::open(&target, options, container, None, js_sys::Array::new(), Box::new(host));
    LinkFlow { page, answer, events: Some(events) }
}

struct Channels {
    provider: Provider,
    answer_to: Cell<Option<oneshot::Sender<Result<LinkResult, LinkError>>>>,
    events_to: mpsc::UnboundedSender<LinkEvent>,
}

impl Host for Channels {
    fn emit(&self, kind: EventKind, elapsed_ms: f64) {
        // Nobody may be listening any more.
        let _ = self.events_to.unbounded_send(LinkEvent { provider: self.provider, elapsed_ms, kind });
    }

    fn settle(&self, answer: Result<LinkResult, LinkError>) {
        if let Some(answer_to) = self.answer_to.take() {
            let _ = answer_to.send(answer);
        }
    }
}

/// A flow on its way: a future of its one answer. Dropping it closes it.
pub struct LinkFlow {
    page: Option<Rc<Page>>,
    answer: oneshot::Receiver<Result<LinkResult, LinkError>>,
    events: Option<mpsc::UnboundedReceiver<LinkEvent>>,
}

impl LinkFlow {
    /// Ends the flow: removes everything that it put on the page and, if it is still pending, answers
    /// LINK_USER_CANCELLED. May be called at any time, any number of times.
    pub fn close(&self) {
        if let Some(page) = &self.page {
            page.tell(crate::flow::Input::ClosedByCaller);
        }
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        if let Some(page) = &self.page {
            page.focus();
        }
    }

    /// What happens on the way, from the beginning. The second call gets an empty stream.
    pub fn events(&mut self) -> impl Stream<Item = LinkEvent> + use<> {
        self.events.take().unwrap_or_else(|| mpsc::unbounded().1)
    }
}

impl Future for LinkFlow {
    type Output = Result<LinkResult, LinkError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| {
            answer.unwrap_or_else(|_| {
                Err(LinkError::new(ErrorCode::InternalError, "The flow has given its answer before."))
            })
        })
    }
}

impl Drop for LinkFlow {
    fn drop(&mut self) {
        self.close();
    }
}

/// What happened in a flow, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkEvent {
    /// Whose flow it is.
    pub provider: Provider,
    /// Milliseconds since the flow began.
    pub elapsed_ms: f64,
    /// What happened.
    pub kind: EventKind,
}

impl Serialize for LinkEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Record(self.kind.clone().into_record(self.provider, self.elapsed_ms)).serialize(serializer)
    }
}

fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default()
}

impl From<&LinkEvent> for JsValue {
    fn from(event: &LinkEvent) -> Self {
        to_js(event)
    }
}

impl From<&LinkResult> for JsValue {
    fn from(result: &LinkResult) -> Self {
        to_js(result)
    }
}

impl TryFrom<JsValue> for LinkResult {
    type Error = LinkError;

    /// Reads a result that JavaScript hands over, such as one that the npm package gave.
    fn try_from(value: JsValue) -> Result<Self, LinkError> {
        serde_wasm_bindgen::from_value(value)
            .map_err(|error| LinkError::new(ErrorCode::InvalidOptions, error.to_string()))
    }
}
