//! Connects a user's bank to your web page.
//!
//! An open-banking provider hosts a consent page; this crate opens it, learns how it ended and returns one typed
//! answer. It is the core of the npm package `link-widget`, and a library for front ends and servers in Rust.
//!
//! The guide, `docs/rust.md`, shows it in use. Front ends call `open`, `open_in`, `resume` and `complete_callback`,
//! which exist only in WebAssembly; servers use [`Provider`] to interpret messages and return URLs.
//!
//! The modules, from the inside out. The first three know no page and no clock; `url` and `record` have one
//! implementation for the browser and one for servers.
//!
//! - `provider`: what each provider's URLs, messages and return URLs mean, one file a provider.
//! - `flow`: one flow as a state machine, from opening to the one answer.
//! - `url`, `record`: the URLs they read and the values they return.
//! - `browser`: runs a flow on a page. `browser/page/*.js` shows things, and takes them off again.
//! - `npm`: the exports of the npm package (feature `npm`).
// A server opens no page: it only interprets messages and return URLs.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

#[cfg(target_arch = "wasm32")]
mod browser;
mod csp;
mod error;
mod flow;
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
mod npm;
mod options;
mod provider;
mod record;
mod url;

#[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
pub use browser::future::{LinkEvent, LinkFlow, LinkHandle, complete_callback, open, open_in, resume};
pub use csp::frame_source;
pub use error::{CODES, Description, ErrorCode, LinkError, Party};
#[cfg(target_arch = "wasm32")]
pub use flow::EventKind;
pub use options::{Mode, Options};
pub use provider::finqlink::sca_query_string;
pub use provider::finx::FinxResult;
pub use provider::fiskil::{AUTH_SERVER, FiskilResult};
pub use provider::flinks::FlinksResult;
pub use provider::{
    CallbackResult, LastStep, Launcher, LinkResult, Outcome, Provider, ResultType, Step, StepKind, Target,
};
pub use record::Record;

/// Internals, for the fuzzers only.
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzzing {
    pub use crate::flow::pending::{Pending, match_return};
    pub use crate::flow::{Command, EventKind, Flow, Input, Timer, Way};
    pub use crate::provider::fields::Json;

    #[cfg(test)]
    mod tests;
}

// The fuzz targets' code refers to this crate by its name.
#[cfg(all(test, not(target_arch = "wasm32")))]
extern crate self as link_widget;

/// Runs the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
