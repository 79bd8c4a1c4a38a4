//! A page in a browser, and the person before it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// How long something may take that should take no time, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the widget has put on the page, and what it has changed of it.
const TRACES: &str = "[...document.querySelectorAll('[data-link-widget], iframe, dialog')].length
    + document.documentElement.attributes.length - 1 + document.body.attributes.length";

/// A page with a session of the sandbox.
pub struct Page {
    driver: WebDriver,
    /// The merchant's server.
    merchant: String,
    /// What the merchant's server calls the session.
    reference: Value,
}

impl Page {
    /// Opens `url` with a new session in its query.
    pub async fn open(driver: WebDriver, merchant: &str, url: &str) -> anyhow::Result<Self> {
        let started = post(&format!("{merchant}/api/fiskil/start"), &json!({ "scenario": "manual" })).await?;
        let launch = &started["launch"];
        let mut url: reqwest::Url = url.parse()?;
        for (name, value) in [("session", &launch["sessionId"]), ("authServer", &launch["authServer"])] {
            url.query_pairs_mut().append_pair(name, value.as_str().context("a text")?);
        }
        driver.goto(url.as_str()).await?;
        Ok(Self { driver, merchant: merchant.into(), reference: started["ref"].clone() })
    }

    /// What a script gives.
    pub async fn eval(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await.context(script.to_owned())?.json().clone())
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) -> anyhow::Result<()> {
        let script = format!("return {expression}");
        let is_true = async {
            // a page that is just leaving has no answer
            while !self.driver.execute(&*script, Vec::new()).await.is_ok_and(|answer| answer.json() == true) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, is_true).await.with_context(|| format!("never true: {expression}"))
    }

    /// Asserts that an expression is true now.
    pub async fn is(&self, expression: &str) -> anyhow::Result<()> {
        let value = self.eval(&format!("return {expression}")).await?;
        ensure!(value == true, "{expression} is {value}");
        Ok(())
    }

    /// Clicks as a person does.
    pub async fn click(&self, selector: &str) -> anyhow::Result<()> {
        let wait = self.driver.query(By::Css(selector)).wait(PATIENCE, Duration::from_millis(20));
        let element = wait.first().await.with_context(|| selector.to_owned())?;
        element.click().await.with_context(|| selector.to_owned())
    }

    /// Clicks as a script does, which the dialog does not hinder.
    pub async fn call_click(&self, selector: &str) -> anyhow::Result<()> {
        self.eval(&format!("document.querySelector({selector:?}).click()")).await.map(drop)
    }

    /// Clicks #connect once what it does is there.
    pub async fn connect(&self) -> anyhow::Result<()> {
        // a framework's page shows it before it listens; one with an `await`, for which `load` does not wait, enables it then
        self.until(
            "document.readyState === 'complete' && document.querySelector('#connect:enabled') !== null",
        )
        .await?;
        self.click("#connect").await?;
        self.until(&format!("{OPEN} === 1")).await
    }

    /// Gives the consent on the provider's pages, in the widget's only frame.
    pub async fn consents(&self) -> anyhow::Result<()> {
        self.enter_frame().await?;
        self.signs_in("success").await?;
        self.at("code").await?;
        self.enter("#code", &self.text("#the-code").await?).await?;
        self.click("#code-form [type=submit]").await?;
        self.at("accounts").await?;
        self.click("#accounts-form [type=submit]").await?;
        self.at("consent").await?;
        self.click("#consent-form [type=submit]").await?;
        self.driver.enter_default_frame().await?;
        Ok(())
    }

    /// The page says that the flow has completed, the merchant's server finds the consent at the provider, and nothing
    /// is left.
    pub async fn has_completed(&self) -> anyhow::Result<()> {
        self.until("document.getElementById('outcome').textContent !== ''").await?;
        let outcome = self.text("#outcome").await?;
        let finished = json!({ "ref": self.reference, "result": { "consentID": outcome } });
        let finish = post(&format!("{}/api/fiskil/finish", self.merchant), &finished).await;
        ensure!(finish.with_context(|| format!("the outcome is {outcome}"))? == json!({ "ok": true }));
        self.is_clean().await
    }

    /// Nothing is left of any flow.
    pub async fn is_clean(&self) -> anyhow::Result<()> {
        self.until(&format!("{TRACES} === 0")).await
    }

    /// While a flow is open Angular has nothing to wait for and nothing to look for, and onEvent is in its zone.
    pub async fn leaves_angular_stable(&self) -> anyhow::Result<()> {
        let events =
            |text: &str| format!("document.getElementById('events').textContent.trim() === '{text}'");
        self.connect().await?;
        self.until(&events("open load")).await?;
        self.is("isStable()").await?;
        self.eval("window.before = checks()").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.is("isStable() && checks() === before").await?;
        self.press_close().await?;
        self.until("document.getElementById('outcome').textContent === 'LINK_USER_CANCELLED'").await?;
        self.is(&events("open load settled")).await?;
        // beside a popup, which is looked at five times a second
        self.click("#popup").await?;
        self.until("document.querySelector('[data-link-widget]') !== null").await?;
        self.eval("window.before = checks()").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.is("isStable() && checks() === before").await?;
        self.press_close().await?;
        self.is_clean().await
    }

    async fn press_close(&self) -> anyhow::Result<()> {
        self.eval("document.querySelector('[data-link-widget]').shadowRoot.querySelector('button').click()")
            .await
            .map(drop)
    }

    /// A whole flow, from the click to the consent.
    pub async fn completes(&self) -> anyhow::Result<()> {
        self.connect().await?;
        self.consents().await?;
        self.has_completed().await
    }

    /// Leaves a page that has a router by redirect and comes back: what the answer carried stays out of the address and out
    /// of what the router keeps, also where the router writes it, and on Back.
    pub async fn comes_back(&self) -> anyhow::Result<()> {
        self.until("document.readyState === 'complete' && window.leave !== undefined").await?;
        let home = self.eval("return location.href.split('?')[0]").await?;
        let folder = home.as_str().and_then(|home| home.strip_suffix("home")).context("a folder")?.to_owned();
        self.eval("window.leave()").await?;
        self.until("location.hostname === 'localhost'").await?;
        self.driver.goto(format!("{folder}back?code=SECRET&state=STATE&success=true&tab=2")).await?;
        self.until("window.answers?.length > 0 && window.change !== undefined").await?;
        // once for each time that the page has called it: a router may call a loader again
        self.is("window.answers.every((answer) => answer === 'SECRET')").await?;
        // a router that comes late writes it a little later
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.is_at("back?tab=2").await?;
        self.eval("window.refresh?.()").await?;
        self.eval("window.note?.()").await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.is_at("back?tab=2").await?;
        self.eval("void window.change()").await?;
        self.is_at("back?tab=3").await?;
        self.eval("void window.go()").await?;
        self.is_at("other").await?;
        for place in ["back?tab=3", "back?tab=2"] {
            self.driver.back().await?;
            self.is_at(place).await?;
        }
        // nor does it come twice: a component that is there again has called once more
        self.is("window.answers.every((answer) => answer === 'SECRET' || answer === null)").await?;
        self.is_clean().await
    }

    /// Waits for an address, and asserts that neither it nor what the router keeps with it has anything of the answer.
    async fn is_at(&self, place: &str) -> anyhow::Result<()> {
        self.until(&format!("location.href.split('/').at(-1) === '{place}'")).await?;
        // the router's own turn
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.is(&format!("location.href.split('/').at(-1) === '{place}'")).await?;
        self.is("!/SECRET|STATE|success/.test(location.href + JSON.stringify(history.state))").await
    }

    /// What each framework's component does: one flow at a time, ended with the component, and none after it.
    pub async fn has_component(&self) -> anyhow::Result<()> {
        self.until("document.getElementById('bank')?.dataset.status === 'idle'").await?;
        self.connect().await?;
        self.until("document.getElementById('bank').dataset.status === 'linking'").await?;
        self.call_click("#cancel").await?;
        self.until("document.getElementById('bank').dataset.status === 'idle'").await?;
        self.is("document.getElementById('outcome').textContent === ''").await?;
        self.is_clean().await?;

        self.connect().await?;
        self.call_click("#toggle").await?;
        self.until("document.getElementById('bank') === null").await?;
        self.is_clean().await?;
        self.call_click("#toggle").await?;
        self.until("document.getElementById('bank')?.dataset.status === 'idle'").await?;

        self.connect().await?;
        self.eval("document.querySelector('[data-link-widget]').dataset.first = ''").await?;
        self.call_click("#connect").await?;
        self.until("document.querySelector('[data-link-widget]:not([data-first])') !== null").await?;
        self.is(&format!("{OPEN} === 1")).await?;
        self.is("document.getElementById('bank').dataset.status === 'linking'").await?;
        self.consents().await?;
        self.has_completed().await?;
        self.is("document.getElementById('bank').dataset.status === 'success'").await?;
        self.is("document.getElementById('bank').dataset.event === 'settled'").await
    }

    /// `<link-widget>`: its events and its attribute, and that it takes its flow with it.
    pub async fn has_element(&self) -> anyhow::Result<()> {
        let status = "document.querySelector('link-widget').getAttribute('status')";
        self.connect().await?;
        // set before the element was defined
        self.is("'authServer' in document.querySelector('link-widget').options").await?;
        self.is(&format!("{status} === 'linking'")).await?;
        self.eval("document.querySelector('link-widget').cancel()").await?;
        self.until(&format!("{status} === 'idle'")).await?;
        self.is("window.told.at(0) === 'open' && window.told.at(-1) === 'link-cancel'").await?;
        self.is_clean().await?;

        self.connect().await?;
        self.eval("window.element = document.querySelector('link-widget'); element.remove()").await?;
        self.is_clean().await?;
        self.is("window.element.getAttribute('status') === 'idle'").await?;
        self.eval("document.body.prepend(window.element); window.told = []").await?;

        self.completes().await?;
        self.is(&format!("{status} === 'success'")).await?;
        self.is("window.told.join() === 'open,load,settled,link-success'").await?;

        // a session that is used: the provider's page stays to say so
        self.connect().await?;
        self.until(&format!("{status} === 'error'")).await?;
        self.is("window.told.at(-1) === 'link-error'").await?;
        self.is("document.getElementById('outcome').textContent === 'LINK_INVALID_SESSION'").await?;
        self.is(&format!("{OPEN} === 1")).await?;
        self.eval("window.element.remove()").await?;
        self.is_clean().await
    }

    /// `<link-widget mode="container">`.
    pub async fn has_element_as_container(&self) -> anyhow::Result<()> {
        self.connect().await?;
        self.is("document.querySelector('link-widget > [data-link-widget]') !== null").await?;
        self.consents().await?;
        self.has_completed().await
    }

    /// The seed's component, which has the words of its own `handleLinkError`.
    pub async fn has_seed(&self) -> anyhow::Result<()> {
        self.connect().await?;
        self.until("document.getElementById('bank').dataset.status === 'linking'").await?;
        self.call_click("#cancel").await?;
        self.until("document.getElementById('bank').dataset.status === 'idle'").await?;
        self.is("document.getElementById('error').textContent === ''").await?;
        self.is_clean().await?;

        self.click("#button button").await?;
        self.until(&format!("{OPEN} === 1")).await?;
        self.is("document.querySelector('#button button').disabled").await?;
        self.is("document.querySelector('#button').textContent === 'Connecting...'").await?;
        self.consents().await?;
        self.has_completed().await?;
        self.until("document.querySelector('#button').textContent === 'Link Account'").await
    }

    /// The same, told by the provider that it declines.
    pub async fn has_seeds_words(&self) -> anyhow::Result<()> {
        self.connect().await?;
        self.enter_frame().await?;
        self.signs_in("denied").await?;
        self.driver.enter_default_frame().await?;
        self.until("document.getElementById('bank').dataset.status === 'error'").await?;
        self.is("document.getElementById('error').textContent === 'You declined to share your data.'")
            .await?;
        self.is_clean().await
    }

    /// A change of the component's file while a flow is open, which the page takes without loading anew. React 18 runs
    /// the component's effects again, which ends the flow; React 19.3 runs none again, and `is_kept` is true.
    pub async fn takes_change(&self, file: &Path, is_kept: bool) -> anyhow::Result<()> {
        let before = std::fs::read_to_string(file)?;
        let after = before.replace("Before the change", "Beyond the change");
        ensure!(before != after, "there is nothing to change in {}", file.display());
        self.connect().await?;
        self.eval("window.isSame = true").await?;
        overwrite(file, &after)?;
        let changed = self.until("document.querySelector('h1').textContent === 'Beyond the change'").await;
        // Vite's watcher drops a change within 50 ms of the last one
        tokio::time::sleep(Duration::from_millis(100)).await;
        overwrite(file, &before)?;
        changed?;
        self.until("document.querySelector('h1').textContent === 'Before the change'").await?;
        self.is("window.isSame").await?;
        if is_kept {
            self.is(&format!("{OPEN} === 1")).await?;
            self.is("document.getElementById('bank').dataset.status === 'linking'").await?;
        } else {
            self.is_clean().await?;
            self.is("document.getElementById('bank').dataset.status === 'idle'").await?;
            self.connect().await?;
        }
        self.consents().await?;
        self.has_completed().await
    }

    /// The example in Rust, with Fiskil in an element of the page: ended by the page's own button, then declined.
    pub async fn has_example_in_page(&self) -> anyhow::Result<()> {
        self.connect().await?;
        self.is("document.querySelector('main [data-link-widget]') !== null").await?;
        self.until(&format!("{EVENTS}.at(-1) === 'load'")).await?;
        self.click("#cancel:enabled").await?;
        self.fails_with("LINK_USER_CANCELLED").await?;
        self.until(&format!("{EVENTS}.join() === 'open container,load,settled LINK_USER_CANCELLED'")).await?;

        self.connect().await?;
        self.until(&format!("{EVENTS}.length > 0 && document.getElementById('error').textContent === ''"))
            .await?;
        self.enter_frame().await?;
        self.signs_in("denied").await?;
        self.driver.enter_default_frame().await?;
        self.fails_with("CONSENT_ENDUSER_DENIED").await
    }

    /// The same with Flinks in an overlay, whose events come before its answer.
    pub async fn has_example_over_page(&self) -> anyhow::Result<()> {
        let finish = self.starts_example("flinks", "overlay").await?;
        self.until("document.getElementById('outcome').textContent !== ''").await?;
        let told = "['open overlay', 'step loaded APP_MOUNTED', 'step institution INSTITUTION_SELECTED']";
        self.is(&format!("{told}.every((one) => {EVENTS}.includes(one))")).await?;
        self.until(&format!("{EVENTS}.at(-1) === 'settled completed'")).await?;
        finish.send(json!({ "loginId": self.text("#outcome").await? })).await?;
        self.is_clean().await
    }

    /// The same with FinqLink in a popup, which comes back to a page that hands the answer over.
    pub async fn has_example_in_window(&self) -> anyhow::Result<()> {
        let finish = self.starts_example("finqlink", "popup").await?;
        self.until("document.getElementById('outcome').textContent !== ''").await?;
        self.until(&format!("{EVENTS}.at(0) === 'open popup' && {EVENTS}.at(-1) === 'settled completed'"))
            .await?;
        finish.send(json!({ "state": self.text("#outcome").await? })).await?;
        self.until_only_window().await?;
        self.is_clean().await
    }

    /// The same with Fimento in this tab, which comes back without its parameters.
    pub async fn has_example_in_tab(&self) -> anyhow::Result<()> {
        let finish = self.starts_example("fimento", "redirect").await?;
        self.until("document.getElementById('outcome')?.textContent > ''").await?;
        self.is("!/[?&](state|status|consent)=/.test(location.search)").await?;
        finish.send(json!({ "state": self.text("#outcome").await? })).await?;
        self.is("sessionStorage.length === 0").await?;
        self.driver.refresh().await?;
        self.until("document.getElementById('outcome')?.textContent === ''").await
    }

    /// Begins a link at a provider whose pages play by themselves, with what the merchant's server has made of it in the
    /// address.
    async fn starts_example(&self, provider: &str, mode: &str) -> anyhow::Result<Finish> {
        let wanted = json!({ "scenario": "success", "mode": mode });
        let api = format!("{}/api/{provider}", self.merchant);
        let started = post(&format!("{api}/start"), &wanted).await?;
        let mut url: reqwest::Url = self.merchant.parse()?;
        for (name, value) in started["launch"].as_object().context("a launch")? {
            url.query_pairs_mut().append_pair(name, value.as_str().unwrap_or_default());
        }
        self.driver.goto(url.as_str()).await?;
        self.click(&format!("#{provider}")).await?;
        Ok(Finish { url: format!("{api}/finish"), reference: started["ref"].clone() })
    }

    /// The page says why its flow failed, and nothing is left.
    async fn fails_with(&self, code: &str) -> anyhow::Result<()> {
        self.until(&format!("document.querySelector('#error span')?.dataset.code === '{code}'")).await?;
        self.is("document.getElementById('error').textContent !== ''").await?;
        self.is_clean().await
    }

    async fn until_only_window(&self) -> anyhow::Result<()> {
        let alone = async {
            while self.driver.windows().await.is_ok_and(|windows| windows.len() > 1) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, alone).await.context("the popup stays open")
    }

    async fn signs_in(&self, customer: &str) -> anyhow::Result<()> {
        self.at("bank").await?;
        self.click("[data-institution]").await?;
        self.at("sign-in").await?;
        self.enter("#customer", customer).await?;
        self.enter("#password", &self.text("#the-password").await?).await?;
        self.click("#sign-in [type=submit]").await
    }

    async fn enter_frame(&self) -> anyhow::Result<()> {
        let frame = "return document.querySelector('[data-link-widget]').shadowRoot.querySelector('iframe')";
        Ok(self.driver.execute(frame, Vec::new()).await?.element()?.enter_frame().await?)
    }

    async fn at(&self, step: &str) -> anyhow::Result<()> {
        self.until(&format!("document.getElementById('step-{step}')?.hidden === false")).await?;
        chromium::painted(&self.driver).await
    }

    async fn enter(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        Ok(self.driver.find(By::Css(selector)).await?.send_keys(text).await?)
    }

    pub async fn text(&self, selector: &str) -> anyhow::Result<String> {
        let text = self.eval(&format!("return document.querySelector({selector:?}).textContent")).await?;
        Ok(text.as_str().context("a text")?.to_owned())
    }
}

