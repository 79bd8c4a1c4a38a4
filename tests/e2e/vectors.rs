//! The providers: one for each file in `tests/vectors`. `tests/vectors.rs` says what their fields mean.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

pub struct Provider {
    pub name: String,
    flow: Value,
}

static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("vectors");
    let mut providers: Vec<Provider> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| serde_json::from_str(&fs::read_to_string(path).expect("a text")).expect("JSON"))
        .map(|vectors: Value| Provider::new(&vectors))
        .collect();
    assert!(!providers.is_empty(), "no vectors in {}", folder.display());
    providers.sort_by(|one, other| one.name.cmp(&other.name));
    providers
});

pub fn providers() -> &'static [Provider] {
    &PROVIDERS
}

/// Those whose pages post messages that count.
pub fn speaking() -> impl Iterator<Item = &'static Provider> {
    providers().iter().filter(|provider| provider.speaks())
}

/// Those who answer by return URLs alone.
pub fn silent() -> impl Iterator<Item = &'static Provider> {
    providers().iter().filter(|provider| !provider.speaks())
}

/// Those who give back the state that their pages are opened with.
pub fn echoing() -> impl Iterator<Item = &'static Provider> {
    providers().iter().filter(|provider| provider.echoes_state())
}

/// What the vectors say of each provider, by its name.
pub fn flows() -> Value {
    providers().iter().map(|provider| (provider.name.clone(), provider.flow.clone())).collect()
}

impl Provider {
    /// The modes in which its pages work. The first one is the default.
    pub fn modes(&self) -> Vec<&str> {
        self.flow["modes"].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
    }

    fn speaks(&self) -> bool {
        self.flow["messages"].is_object()
    }

    pub fn echoes_state(&self) -> bool {
        self.flow["echoesState"] == true
    }

    /// The query of a return URL, without the state, that has `completed` or `failed`; and that failure's `code`.
    pub fn returns(&self, what: &str) -> &str {
        self.flow["returns"][what].as_str().expect("a text")
    }

    fn new(vectors: &Value) -> Self {
        let name = vectors["provider"].as_str().expect("a name").into();
        Self { name, flow: vectors["flow"].clone() }
    }
}
