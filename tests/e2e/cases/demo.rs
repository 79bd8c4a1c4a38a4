//! The demo: a merchant's page, its back end, and the sandbox's pages in between.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use demo::{Config, Demo};
use sandbox::{PROVIDERS, Provider};
use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::page::{Case, Page, case};

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("with the keyboard only, in an overlay", by_keyboard),
        case("with the mouse, in a container", by_mouse),
        case("a person closes the overlay, and tries again", closed_and_tried_again),
        case("a person comes back, with a question of the bank's and without", comes_back),
        case("what the page got is a hint, and the server's word counts", by_the_server),
        case("an address with an answer to no flow", answers_nothing),
        case("accounts have a number, and amounts a currency", in_tables),
        case("the checks of axe-core", for_everybody),
    ];
    for provider in PROVIDERS {
        let name = format!("the code of {}, run as it is printed", provider.id);
        cases.push(case(name, move |page| as_printed(page, provider)));
    }
    cases
}

async fn open(page: &Page, mode: &str, scenario: &str) {
    page.goto(&format!("{}/?provider=fiskil&mode={mode}&scenario={scenario}", page.demo)).await;
    page.until_shown("isReady", &[]).await;
}

async fn ends(page: &Page, outcome: &str) {
    page.until_shown("isEnded", &[]).await;
    let told = page.shown("end", &[]).await;
    assert_eq!(told["outcome"], outcome, "{}", told["words"]);
}

/// The server's part: what came by webhook, and what it then fetched.
async fn server_has_everything(page: &Page, what: &str) {
    page.until_shown("isServerDone", &[]).await;
    let sections = ["webhooks", "accounts", "transactions", "energy"];
    let filled = page.shown("filled", &sections).await;
    assert_eq!(filled, json!(sections), "{what}: {}", text_of(page, "#records").await);
}

/// The frame's page is at this step of the consent.
pub async fn at(page: &Page, step: &str) {
    page.until_shown("isAt", &[step]).await;
    chromium::painted(&page.driver).await.expect("it is seen");
}

/// Presses Tab until the focus is on what matches.
async fn tab_to(page: &Page, selector: &str) {
    for _ in 0..40 {
        if page.shown("isFocused", &[selector]).await == true {
            return;
        }
        page.press(Key::Tab).await;
    }
    panic!("Tab does not come to {selector}");
}

async fn text_of(page: &Page, selector: &str) -> String {
    page.shown("textOf", &[selector]).await.as_str().expect("a text").to_owned()
}

async fn by_keyboard(page: Page) {
    open(&page, "overlay", "manual").await;
    tab_to(&page, "#connect").await;
    page.press(Key::Enter).await;
    page.until_shown("isWidgetFocused", &[]).await;

    page.enter_frame().await;
    at(&page, "bank").await;
    tab_to(&page, "[data-institution]").await;
    page.press(Key::Enter).await;
    at(&page, "sign-in").await;
    tab_to(&page, "#customer").await;
    page.press("success").await;
    tab_to(&page, "#password").await;
    page.press(text_of(&page, "#the-password").await + Key::Enter).await;
    at(&page, "code").await;
    tab_to(&page, "#code").await;
    page.press(text_of(&page, "#the-code").await + Key::Enter).await;
    at(&page, "accounts").await;
    tab_to(&page, "#accounts-form [type=submit]").await;
    page.press(Key::Enter).await;
    at(&page, "consent").await;
    tab_to(&page, "#consent-form [type=submit]").await;
    // The frame may go while the key is still down, and Firefox's driver calls it an error that it cannot lift it there.
    let _ = page.driver.action_chain().send_keys(Key::Enter).perform().await;
    page.leave_frame().await;

    ends(&page, "completed").await;
    assert_eq!(page.focus().await, "connect", "the focus is back");
    server_has_everything(&page, "by keyboard").await;
    assert_eq!(page.shown("end", &[]).await["events"], json!(["open", "load", "settled"]));
}

async fn by_mouse(page: Page) {
    open(&page, "container", "manual").await;
    let enter = async |selector: &str, text: &str| {
        page.driver.find(By::Css(selector)).await.expect("a field").send_keys(text).await.expect("a field");
    };
    page.click("#connect").await;
    page.until_shown("isThere", &["#bank [data-link-widget]"]).await;
    page.enter_frame().await;
    at(&page, "bank").await;
    page.click("[data-institution]").await;
    at(&page, "sign-in").await;
    enter("#customer", "success").await;
    enter("#password", &text_of(&page, "#the-password").await).await;
    page.click("#sign-in [type=submit]").await;
    at(&page, "code").await;
    enter("#code", &text_of(&page, "#the-code").await).await;
    page.click("#code-form [type=submit]").await;
    at(&page, "accounts").await;
    page.click("#accounts-form [type=submit]").await;
    at(&page, "consent").await;
    page.click_last("#consent-form [type=submit]").await;
    page.leave_frame().await;
    ends(&page, "completed").await;
    server_has_everything(&page, "by mouse").await;
}

