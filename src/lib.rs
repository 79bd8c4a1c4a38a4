//! Connects a user's bank from a web page.
//!
//! An open-banking provider hosts a consent page; this crate opens it, hears how it ended and gives one
//! typed answer. It is the npm package `link-widget`, and the same for front ends written in Rust.
//!
//! What front ends and servers need is here; the guide in `docs/rust.md` shows it in use.
//!
//! - [`provider`]: what each provider's messages and return URLs mean. No page needed: servers can use it.
//! - [`flow`]: one flow as a state machine, from opening to the one answer.
//! - [`options`]: what a caller may ask for.
//! - [`error`]: why a flow did not complete.
//! - [`csp`]: what a page's Content-Security-Policy must allow.
//! - [`value`]: texts, records and URLs, which stay JavaScript's where there is JavaScript.
//! - `browser`: runs a flow on a page (WebAssembly only), with `open` for front ends in Rust.
//! - `api`: the exports of the npm package (WebAssembly only, feature `npm`).

#[cfg(all(target_arch = "wasm32", feature = "npm"))]
mod api;
#[cfg(target_arch = "wasm32")]
mod browser;
pub mod csp;
pub mod error;
pub mod flow;
pub mod options;
pub mod provider;
mod url;
pub mod value;

#[cfg(target_arch = "wasm32")]
pub use browser::future::{LinkEvent, LinkFlow, LinkHandle, complete_callback, open, open_in, resume};
pub use error::{ErrorCode, LinkError};
pub use flow::running::EventKind;
pub use options::{Mode, Options};
pub use provider::{LinkResult, Outcome, Provider, Step, StepKind, Target};

/// Runs the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
