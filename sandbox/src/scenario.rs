//! The ways for a flow to end. Each provider has an enum of them: a variant's name chooses it, its documentation says what
//! happens, and its `strum` properties what the page that waits is told.

use std::str::FromStr;

use serde::Serialize;
use strum::{EnumMessage, EnumProperty, VariantArray};

/// What a guide and a list of scenarios say of one.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// Chooses it, in JSON and on the command line: `success`.
    pub id: &'static str,
    /// Some words that name it.
    pub title: &'static str,
    /// `completed`, the code of the `LinkError`, or `none` where the page is told nothing.
    pub expect: &'static str,
    /// What happens, in a sentence.
    pub hint: &'static str,
    /// The modes in which it ends so.
    pub modes: Vec<&'static str>,
}

/// One way to end. `modes` is left out where it ends so in all; `typed` says that a sign-in form takes its name.
pub(crate) trait Scenario:
    Copy + Into<&'static str> + FromStr + EnumMessage + EnumProperty + VariantArray
{
    /// `None`: there is no such scenario.
    fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    fn name(self) -> &'static str {
        self.into()
    }

    /// Whether a sign-in form lists its name and takes it.
    fn is_typed(self) -> bool {
        self.get_bool("typed").unwrap_or_default()
    }

    fn ending(self, modes: &[&'static str]) -> Ending {
        Ending {
            id: self.name(),
            title: self.get_message().unwrap_or_default(),
            expect: self.get_str("expect").unwrap_or_default(),
            hint: self.get_documentation().unwrap_or_default(),
            modes: self.get_str("modes").map_or_else(|| modes.to_vec(), |some| some.split(' ').collect()),
        }
    }

    /// What its sign-in form lists.
    fn typed() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(|scenario| scenario.is_typed())
    }
}

impl<S> Scenario for S where S: Copy + Into<&'static str> + FromStr + EnumMessage + EnumProperty + VariantArray
{}

pub(crate) fn endings<S: Scenario>(modes: &[&'static str]) -> Vec<Ending> {
    S::VARIANTS.iter().map(|scenario| scenario.ending(modes)).collect()
}
