//! A page that connects a bank with link-widget in Yew, in each way that a provider's page can be shown.

use futures::{FutureExt, StreamExt};
use link_widget::{
    LinkError, LinkEvent, LinkHandle, LinkResult, Mode, Options, Target, complete_callback, open, open_in,
    resume,
};
use web_sys::UrlSearchParams;
use yew::prelude::*;

/// What a page gets of its server, which creates the session with a secret. Here it is in the address.
struct Given(Option<UrlSearchParams>);

impl Given {
    fn read() -> Self {
        let query = web_sys::window().and_then(|window| window.location().search().ok());
        Self(query.and_then(|query| UrlSearchParams::new_with_str(&query).ok()))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.as_ref()?.get(name)
    }
}

fn main() {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    if path.is_some_and(|path| path.ends_with("/callback.html")) {
        // The page that a provider sends the user back to.
        complete_callback();
    } else {
        yew::Renderer::<Shop>::new().render();
    }
}

enum Message {
    Fiskil,
    Flinks,
    Finqlink,
    Fimento,
    Cancel,
    Happened(LinkEvent),
    Answered(Result<LinkResult, LinkError>),
}

struct Shop {
    given: Given,
    bank: NodeRef,
    /// The flow that is open.
    flow: Option<LinkHandle>,
    events: Vec<LinkEvent>,
    answer: Option<Result<LinkResult, LinkError>>,
}

impl Component for Shop {
    type Message = Message;
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        // Before anything else of the page reads the address.
        let answer = resume();
        let given = Given::read();
        Self { given, bank: NodeRef::default(), flow: None, events: Vec::new(), answer }
    }

    fn update(&mut self, context: &Context<Self>, message: Message) -> bool {
        let given = |name| self.given.get(name).unwrap_or_default();
        let mut flow = match message {
            // In an element of this page.
            Message::Fiskil => {
                let session = given("session");
                let target = Target::fiskil(session);
                let target = match self.given.get("authServer") {
                    Some(url) => target.at_auth_server(url),
                    None => target,
                };
                let Some(bank) = self.bank.cast() else { return false };
                open_in(bank, target, Options::default())
            }
            // Over this page.
            Message::Flinks => {
                let target = Target::flinks_at(given("url"));
                let target = target.with_param("authorizeToken", given("authorizeToken"));
                open(target, Options::default())
            }
            // In a window of its own, which ends on callback.html.
            Message::Finqlink => {
                let return_url = Some("callback.html".into());
                let state = self.given.get("state");
                open(Target::finqlink(given("url")), Options { return_url, state, ..Options::default() })
            }
            // In this tab, which comes back here: see `create`.
            Message::Fimento => {
                let mode = Some(Mode::Redirect);
                let state = self.given.get("state");
                open(Target::fimento(given("consentLink")), Options { mode, state, ..Options::default() })
            }
            Message::Cancel => {
                if let Some(flow) = &self.flow {
                    flow.close();
                }
                return false;
            }
            Message::Happened(event) => {
                self.events.push(event);
                return true;
            }
            Message::Answered(answer) => {
                self.flow = None;
                self.answer = Some(answer);
                return true;
            }
        };
        self.events.clear();
        self.answer = None;
        self.flow = Some(flow.handle());
        context.link().send_stream(flow.events().map(Message::Happened));
        context.link().send_future(flow.map(Message::Answered));
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let on = |message: fn() -> Message| context.link().callback(move |_: MouseEvent| message());
        let is_open = self.flow.is_some();
        html! {
            <main>
                <h1>{ "Connect your bank" }</h1>
                <button id="connect" disabled={is_open} onclick={on(|| Message::Fiskil)}>{ "With Fiskil" }</button>
                <button id="flinks" disabled={is_open} onclick={on(|| Message::Flinks)}>{ "With Flinks" }</button>
                <button id="finqlink" disabled={is_open} onclick={on(|| Message::Finqlink)}>{ "With FinqLink" }</button>
                <button id="fimento" disabled={is_open} onclick={on(|| Message::Fimento)}>{ "With Fimento" }</button>
                <button id="cancel" disabled={!is_open} onclick={on(|| Message::Cancel)}>{ "Cancel" }</button>
                <ol id="events">{ for self.events.iter().map(|event| html! { <li>{ event.kind.to_string() }</li> }) }</ol>
                <p id="outcome">{ self.answer.as_ref().and_then(|answer| Some(connected(answer.as_ref().ok()?))) }</p>
                <p id="error" role="alert">{ self.answer.as_ref().and_then(|answer| Some(failed(answer.as_ref().err()?))) }</p>
                <div ref={&self.bank}></div>
            </main>
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        if let Some(flow) = &self.flow {
            flow.close();
        }
    }
}

/// What goes to the page's server, which confirms it with the provider: the consent, login, code or state.
fn connected(result: &LinkResult) -> String {
    let names = ["consentID", "loginId", "code", "state"];
    names.into_iter().find_map(|name| result.text(name)).unwrap_or_default()
}

fn failed(error: &LinkError) -> Html {
    html! { <span data-code={error.code.as_str()}>{ error.code.description().message }</span> }
}
