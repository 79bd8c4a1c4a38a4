//! The simulated providers: one folder each, one origin each.

pub(crate) mod fimento;
pub(crate) mod finqlink;
pub(crate) mod fiskil;
mod page;
pub(crate) mod stranger;
