//! What a failed case leaves in `target/e2e/<browser>`, or `target/e2e/csp`, to be looked at: a screenshot,
//! and a text with what its pages said to the console.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thirtyfour::WebDriver;
use tokio::time::timeout;

use crate::browser::Session;

/// How long a driver may take for each: one that is stuck gives nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the page that the driver is in says of itself: where it is, and what `pages/kit.js` has noted, which
/// is every console call of a merchant's page, every error and everything that a policy refuses.
const PAGE: &str = "return [location.href, ...(window.kit?.accidents ?? [])].join('\\n')";

/// How much the browser has written so far: what comes later is of this case.
pub fn length(session: &Session) -> usize {
    fs::read(&session.console).map_or(0, |text| text.len())
}

/// Keeps both, and gives where they are. `before`: the [`length`] at its begin.
pub async fn keep(session: &Session, before: usize, folder: &Path, case: &str) -> String {
    let name: String = case.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let picture = folder.join(format!("{name}.png"));
    let text = folder.join(format!("{name}.txt"));
    let written = fs::read(&session.console).unwrap_or_default();
    let written = String::from_utf8_lossy(&written[before.min(written.len())..]).into_owned();
    let page = page(&session.driver).await;
    let text = match fs::write(&text, format!("{page}\n\n{written}")) {
        Ok(()) => text.display().to_string(),
        Err(error) => error.to_string(),
    };
    format!("screenshot: {}\nconsole: {text}", screenshot(&session.driver, picture).await)
}

async fn page(driver: &WebDriver) -> String {
    match timeout(PATIENCE, driver.execute(PAGE, Vec::new())).await {
        Ok(Ok(told)) => told.json().as_str().unwrap_or_default().to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the page says nothing in time".into(),
    }
}

async fn screenshot(driver: &WebDriver, path: PathBuf) -> String {
    match timeout(PATIENCE, driver.screenshot(&path)).await {
        Ok(Ok(())) => path.display().to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "none in time".into(),
    }
}
