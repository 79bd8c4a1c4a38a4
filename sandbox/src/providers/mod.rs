//! The simulated providers: one folder each, one origin each.

pub(crate) mod fiskil;
mod page;
pub(crate) mod stranger;
