use std::ops::Index;

use serde::{Serialize, Serializer};

/// Where everything listens, by name: `origins["fiskil"]` is such as `http://127.0.0.1:4711`.
///
/// | name | what is there |
/// | --- | --- |
/// | `fiskil` | the API at `/v1`, the consent pages at `/?sess_id=` |
/// | `flinks` | the API under `/v3`, Flinks Connect at `/v2/` |
/// | `finx` | the API at `/`, the widget at `/?token=` |
/// | `finqlink` | the API under `/v2`, the pages at `/w/` |
/// | `fimento` | the API at `/`, the consent pages at `/consent/` |
/// | `stranger` | a page of nobody's, which posts what a provider would post; scenarios lead a frame there |
#[derive(Clone, Debug)]
pub struct Origins(pub Vec<(&'static str, String)>);

impl Index<&str> for Origins {
    type Output = String;

    /// # Panics
    /// Nothing has the name.
    fn index(&self, name: &str) -> &String {
        let found = self.0.iter().find(|(known, _)| *known == name);
        &found.unwrap_or_else(|| panic!("nothing is called `{name}`")).1
    }
}

impl Serialize for Origins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, origin)| (name, origin)))
    }
}
