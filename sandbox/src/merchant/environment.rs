//! The variables of one provider's account.

use anyhow::{Context, bail};
use url::Url;

/// What looks a variable up; an empty one counts as none.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Variables of which at least one is set.
pub(super) struct Variables<'a> {
    lookup: Lookup<'a>,
    /// The one that is set: the reason to ask for the others.
    set: &'static str,
}

impl<'a> Variables<'a> {
    /// `None`: none of them is set.
    pub fn find(all: &[&'static str], lookup: Lookup<'a>) -> Option<Self> {
        let set = all.iter().find(|name| lookup(name).is_some())?;
        Some(Self { lookup, set })
    }

    /// One that may be absent.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    /// One that must be there too.
    pub fn needed(&self, name: &str) -> anyhow::Result<String> {
        self.optional(name).with_context(|| format!("{} is set, so {name} must be set too", self.set))
    }

    /// An http or https URL, without a slash at its end.
    pub fn url(&self, name: &str, default: String) -> anyhow::Result<String> {
        let text = self.optional(name).unwrap_or(default);
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.trim_end_matches('/').to_owned()),
            _ => bail!("{name} must be an http or https URL"),
        }
    }
}

/// Looks into the process's environment.
pub(super) fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
