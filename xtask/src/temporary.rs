//! The folder for temporary files of what the tests start. Browsers leave something there whenever their drivers end them
//! otherwise than a person does: Chromium's always, with the folder of a socket.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, process};

use anyhow::{Context, Result};

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Makes it for all programs that are started from here on. Not under target/: the path of a socket has 107 bytes at most,
/// of which Chromium takes 46.
pub fn make() -> Result<()> {
    let folder = env::temp_dir().join(format!("link-widget-{}", process::id()));
    fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    FOLDER.get_or_init(|| folder);
    Ok(())
}

/// The folder, if there is one.
pub fn folder() -> Option<&'static Path> {
    FOLDER.get().map(PathBuf::as_path)
}

/// Removes it with all that is in it.
pub fn remove() {
    if let Some(folder) = folder() {
        // what is left there fails no test
        let _ = fs::remove_dir_all(folder);
    }
}
