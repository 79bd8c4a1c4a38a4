//! A page in a browser, as a case sees it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::action_chain::ActionChain;
use thirtyfour::prelude::*;
use tokio::sync::OnceCell;

use crate::browser::{Browser, Settings};
use crate::site::Origins;

/// What a case does once it has a page.
type Run = Box<dyn FnOnce(Page) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// One row of a table of cases.
pub struct Case {
    pub name: String,
    pub run: Run,
}

/// A case that drives the page itself.
pub fn case<F>(name: impl Into<String>, run: impl FnOnce(Page) -> F + Send + 'static) -> Case
where
    F: Future<Output = ()> + Send + 'static,
{
    Case { name: name.into(), run: Box::new(move |page| Box::pin(run(page))) }
}

/// How long something may take that should take no time, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a page may take to answer before it is asked again.
const ANSWERS: Duration = Duration::from_secs(5);

/// The page's `load` event is over. What the page leads to before that takes its entry in the history:
/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#location-object-navigate>.
const LOADED: &str = "performance.getEntriesByType('navigation')[0]?.loadEventEnd > 0";

/// The script that asks a function of `pages/shown.js`.
fn question(name: &str, of: &[&str]) -> String {
    format!("{} return window.shown.{name}(...{})", include_str!("pages/shown.js"), json!(of))
}

/// A page in a browser.
#[derive(Clone)]
pub struct Page {
    pub driver: WebDriver,
    pub browser: Browser,
    pub settings: Option<Settings>,
    pub origins: Arc<Origins>,
    /// The origin of the demo.
    pub demo: String,
    /// Where the sandbox's providers are.
    pub providers: sandbox::Origins,
}

impl Page {
    /// Forgets the pages of earlier cases. Chromium keeps fifty; of more it drops the oldest that nobody has clicked on, which
    /// may be the one just left: `PruneOldestSkippableEntryIfFull` in its `NavigationControllerImpl`.
    pub async fn forgets_history(&self) {
        if self.browser == Browser::Chromium {
            let forgotten = self.driver.cdp().send_raw("Page.resetNavigationHistory", json!({})).await;
            forgotten.expect("a history can be forgotten");
        }
    }

    /// Opens the merchant's page. `query`: `csp=<policy>`, `embedder=<policy>`, `quirks` for no doctype, `trap`.
    pub async fn merchant(&self, query: &str) {
        self.goto(&format!("{}/?{query}", self.origins.merchant)).await;
        self.merchant_arrives().await;
    }

    /// Waits until the merchant's page is here, with all that the cases need of it.
    pub async fn merchant_arrives(&self) {
        self.until(&format!("return location.pathname === '/' && window.isReady === true && {LOADED}")).await;
    }

    /// Waits until the page of a path is here, and loaded.
    pub async fn arrives(&self, path: &str) {
        self.is_led_to(|url| url.path() == path).await;
        self.until(&format!("return location.pathname === {path:?} && {LOADED}")).await;
    }

    /// Waits until the page that is here has loaded.
    pub async fn is_loaded(&self) {
        self.until(&format!("return {LOADED}")).await;
    }

    /// Waits until a page has led to such an address, without a script: one that runs as a page goes leaves the driver's
    /// listener for `unload` on it, and Firefox keeps no such page for the Back button.
    pub async fn is_led_to(&self, is_it: impl Fn(&reqwest::Url) -> bool) {
        let is_there = async {
            loop {
                let url = tokio::time::timeout(ANSWERS, self.driver.current_url()).await;
                if url.is_ok_and(|url| url.is_ok_and(|url| is_it(&url))) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, is_there).await.expect("the page leads there");
    }

    /// Opens a page.
    pub async fn goto(&self, url: &str) {
        // WebKit may say that it is there while the page before still is, where that has another opener policy
        self.asks("window.isLeft = true").await;
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        self.until(&format!("return window.isLeft !== true && {LOADED}")).await;
    }

    /// Gives what a script gives that has the kit's names at hand.
    pub async fn run(&self, script: &str) -> Value {
        static NAMES: OnceCell<String> = OnceCell::const_new();
        let names = async || {
            self.eval("return Object.keys(window.kit).join()").await.as_str().expect("a text").into()
        };
        let names = NAMES.get_or_init(names).await;
        self.wait(&format!(
            "{PAGE_REALM} const {{ {names} }} = window.kit; return await (async () => {{ {script} }})()"
        ))
        .await
    }

    /// Gives what a function gives that `pages/cases/<group>.js` exports beside its cases.
    pub async fn call(&self, group: &str, name: &str, of: Value) -> Value {
        self.run(&format!("return await (await load('/cases/{group}.js')).{name}(...{of})")).await
    }

    /// Gives what a function of `pages/shown.js` says of the page that is here.
    pub async fn shown(&self, name: &str, of: &[&str]) -> Value {
        self.eval(&question(name, of)).await
    }

    /// Waits until such a function gives true.
    pub async fn until_shown(&self, name: &str, of: &[&str]) {
        self.is_ever_shown(name, of).await.unwrap_or_else(|never| panic!("{never}"));
    }

    /// The same, without an end to the case where it never does.
    pub async fn is_ever_shown(&self, name: &str, of: &[&str]) -> Result<(), String> {
        self.is_ever(&question(name, of)).await.map_err(|_| format!("never shown: {name} {of:?}"))
    }

    /// Gives what a script gives that may wait for promises.
    pub async fn wait(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            (async () => {{
                {script}
            }})().then(
                (value) => done({{ value: JSON.parse(JSON.stringify(value ?? null)) }}),
                (error) => done({{ threw: `${{error}}\n${{error.stack}}` }}));"
        );
        let answer = self.driver.execute_async(script.as_str(), Vec::new()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{error}\n{script}")).json().clone();
        assert!(answer.get("threw").is_none(), "{}\n{script}", answer["threw"].as_str().unwrap_or_default());
        answer["value"].clone()
    }

    /// Gives what a script gives at once.
    pub async fn eval(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{error}\n{script}")).json().clone()
    }

    /// Runs code in the puppet that this is, as its own: a driver's may lack the page's rights.
    pub async fn run_there(&self, code: &str) {
        self.wait(&format!(
            "const told = new Promise((resolve) => addEventListener('message', resolve, {{ once: true }}));
             window.postMessage({:?}, '*');
             await told",
            format!("run:{code}")
        ))
        .await;
    }

    /// An element that a script gives.
    pub async fn element(&self, script: &str) -> WebElement {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.and_then(|answer| answer.element()).unwrap_or_else(|error| panic!("{error}\n{script}"))
    }

    /// Waits until a script gives true.
    pub async fn until(&self, script: &str) {
        self.is_ever(script).await.unwrap_or_else(|never| panic!("{never}"));
    }

    async fn is_ever(&self, script: &str) -> Result<(), String> {
        let is_true = async {
            let mut pause = Duration::from_millis(10);
            while !self.asks(script).await {
                tokio::time::sleep(pause).await;
                pause = (pause * 3 / 2).min(Duration::from_millis(100));
            }
        };
        tokio::time::timeout(PATIENCE, is_true).await.map_err(|_| format!("never true: {script}"))
    }

    /// Whether a script gives true. A page that is just leaving has no answer, and WebKit forgets the question where the
    /// next page is another process's.
    async fn asks(&self, script: &str) -> bool {
        let answer = tokio::time::timeout(ANSWERS, self.driver.execute(script, Vec::new())).await;
        answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.json() == true))
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.expect("keys can be pressed");
    }

    /// Presses a key while another one is held down.
    pub async fn press_with(&self, held: Key, key: Key) {
        let keys = self.driver.action_chain().key_down(held.clone()).send_keys(key).key_up(held);
        keys.perform().await.expect("keys can be pressed");
    }

    /// Where the focus is: an element of the widget's, or an id of the page's.
    pub async fn focus(&self) -> Value {
        self.eval(
            "const inner = document.activeElement.shadowRoot?.activeElement;
             return inner ? inner.localName : document.activeElement.id || document.activeElement.localName",
        )
        .await
    }

    /// Goes back with Tab, out of the provider's page, to the close button.
    pub async fn tab_to_close_button(&self) {
        for _ in 0..20 {
            if self.focus().await == "button" {
                return;
            }
            self.press_with(Key::Shift, Key::Tab).await;
        }
        panic!("Tab does not lead to the close button");
    }

    /// Clicks an element as a person does, which lets the page open a window.
    pub async fn click(&self, selector: &str) {
        // a page may still be adding it
        self.until(&format!("return document.querySelector({selector:?}) !== null")).await;
        self.click_on(&self.element(&format!("return document.querySelector({selector:?})")).await).await;
    }

    /// The same for an element at hand. By the pointer, and not by the driver's own click, after which Firefox never keeps
    /// the page for the Back button: the driver's listener for `unload` stays on it.
    pub async fn click_on(&self, element: &WebElement) {
        self.show(element).await;
        let pointer = self.pointer().move_to_element_center(element).click();
        pointer.perform().await.expect("an element can be clicked");
    }

    /// Clicks the element whose frame or window goes with the click: a driver looks for that afterwards, and fails where
    /// it is quicker gone. What comes of the click is for the case to see.
    pub async fn click_last(&self, selector: &str) {
        let element = self.element(&format!("return document.querySelector({selector:?})")).await;
        self.show(&element).await;
        let _ = self.pointer().move_to_element_center(&element).click().perform().await;
    }

    /// Comes back to this page from the tabs that it has opened: in a hidden one Chromium's driver waits seconds for a click.
    pub async fn to_front(&self) {
        if self.browser == Browser::Chromium {
            let shown = self.driver.cdp().send_raw("Page.bringToFront", json!({})).await;
            shown.expect("a tab can be shown");
        }
    }

    async fn show(&self, element: &WebElement) {
        let show = "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' })";
        let element = element.to_json().expect("an element");
        self.driver.execute(show, vec![element]).await.expect("an element of this page");
    }

    /// A mouse that takes no time.
    fn pointer(&self) -> ActionChain {
        self.driver.action_chain_with_delay(None, Some(Duration::ZERO))
    }

    /// Makes the browser prefer what a person may have told the system to prefer; an empty `value`: what it does by itself.
    pub async fn prefer(&self, feature: &str, value: &str) {
        let preferred = self.browser.prefer(&self.driver, self.settings.as_ref(), feature, value).await;
        preferred.unwrap_or_else(|error| panic!("{error:?}"));
        if !value.is_empty() {
            self.until(&format!("return matchMedia('({feature}: {value})').matches")).await;
        }
    }

    /// Clicks at a point of the window.
    pub async fn click_at(&self, x: i64, y: i64) {
        self.pointer().move_to(x, y).click().perform().await.expect("a point can be clicked");
    }

    /// Goes into the frame of the widget's latest flow.
    pub async fn enter_frame(&self) {
        let frame = self
            .element("return [...document.querySelectorAll('[data-link-widget]')].at(-1).shadowRoot.querySelector('iframe')")
            .await;
        // WebKit's pointer does not scroll what is around a frame
        self.show(&frame).await;
        frame.enter_frame().await.expect("a frame");
    }

    /// Comes back from a frame.
    pub async fn leave_frame(&self) {
        self.driver.enter_default_frame().await.expect("a page");
    }

    /// Clicks a button of the widget's dialog, by its words or its name.
    pub async fn click_dialog_button(&self, name: &str) {
        let button = format!(
            "return [...document.querySelector('[data-link-widget]').shadowRoot.querySelectorAll('button')]
                .find(({{ textContent, ariaLabel }}) => textContent === {name:?} || ariaLabel === {name:?})"
        );
        self.click_on(&self.element(&button).await).await;
    }

    /// Clicks the title of the widget's dialog, where a click does nothing of its own.
    pub async fn click_dialog_bar(&self) {
        let hosts = "[...document.querySelectorAll('[data-link-widget]')]";
        let title = self.element(&format!("return {hosts}.at(-1).shadowRoot.querySelector('h2')")).await;
        self.click_on(&title).await;
    }

    /// Starts a flow in a click, with a function of the package's or the kit's. It is `window.flow` from then on, and its
    /// end is kept in `window.settled`.
    pub async fn start_at_click(&self, function: &str, of: Value) {
        self.run(&format!("atClick(() => {function}(...{of}))")).await;
        self.click("#connect").await;
    }

    /// Waits until there are so many windows, and gives them: first this page's, then the others.
    pub async fn windows(&self, count: usize) -> Vec<WindowHandle> {
        let all = async {
            loop {
                let windows = self.driver.windows().await.expect("windows");
                if windows.len() == count {
                    return windows;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let this = self.driver.window().await.expect("a window");
        let windows = tokio::time::timeout(PATIENCE, all).await;
        let mut windows = windows.unwrap_or_else(|_| panic!("there are never {count} windows"));
        windows.sort_by_key(|window| *window != this);
        windows
    }

    /// Goes into the one other window, once it shows a page.
    pub async fn enter_popup(&self) -> Popup {
        let [page, popup] = self.windows(2).await.try_into().expect("two windows");
        self.driver.switch_to_window(popup).await.expect("a popup");
        self.until("return location.href !== 'about:blank' && document.readyState === 'complete'").await;
        Popup { page }
    }

    /// Comes back from it. It may be closed meanwhile.
    pub async fn leave_popup(&self, popup: Popup) {
        self.driver.switch_to_window(popup.page).await.expect("a page");
    }

    /// Nothing is left of any flow, and nothing went wrong unseen.
    pub async fn is_clean(&self) {
        self.windows(1).await;
        // A popup that was closed before it had a page is closed twice more, within a second.
        self.run("await until(() => windows.length === 0 || [...timers.values()].every(({ ms }) => !(ms <= 1000)))").await;
        let left = self.run("await pause(0); return left()").await;
        assert_eq!(left, json!([]), "something is left: {left:#}");
        // records of those whom nobody has sent back, which the next case would find
        self.shown("forget", &[]).await;
    }
}

/// That the driver is in a popup.
#[must_use]
pub struct Popup {
    page: WindowHandle,
}

/// Firefox runs a script in a realm of its own, whose globals are not the page's.
const PAGE_REALM: &str = "const { Error, Object, Promise } = window;";
