//! The variables of one provider's account.

use std::collections::HashMap;

use anyhow::{Context, bail};
use url::Url;

/// Variables by name. An empty one counts as none.
pub type Environment = HashMap<String, String>;

/// Variables of which at least one is set.
pub(crate) struct Variables<'a> {
    environment: &'a Environment,
    /// The one that is set: the reason to ask for the others.
    set: &'static str,
}

impl<'a> Variables<'a> {
    /// `None`: none of them is set.
    pub fn find(all: &[&'static str], environment: &'a Environment) -> Option<Self> {
        let set = all.iter().find(|name| environment.get(**name).is_some_and(|value| !value.is_empty()))?;
        Some(Self { environment, set })
    }

    /// One that may be absent.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.environment.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// One that must be there too.
    pub fn needed(&self, name: &str) -> anyhow::Result<String> {
        self.optional(name).with_context(|| format!("{} is set, so {name} must be set too", self.set))
    }

    /// An http or https URL, without a slash at its end.
    pub fn url(&self, name: &str, default: &str) -> anyhow::Result<String> {
        let text = self.optional(name).unwrap_or_else(|| default.into());
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.trim_end_matches('/').to_owned()),
            _ => bail!("{name} must be an http or https URL"),
        }
    }

    /// Such a URL that must be there too.
    pub fn needed_url(&self, name: &str) -> anyhow::Result<String> {
        self.url(name, &self.needed(name)?)
    }

    /// Such a URL that may be absent.
    pub fn optional_url(&self, name: &str) -> anyhow::Result<Option<String>> {
        self.optional(name).map(|url| self.url(name, &url)).transpose()
    }
}