async fn closed_and_tried_again(page: Page) {
    open(&page, "overlay", "success").await;
    page.click("#connect").await;
    ends(&page, "completed").await;
    page.until_shown("isReady", &[]).await;

    open(&page, "overlay", "manual").await;
    for _ in 0..2 {
        page.click("#connect").await;
        page.until_shown("isWidgetFocused", &[]).await;
        page.tab_to_close_button().await;
        page.press(Key::Escape).await;
        ends(&page, "LINK_USER_CANCELLED").await;
        page.until_shown("isReady", &[]).await;
        assert_eq!(page.shown("isThere", &["[data-link-widget]"]).await, false);
    }
}

async fn comes_back(page: Page) {
    open(&page, "container", "success").await;
    page.click("#connect").await;
    ends(&page, "completed").await;
    let again = async || {
        page.until_shown("isOfferedAgain", &[]).await;
        tab_to(&page, "#reconnect").await;
        page.press(Key::Enter).await;
        assert_eq!(page.focus().await, "connect", "the focus is kept");
    };
    let server_has_the_same = async || {
        page.until_shown("isServerDone", &[]).await;
        page.until_shown("isThere", &["#connection"]).await;
        assert_eq!(text_of(&page, "#connection").await, "The connection is the one of before.");
    };
    let ready = async || {
        page.until_shown("isReady", &[]).await;
        assert_eq!(text_of(&page, "#connect").await, "Reconnect this bank");
        assert_eq!(page.shown("isInView", &["#connect"]).await, true, "the page has come to the button");
        assert!(text_of(&page, "#code").await.contains("reconnect: earlier.ref"));
    };
    let enter = async |selector: &str, text: &str| {
        page.click(selector).await;
        page.press(text).await;
    };
    let consent = text_of(&page, "#outcome dd .value").await;
    again().await;
    ready().await;
    page.click("#connect").await;
    ends(&page, "completed").await;
    assert_eq!(text_of(&page, "#outcome dd .value").await, consent);
    server_has_the_same().await;
    page.until_shown("isText", &["#connect", "Connect a bank"]).await;

    for username in ["Greatday", "greatday_nomfa"] {
        page.goto(&format!("{}/?provider=flinks&mode=popup&scenario=manual", page.demo)).await;
        page.until_shown("isReady", &[]).await;
        page.click("#connect").await;
        let popup = page.enter_popup().await;
        at(&page, "consent").await;
        page.click("#consent-form [value=accept-consent]").await;
        at(&page, "institutions").await;
        page.click("[value=FlinksCapital]").await;
        at(&page, "credentials").await;
        enter("#username", username).await;
        enter("#password", "Everyday").await;
        page.click("#credentials-form [type=submit]").await;
        if username == "Greatday" {
            at(&page, "mfa").await;
            enter("#answer", "Montreal").await;
            page.click("#mfa-form [type=submit]").await;
        }
        at(&page, "accounts").await;
        page.click("#accounts-form [type=submit]").await;
        page.leave_popup(popup).await;
        ends(&page, "completed").await;
        let login = text_of(&page, "#outcome dd .value").await;
        again().await;
        if username == "Greatday" {
            ready().await;
            page.click("#connect").await;
            let popup = page.enter_popup().await;
            at(&page, "mfa").await;
            enter("#answer", "Montreal").await;
            page.click("#mfa-form [type=submit]").await;
            page.leave_popup(popup).await;
            ends(&page, "completed").await;
            assert_eq!(text_of(&page, "#outcome dd .value").await, login);
        }
        server_has_the_same().await;
    }
    assert_eq!(page.shown("isThere", &["#timeline li[data-type]"]).await, false, "nothing was opened");
    assert_eq!(page.focus().await, "connect");
    page.until_shown("isOfferedAgain", &[]).await;
    axe::finds_nothing(&page, "after").await;
}

async fn by_the_server(page: Page) {
    let ends = async |verdict: &str| {
        page.click("#connect").await;
        page.until_shown("isText", &["#verdict", verdict]).await;
        page.until_shown("isText", &["#status", &format!("{verdict} See what happened")]).await;
    };
    open(&page, "overlay", "success").await;
    ends("Bank connected.").await;
    page.goto(&format!("{}/?provider=finqlink&mode=overlay&scenario=payment", page.demo)).await;
    page.until_shown("isReady", &[]).await;
    ends("Payment made.").await;
    assert_eq!(text_of(&page, "#payment thead").await, "ToIBANForAmountStatus");

    open(&page, "overlay", "success").await;
    // somebody else's answer
    page.eval(
        "const send = window.fetch;
         window.fetch = (path, options) => {
             const isAnswer = String(path).endsWith('/finish');
             return send(path, isAnswer ? { ...options, body: '{\"ref\":\"invented\",\"result\":{}}' } : options);
         };",
    )
    .await;
    ends("The server does not confirm it: There is no such reference.").await;
    assert!(!text_of(&page, "#announcer").await.contains("connected"));
}

