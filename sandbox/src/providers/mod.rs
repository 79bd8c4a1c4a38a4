//! The simulated providers: one folder each, one origin each.

mod authorization;
pub(crate) mod fimento;
pub(crate) mod finqlink;
pub(crate) mod finx;
pub(crate) mod fiskil;
pub(crate) mod flinks;
mod guide;
mod leave;
mod page;
pub(crate) mod stranger;
