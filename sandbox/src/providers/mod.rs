//! The simulated providers: one folder each, one origin each.

pub mod fimento;
pub mod finqlink;
pub mod finx;
pub mod fiskil;
pub mod flinks;
pub(crate) mod guide;
mod leave;
mod page;
pub(crate) mod stranger;

use crate::provider::Provider;

/// All, in the order in which they are listed everywhere.
pub static PROVIDERS: [&Provider; 5] =
    [&fiskil::PROVIDER, &flinks::PROVIDER, &finx::PROVIDER, &finqlink::PROVIDER, &fimento::PROVIDER];