/// Gives a file another content of the same length, at once: nobody finds it empty, such as a build of the same project.
fn overwrite(file: &Path, content: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).open(file)?.write_all(content.as_bytes())
}

/// How many flows are open.
pub const OPEN: &str = "document.querySelectorAll('[data-link-widget]').length";

/// What the example in Rust shows of a flow's events.
const EVENTS: &str = "[...document.querySelectorAll('#events li')].map((event) => event.textContent)";

/// What the merchant's server finds of a link at the provider.
struct Finish {
    url: String,
    reference: Value,
}

impl Finish {
    async fn send(self, result: Value) -> anyhow::Result<()> {
        let answer = post(&self.url, &json!({ "ref": self.reference, "result": result })).await?;
        ensure!(answer == json!({ "ok": true }), "{answer}");
        Ok(())
    }
}

/// What a page shows, for the person who reads of a failure.
pub async fn shown(driver: &WebDriver) -> String {
    let _ = driver.enter_default_frame().await;
    let page = driver.execute("return `${location.href}\n${document.body.outerHTML}`", Vec::new()).await;
    page.map_or_else(|error| error.to_string(), |page| page.json().as_str().unwrap_or_default().to_owned())
}

async fn post(url: &str, body: &Value) -> anyhow::Result<Value> {
    let response = reqwest::Client::new().post(url).json(body).send().await?;
    let status = response.status();
    if !status.is_success() {
        bail!("{url}: {status}: {}", response.text().await?);
    }
    Ok(response.json().await?)
}
