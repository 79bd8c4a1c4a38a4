//! Flows for front ends that are written in Rust.

use super::back;
use super::driver::{Driver, Host, Place, Request};
use super::page::{Stage, address, find, has_page};
use crate::error::{Checked, ErrorCode, LinkError};
use crate::flow::Input;
use crate::options::{A_PLACE, Options};
use crate::provider::{Answer, LinkResult, Target, TokenSource};
use crate::record::Record;
use futures::channel::{mpsc, oneshot};
use futures::stream::Stream;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::Element;

pub use super::driver::LinkEvent;

/// Opens a provider's page over this one.
///
/// Call it inside the click that asked for it. It never fails itself: errors are the flow's answer.
///
/// ```no_run
/// # async fn connect() {
/// use link_widget::{Options, Target, open};
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
    start(target, options, Some(element))
}

/// How many events are buffered. A provider's page can post any number.
const MOST_EVENTS: usize = 256;

/// Checks that there is a page for a flow, and that the element, if any, is one of it.
fn check(element: Option<&Element>) -> Checked<()> {
    if !has_page() {
        let message = "This needs a page: call it in a browser, not in a worker or on a server.";
        return Err(LinkError::new(ErrorCode::Unsupported, message));
    }
    if element.is_some_and(|element| find(element, 0).is_undefined()) {
        return Err(LinkError::invalid("container", A_PLACE));
    }
    Ok(())
}

fn start(target: Target, mut options: Options, element: Option<Element>) -> LinkFlow {
    let (answer_to, answer) = oneshot::channel();
    let (events_to, events) = mpsc::channel(MOST_EVENTS);
    let stage = Stage::new();
    let token = target.token_source.as_ref().map(TokenSource::function);
    let events_to = RefCell::new(events_to);
    let host = FutureHost { answer_to: Cell::new(Some(answer_to)), events_to, token };
    if !target.provider().protocol().echoes_state() {
        options.state = None;
    }
    let read = check(element.as_ref());
    let mut request = Request { target, options, place: Place { element, ..Place::default() } };
    let driver = Driver::start(host, stage.clone(), &mut request, read);
    let driver = driver.map_or_else(Weak::new, |driver| Rc::downgrade(&driver));
    LinkFlow { handle: LinkHandle { driver, stage }, answer, events: Some(events) }
}

/// Sends the answer to a future and the events to a stream.
struct FutureHost {
    answer_to: Cell<Option<oneshot::Sender<Result<LinkResult, LinkError>>>>,
    events_to: RefCell<mpsc::Sender<LinkEvent>>,
    token: Option<Closure<dyn Fn() -> Promise>>,
}

impl Host for FutureHost {
    fn emit(&self, event: LinkEvent) {
        // Maybe nobody listens, or no longer.
        let _ = self.events_to.borrow_mut().try_send(event);
    }

    fn settle(&self, answer: Answer) {
        if let Some(answer_to) = self.answer_to.take() {
            let _ = answer_to.send(answer.map_err(|error| *error));
        }
        self.events_to.borrow_mut().close_channel();
    }

    fn token_source(&self) -> Option<JsValue> {
        self.token.as_ref().map(|token| token.as_ref().clone())
    }
}

/// Closes or focuses a flow while something else awaits it.
#[derive(Clone)]
pub struct LinkHandle {
    driver: Weak<Driver<FutureHost>>,
    stage: Stage,
}

impl LinkHandle {
    /// See [`LinkFlow::close`].
    pub fn close(&self) {
        if let Some(driver) = self.driver.upgrade() {
            driver.input(Input::ClosedByCaller);
        }
    }

    /// See [`LinkFlow::focus`].
    pub fn focus(&self) {
        self.stage.focus();
    }
}

impl fmt::Debug for LinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkHandle").finish_non_exhaustive()
    }
}

