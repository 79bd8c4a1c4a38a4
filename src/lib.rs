//! Connects a user's bank from a web page.
//!
//! An open-banking provider hosts a consent page; this crate opens it, hears how it ended and gives one
//! typed answer. It is the npm package `link-widget`, and the same for front ends written in Rust.
//!
//! What front ends and servers need is here; the guide in `docs/rust.md` shows it in use. Front ends call `open`,
//! `open_in`, `resume` and `complete_callback`, which exist in WebAssembly only; servers ask [`Provider`] what a
//! message or a return URL means.
//!
//! How it works inside, from the inside out. The modules of the first three know no page and no clock; what reads URLs and
//! makes records has a twin for the browser and one for servers.
//!
//! - `provider`: what each provider's URLs, messages and return URLs mean, one file a provider.
//! - `flow`: one flow as a state machine, from opening to the one answer.
//! - `url`, `record`: what both are made of.
//! - `browser`: runs a flow on a page. `browser/page/*.js` shows things, and takes them off again.
//! - `npm`: the exports of the npm package (feature `npm`).
// A server reads what providers say, and opens no page.
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

/// The machinery, for the fuzzers alone.
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzzing {
    pub use crate::flow::pending::{Pending, match_return};
    pub use crate::flow::{Command, EventKind, Flow, Input, Timer, Way};
    pub use crate::provider::fields::Json;

    #[cfg(test)]
    mod tests;
}

// What the fuzzers run knows this crate by its name.
#[cfg(all(test, not(target_arch = "wasm32")))]
extern crate self as link_widget;

/// Runs the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
