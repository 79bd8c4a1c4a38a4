//! The parts of a [`crate::Config`], read from what a person writes on a command line.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};

use crate::config::Receiver;
use crate::provider::Provider;
use crate::providers::PROVIDERS;
use crate::public_key::PublicKey;
use crate::urls::web_url;

/// What has a port of its own: the providers, in their order, and `stranger`.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROVIDERS.iter().map(|provider| provider.id).chain(["stranger"])
}

/// This port for the first of [`names`], and those that follow for the others. 0: any for each.
///
/// # Errors
/// There are not so many ports behind it.
pub fn ports(first: u16) -> anyhow::Result<BTreeMap<&'static str, u16>> {
    if first == 0 {
        return Ok(BTreeMap::new());
    }
    let ports: BTreeMap<_, _> = names().zip(first..=u16::MAX).collect();
    ensure!(ports.contains_key("stranger"), "port {first} leaves no ports for the providers");
    Ok(ports)
}

/// What each provider plays: each text a `name`, for every provider that has such a scenario, or a `provider=name`. Of two
/// for one provider the later counts.
///
/// # Errors
/// A name that no provider knows, or not the one named; it lists those that are known.
pub fn scenarios<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<BTreeMap<&'static str, &'static str>> {
    let mut chosen = BTreeMap::new();
    for text in wanted {
        let (provider, name) = match text.split_once('=') {
            Some((provider, name)) => (Some(provider), name),
            None => (None, text),
        };
        let meant = PROVIDERS.iter().filter(|known| provider.is_none_or(|provider| provider == known.id));
        let found: Vec<_> = meant
            .filter_map(|known| {
                let ending = known.endings().into_iter().find(|ending| ending.id == name)?;
                Some((known.id, ending.id))
            })
            .collect();
        if found.is_empty() {
            let known = PROVIDERS.iter().map(|known| {
                let names: Vec<_> = known.endings().iter().map(|ending| ending.id).collect();
                format!("\n  {}: {}", known.id, names.join(", "))
            });
            bail!(
                "there is no scenario `{text}`: it must be one of these, alone or after `PROVIDER=`{}",
                known.collect::<String>()
            );
        }
        chosen.extend(found);
    }
    Ok(chosen)
}

/// A receiver of webhooks, of `PROVIDER=URL`.
///
/// # Errors
/// A provider that sends none, or a text that is no URL.
pub fn receiver(text: &str) -> anyhow::Result<Receiver> {
    let (provider, url) = text.split_once('=').context("it must be PROVIDER=URL")?;
    let provider = one_of(provider, "sends no webhooks", |known| known.has_webhooks)?;
    Ok(Receiver { provider, url: web_url(url)? })
}

/// A back end's public key, of `PROVIDER=FILE`.
///
/// # Errors
/// A provider that knows no keys, a file that cannot be read, or one that holds something else.
pub fn public_key(text: &str) -> anyhow::Result<PublicKey> {
    let (provider, file) = text.split_once('=').context("it must be PROVIDER=FILE")?;
    one_of(provider, "knows no public keys", |known| known.has_keys)?;
    let key = std::fs::read_to_string(file).with_context(|| format!("`{file}` cannot be read"))?;
    key.parse().with_context(|| format!("`{file}` cannot be used"))
}

fn one_of(name: &str, else_it: &str, is_possible: fn(&Provider) -> bool) -> anyhow::Result<&'static str> {
    let known: Vec<_> = PROVIDERS.iter().filter(|known| is_possible(known)).map(|known| known.id).collect();
    let found = known.iter().find(|known| **known == name).copied();
    found.with_context(|| format!("`{name}` {else_it}: PROVIDER must be one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_first() {
        let chosen = ports(4001).unwrap();
        assert_eq!((chosen["fiskil"], chosen["fimento"], chosen["stranger"]), (4001, 4005, 4006));
        assert!(ports(0).unwrap().is_empty());
        assert!(ports(65530).is_ok() && ports(65531).is_err());
    }

    fn played(wanted: &[&str]) -> Vec<Option<&'static str>> {
        let chosen = scenarios(wanted.iter().copied()).unwrap();
        PROVIDERS.iter().map(|provider| chosen.get(provider.id).copied()).collect()
    }

    #[test]
    fn a_scenario_is_for_every_provider_that_knows_it() {
        let denied = Some("denied");
        assert_eq!(played(&["denied"]), [denied; 5]);
        assert_eq!(played(&["otp-failure"]), [Some("otp-failure"), None, None, None, None]);
        assert_eq!(
            played(&["denied", "finx=cancel", "fimento=denied", "fimento=bad-data"]),
            [denied, denied, Some("cancel"), denied, Some("bad-data")]
        );
        assert_eq!(played(&[]), [None; 5]);
    }

    #[test]
    fn an_unknown_scenario_lists_the_known_ones() {
        for wanted in ["nonsense", "", "finx=otp-failure", "acme=success", "=success"] {
            let error = scenarios([wanted]).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wanted}`")), "{error}");
            assert!(
                error.contains("\n  fiskil: success, ") && error.contains("\n  fimento: success, bad-data")
            );
        }
    }

    #[test]
    fn every_scenario_says_what_it_is() {
        for provider in PROVIDERS {
            for ending in provider.endings() {
                let id = format!("{} {}", provider.id, ending.id);
                assert!(!ending.title.is_empty() && ending.hint.ends_with('.'), "{id}");
                assert!(!ending.expect.is_empty(), "{id}");
                assert!(ending.modes.iter().all(|mode| provider.modes.contains(mode)), "{id}");
            }
        }
    }
}
