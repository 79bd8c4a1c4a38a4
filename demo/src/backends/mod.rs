//! What the shop's server does at each provider: one file each.

mod fimento;
mod finqlink;
mod finx;
mod fiskil;
mod flinks;

use std::sync::Arc;

use axum::Router;
use sandbox::Origins;
use serde_json::Value;

use crate::backend::{Backend, Place};
use crate::environment::Environment;
use crate::shop::Shop;

pub(crate) use finqlink::public_key as finqlink_key;

/// One provider, as the shop has it.
pub(crate) struct AtProvider {
    pub id: &'static str,
    /// It is the real one.
    pub live: bool,
    /// What the demo page may choose from.
    pub listing: Value,
    pub routes: Router,
}

/// All, in the order of [`sandbox::PROVIDERS`].
pub(crate) fn all(
    environment: &Environment,
    shop: &str,
    origins: &Origins,
) -> anyhow::Result<[AtProvider; 5]> {
    let place = |id: &str| Place { environment, shop, simulated: &origins[id] };
    Ok([
        at::<fiskil::Fiskil>(place)?,
        at::<flinks::Flinks>(place)?,
        at::<finx::Finx>(place)?,
        at::<finqlink::Finqlink>(place)?,
        at::<fimento::Fimento>(place)?,
    ])
}

fn at<'a, B: Backend>(place: impl Fn(&str) -> Place<'a>) -> anyhow::Result<AtProvider> {
    let shop: Arc<Shop<B>> = Shop::new(&place(B::ID))?;
    Ok(AtProvider { id: B::ID, live: shop.live, listing: shop.listing(), routes: shop.router() })
}
