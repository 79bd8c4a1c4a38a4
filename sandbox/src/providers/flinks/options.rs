//! What can be asked of Flinks Connect in its address, and of `/OAuth/Authorize`.

use std::collections::HashMap;

use url::Url;

use super::error::ApiError;
use super::institutions::{DISABLED_INSTITUTION, INSTITUTIONS};
use super::scenario::Scenario;
use crate::scenario::Scenario as _;

/// The query parameters of the page that matter here.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub demo: bool,
    pub french: bool,
    pub redirect_url: Option<String>,
    pub inner_redirect: bool,
    pub js_redirect: bool,
    pub stringify: bool,
    /// An app shows the page, and hears the events.
    pub webview: bool,
    pub tag: Option<String>,
    pub customer_name: Option<String>,
    /// Of the path: `/v2/Credential/{name}`. Flinks takes its numbers as well; the sandbox's banks have none.
    pub institution: Option<String>,
    pub consent: bool,
    pub close: bool,
    pub back: bool,
    pub account_selector: bool,
    pub several_accounts: bool,
    pub maximum_retry: u32,
    /// The accounts that were shared before. Flinks does not say how several are written: with commas, as `accountId` has them.
    pub resumed_accounts: Option<Vec<String>>,
    /// Set where the person comes by `/OAuth/Authorize`.
    pub oauth: Option<OAuth>,
}

/// What `/OAuth/Authorize` asks for.
#[derive(Clone)]
pub(super) struct OAuth {
    institution: &'static str,
    redirect_url: String,
    pub state: Option<String>,
    french: bool,
    pub scenario: Option<Scenario>,
}

impl OAuth {
    /// The guide calls them `institution` and `redirect_url`, the reference `institution_id` and `redirect_uri`.
    pub fn read(query: &HashMap<String, String>) -> Result<Self, ApiError> {
        let either = |one: &str, other: &str| query.get(one).or(query.get(other));
        let institution = either("institution", "institution_id").and_then(|id| {
            let known = INSTITUTIONS.iter().map(|(known, ..)| *known).find(|known| known == id)?;
            (known != DISABLED_INSTITUTION).then_some(known)
        });
        let redirect_url = either("redirect_url", "redirect_uri").filter(|url| is_landing(url));
        let scenario = query.get("scenario").map(|name| {
            Scenario::from_name(name).ok_or_else(|| ApiError::invalid("There is no such scenario"))
        });
        Ok(Self {
            institution: institution
                .ok_or_else(|| ApiError::invalid("institution must be one of the banks"))?,
            redirect_url: redirect_url
                .ok_or_else(|| ApiError::invalid("redirect_url must be an absolute URL"))?
                .clone(),
            state: query.get("state").cloned(),
            french: query.get("lang").is_some_and(|language| language == "fr"),
            scenario: scenario.transpose()?,
        })
    }

    /// The way to the bank: no choice of banks or accounts.
    pub fn options(self) -> Options {
        Options {
            french: self.french,
            redirect_url: Some(self.redirect_url.clone()),
            institution: Some(self.institution.into()),
            consent: true,
            maximum_retry: 3,
            oauth: Some(self),
            ..Options::default()
        }
    }
}

/// The user must land on a web page, or in an app by its own scheme.
fn is_landing(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        !matches!(url.scheme(), "javascript" | "data" | "blob" | "vbscript" | "file" | "about")
    })
}

impl Options {
    pub fn read(query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).filter(|value| !value.is_empty()).cloned();
        let flag = |name: &str, default: bool| query.get(name).map_or(default, |value| value == "true");
        Self {
            demo: flag("demo", false),
            french: query.get("language").is_some_and(|language| language == "fr"),
            redirect_url: text("redirectUrl").filter(|url| is_landing(url)),
            inner_redirect: flag("innerRedirect", false),
            js_redirect: flag("jsRedirect", false),
            stringify: flag("stringify", false),
            webview: flag("webview", false),
            tag: text("tag"),
            customer_name: text("customerName"),
            institution: None,
            consent: flag("consentEnable", true),
            close: flag("closeEnable", false),
            back: flag("backEnable", true),
            account_selector: flag("accountSelectorEnable", true),
            several_accounts: flag("accountSelectorMultiple", false),
            maximum_retry: query.get("maximumRetry").and_then(|value| value.parse().ok()).unwrap_or(3),
            resumed_accounts: text("resumeSelectedAccounts")
                .map(|ids| ids.split(',').map(Into::into).collect()),
            oauth: None,
        }
    }

    /// Which column of the words applies.
    pub fn language(&self) -> usize {
        usize::from(self.french)
    }
}
