//! How a front end in Rust supplies another token.

use super::Target;
use js_sys::Promise;
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// Returns another token if a provider refuses the first. See [`Target::renewing`].
#[derive(Clone)]
pub(crate) struct TokenSource(Rc<dyn Fn() -> Promise>);

impl TokenSource {
    pub fn function(&self) -> Closure<dyn Fn() -> Promise> {
        let give = self.0.clone();
        Closure::new(move || give())
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").finish_non_exhaustive()
    }
}

impl PartialEq for TokenSource {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Target {
    /// Adds a source for another token, called once if Flinks refuses the first. If it returns `None`, the flow ends
    /// with LINK_INVALID_SESSION.
    ///
    /// ```
    /// use link_widget::Target;
    ///
    /// # async fn from_my_server() -> Option<String> { None }
    /// let target = Target::flinks("toolbox").with_param("authorizeToken", "t1").renewing(from_my_server);
    /// ```
    #[must_use]
    pub fn renewing<F: Future<Output = Option<String>> + 'static>(
        mut self,
        token: impl Fn() -> F + 'static,
    ) -> Self {
        let give = move || {
            let token = token();
            future_to_promise(async move { token.await.map(JsValue::from).ok_or(JsValue::NULL) })
        };
        self.token_source = Some(TokenSource(Rc::new(give)));
        self
    }
}
