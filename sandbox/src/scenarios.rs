use anyhow::bail;

use crate::providers::{fimento, finqlink, finx, fiskil, flinks};

macro_rules! scenarios {
    ($($provider:ident),+) => {
        /// What each provider's pages play by themselves where whoever creates a session names no scenario.
        #[derive(Clone, Debug, Default)]
        pub struct Scenarios {
            $(pub(crate) $provider: Option<$provider::scenario::Scenario>,)+
        }

        impl Scenarios {
            /// `None`: no such scenario, or no such provider.
            fn set(&mut self, provider: Option<&str>, name: &str) -> Option<()> {
                let mut known = None;
                $(if provider.is_none_or(|provider| provider == stringify!($provider))
                    && let Some(scenario) = $provider::scenario::Scenario::from_name(name)
                {
                    self.$provider = Some(scenario);
                    known = Some(());
                })+
                known
            }

            /// The providers, and the name of what each plays.
            #[must_use]
            pub fn chosen(&self) -> Vec<(&'static str, Option<String>)> {
                vec![$((stringify!($provider), self.$provider.map(|scenario| scenario.name())),)+]
            }

            fn known() -> String {
                [$((stringify!($provider), $provider::scenario::Scenario::ALL.map(|one| one.name()).join(", ")),)+]
                    .map(|(provider, names)| format!("  {provider}: {names}"))
                    .join("\n")
            }
        }
    };
}

scenarios!(fiskil, flinks, finx, finqlink, fimento);

impl Scenarios {
    /// Each a `name`, for every provider that knows it, or a `provider=name`. Of two for one provider the later counts.
    ///
    /// # Errors
    /// A name that no provider knows, or not the one named; it lists those that are known.
    pub fn choose<'a>(wanted: impl IntoIterator<Item = &'a str>) -> anyhow::Result<Self> {
        let mut chosen = Self::default();
        for text in wanted {
            let (provider, name) = match text.split_once('=') {
                Some((provider, name)) => (Some(provider), name),
                None => (None, text),
            };
            if chosen.set(provider, name).is_none() {
                bail!(
                    "there is no scenario `{text}`: it must be one of these, alone or after `PROVIDER=`\n{}",
                    Self::known()
                );
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(wanted: &[&str]) -> Vec<Option<String>> {
        let chosen = Scenarios::choose(wanted.iter().copied()).unwrap().chosen();
        chosen.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn a_name_is_for_every_provider_that_knows_it() {
        let denied = Some("denied".to_owned());
        assert_eq!(played(&["denied"]), vec![denied.clone(); 5]);
        assert_eq!(played(&["otp-failure"]), [Some("otp-failure".into()), None, None, None, None]);
        assert_eq!(
            played(&["denied", "finx=cancel", "fimento=denied", "fimento=bad-data"]),
            [denied.clone(), denied.clone(), Some("cancel".into()), denied, Some("bad-data".into())]
        );
        assert_eq!(played(&[]), vec![None; 5]);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        for wanted in ["nonsense", "", "finx=otp-failure", "acme=success", "=success"] {
            let error = Scenarios::choose([wanted]).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wanted}`")), "{error}");
            assert!(
                error.contains("\n  fiskil: success, ") && error.contains("\n  fimento: success, bad-data")
            );
        }
    }
}