async fn answers_nothing(page: Page) {
    page.goto(&format!("{}/?provider=finx&mode=redirect&code=c&state=s&success=true#top", page.demo)).await;
    page.until_shown("isReady", &[]).await;
    assert!(text_of(&page, "#outcome").await.contains("answer no flow of this tab"));
    let address = page.shown("end", &[]).await["address"].clone();
    assert_eq!(address, json!(["look", "mode", "provider", "scenario"]));
    page.goto(&format!("{}/?provider=finx&mode=redirect", page.demo)).await;
    page.until_shown("isReady", &[]).await;
    assert!(text_of(&page, "#outcome").await.starts_with("Nothing yet."));
}

async fn in_tables(page: Page) {
    for (provider, number, currency) in [("fiskil", "•••• ", "A$"), ("fimento", "8327-9", "SEK")] {
        page.goto(&format!("{}/?provider={provider}&mode=redirect&scenario=success", page.demo)).await;
        page.until_shown("isReady", &[]).await;
        page.click("#connect").await;
        page.until_shown("isEnded", &[]).await;
        page.until_shown("isServerDone", &[]).await;
        assert_eq!(text_of(&page, "#accounts thead").await, "AccountNumberTypeBalance", "{provider}");
        assert!(text_of(&page, "#accounts td.digits").await.starts_with(number), "{provider}");
        for amount in ["#accounts td.number", "#transactions td.number"] {
            let amount = text_of(&page, amount).await;
            assert!(amount.contains(currency), "{provider}: {amount}");
        }
    }
}

async fn for_everybody(page: Page) {
    open(&page, "overlay", "manual").await;
    axe::finds_nothing(&page, "before").await;
    page.click("#connect").await;
    page.until_shown("isWidgetFocused", &[]).await;
    axe::finds_nothing(&page, "during").await;
    open(&page, "container", "success").await;
    page.click("#connect").await;
    ends(&page, "completed").await;
    server_has_everything(&page, "success").await;
    axe::finds_nothing(&page, "after").await;
}

/// What a shop has of its own, before the code that the demo prints.
const OF_A_SHOP: &str = "
const [connect, cancel] = document.querySelectorAll('button');
const timeline = { add() {} };
const ends = (how) => { document.body.dataset.end = how; };
const failed = ends, freshToken = async () => '';
async function post(path, body) {
  const isStart = path.endsWith('/start');
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(isStart ? { ...body, scenario: 'success' } : body),
  });
  if (!isStart) ends(answer.ok ? 'finished' : await answer.text());
  return answer.json();
}
";

async fn as_printed(page: Page, provider: &'static Provider) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a repository");
    for mode in provider.modes {
        let what = format!("{}, {mode}", provider.id);
        page.goto(&format!("{}/?provider={}&mode={mode}", page.demo, provider.id)).await;
        page.until_shown("isReady", &[]).await;
        let code = text_of(&page, "#code").await;

        // a shop that has nothing but this code
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("printed/{}/{mode}", provider.id));
        let _ = fs::remove_dir_all(&folder);
        let www = folder.join("www");
        fs::create_dir_all(&www).expect("a folder");
        symlink(root.join("pkg"), folder.join("pkg")).expect("the package");
        for file in ["callback.html", "callback.js"] {
            fs::copy(root.join("www").join(file), www.join(file)).expect("the callback page");
        }
        let html = "<!doctype html><title>A shop</title><button>Connect</button><button>Cancel</button>\
                    <div id=bank></div><script type=module src=shop.js></script>";
        fs::write(www.join("index.html"), html).expect("a page");
        let shop = Demo::start(Config { root: folder, ..Config::default() }).expect("a shop");
        let code = code.replace(&page.demo, &shop["merchant"]).replace("'link-widget'", "'/pkg/index.js'");
        fs::write(www.join("shop.js"), format!("{OF_A_SHOP}{code}")).expect("a script");

        page.goto(&shop["merchant"]).await;
        page.until("return typeof document.querySelector('button').onclick === 'function'").await;
        page.click("button").await;
        page.until("return document.body?.dataset.end !== undefined").await;
        let end = page.eval("return document.body.dataset.end").await;
        assert_eq!(end, "finished", "{what}\n{code}");
    }
}