/// A running flow, as a future of its answer. Dropping it closes the flow.
///
/// Awaiting it consumes it, so get the handle and the events first:
///
/// ```no_run
/// # use futures::StreamExt;
/// # use link_widget::{LinkError, LinkResult, Options, Target, open};
/// # async fn connect(on_cancel: impl FnOnce(link_widget::LinkHandle)) -> Result<LinkResult, LinkError> {
/// let mut flow = open(Target::flinks("toolbox"), Options::default());
/// on_cancel(flow.handle()); // for a button that calls `close`
/// let mut events = flow.events();
/// let listen = async { while let Some(event) = events.next().await { /* show `event.kind` */ } };
/// // Joined: the events end with the flow.
/// let (answer, ()) = futures::future::join(flow, listen).await;
/// # answer
/// # }
/// ```
pub struct LinkFlow {
    handle: LinkHandle,
    answer: oneshot::Receiver<Result<LinkResult, LinkError>>,
    events: Option<mpsc::Receiver<LinkEvent>>,
}

impl LinkFlow {
    /// Ends the flow: removes everything that it put on the page and, if it is still pending, resolves to an error with
    /// LINK_USER_CANCELLED. May be called at any time, any number of times.
    pub fn close(&self) {
        self.handle.close();
    }

    /// Brings the provider's page to the front.
    pub fn focus(&self) {
        self.handle.focus();
    }

    /// A handle that closes and focuses the flow while something else awaits it.
    pub fn handle(&self) -> LinkHandle {
        self.handle.clone()
    }

    /// The flow's events, from the beginning. About 256 are buffered; later ones are dropped until some are read. A
    /// second call returns an empty stream.
    pub fn events(&mut self) -> impl Stream<Item = LinkEvent> + use<> {
        self.events.take().unwrap_or_else(|| mpsc::channel(0).1)
    }
}

impl fmt::Debug for LinkFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkFlow").finish_non_exhaustive()
    }
}

impl Future for LinkFlow {
    type Output = Result<LinkResult, LinkError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| {
            answer.unwrap_or_else(|_| {
                Err(*LinkError::new(ErrorCode::InternalError, "This flow has already given its answer."))
            })
        })
    }
}

impl Drop for LinkFlow {
    fn drop(&mut self) {
        self.close();
    }
}

impl From<LinkEvent> for JsValue {
    /// As `onEvent` of the npm package receives it.
    fn from(event: LinkEvent) -> Self {
        Record::from(event).into_object()
    }
}

impl From<LinkResult> for JsValue {
    /// As the npm package returns it.
    fn from(result: LinkResult) -> Self {
        result.into_record().into_object()
    }
}

/// On the page that [`Options::return_url`] names: takes the provider's answer out of the address, hands it to the page
/// that waits for it, and closes the popup.
pub fn complete_callback() {
    if !has_page() {
        return;
    }
    // The address is always a URL.
    let _ = back::complete_callback(&address());
}

/// On the page that a flow in [`Mode::Redirect`](crate::Mode::Redirect) comes back to: how it ended. `None` if this
/// page's address answers no flow of this tab.
///
/// Takes the answer out of the address. A second call in the same task returns the same, so that a component may be
/// created twice; later calls return `None`.
pub fn resume() -> Option<Result<LinkResult, LinkError>> {
    type Answer = Result<LinkResult, LinkError>;
    thread_local! {
        /// The last answer, with the address that it left behind.
        static LAST: RefCell<Option<(String, Answer)>> = const { RefCell::new(None) };
    }
    if !has_page() {
        return None;
    }
    if let Some(answer) = back::resume(&address()) {
        let answer = answer.map_err(|error| *error);
        LAST.set(Some((address(), answer.clone())));
        // Until the next task.
        gloo_timers::callback::Timeout::new(0, || LAST.set(None)).forget();
        return Some(answer);
    }
    LAST.with_borrow(|last| Some(last.as_ref().filter(|(left, _)| *left == address())?.1.clone()))
}
