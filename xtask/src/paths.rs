//! Where things lie.

use std::env;
use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository")
}

/// Cargo's target folder, wherever the environment or the configuration has put it.
pub fn target() -> PathBuf {
    let program = env::current_exe().expect("the system names the running program");
    program.ancestors().nth(2).expect("cargo puts programs into target/<profile>/").to_owned()
}

/// The npm package as it is published.
pub fn package() -> PathBuf {
    root().join("pkg")
}
