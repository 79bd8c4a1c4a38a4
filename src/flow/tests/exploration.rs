//! Every state that a flow can reach, and everything that can happen to it there: what no flow may do, on no path.

use super::*;
use crate::flow::renewal::Renewal;
use std::collections::BTreeSet;

const ORIGIN: &str = "https://provider.example";
/// Where messages come from.
const ORIGINS: [&str; 2] = [ORIGIN, OTHER];
const PAGE: &str = "https://shop.example/back";

/// What a flow is begun with.
#[derive(Clone, Copy, Debug)]
struct Setting {
    provider: Provider,
    can_renew: bool,
    timeout_ms: f64,
    load_timeout_ms: f64,
    state: Option<&'static str>,
    return_url: Option<&'static str>,
}

impl Setting {
    /// All of them.
    fn all() -> Vec<Self> {
        // Limits of two parts each, and none, said in either way.
        let long = f64::from(LONGEST_TIMER_MS) + 7.0;
        let limits = [(long, long), (0.0, f64::INFINITY)];
        let mut all = Vec::new();
        for &provider in Provider::ALL {
            for can_renew in [false, true] {
                for (timeout_ms, load_timeout_ms) in limits {
                    for state in [None, Some("S")] {
                        for return_url in [None, Some(PAGE)] {
                            all.push(Self {
                                provider,
                                can_renew,
                                timeout_ms,
                                load_timeout_ms,
                                state,
                                return_url,
                            });
                        }
                    }
                }
            }
        }
        all
    }

    fn begin(&self) -> Flow {
        let target = Target::at(self.provider, &format!("{ORIGIN}/?a=b"));
        let options = Options {
            timeout_ms: self.timeout_ms,
            load_timeout_ms: self.load_timeout_ms,
            state: self.state.map(str::to_owned),
            return_url: self.return_url.map(str::to_owned),
            ..Options::default()
        };
        Flow::begin(&target, &options, self.can_renew).expect("what a provider takes").0
    }

    fn is_limited(&self, timer: Timer) -> bool {
        let limit = if timer == Timer::Load { self.load_timeout_ms } else { self.timeout_ms };
        limit > 0.0 && limit.is_finite()
    }
}

/// What a message is to the flow, where its provider's page posts it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Completed,
    Failed,
    InvalidSession,
    Step,
    TokenRefused,
    Noise,
}

/// A message of each class that this provider has. `state`: the one that the flow expects.
fn messages(provider: Provider, state: Option<&str>) -> Vec<(Class, Value)> {
    use Class::*;
    let mut messages = match provider {
        Provider::Fiskil => vec![
            (Completed, json!({ "isCompleted": true, "consentID": "arr_1" })),
            (Failed, json!({ "isCompleted": false, "errorType": "CONSENT_TIMEOUT" })),
            (Failed, json!({ "error": "of a bank's page" })),
            (InvalidSession, json!({ "isCompleted": false, "errorType": "LINK_INVALID_SESSION" })),
        ],
        Provider::Flinks => vec![
            (Completed, json!({ "step": "REDIRECT", "loginId": "1" })),
            (Failed, json!({ "step": "COMPONENT_CLOSE_SESSION" })),
            (InvalidSession, json!({ "step": "SESSION_EXPIRED" })),
            (Step, json!({ "step": "INVALID_LOGIN" })),
            (TokenRefused, json!({ "step": "TOKEN_INVALID" })),
        ],
        Provider::Finx => ["S", "T"]
            .into_iter()
            .flat_map(|own| {
                let says = |query: Value| json!({ "url": PAGE, "location": PAGE, "query": query });
                let is_right = state.is_none_or(|state| state == own);
                [
                    (if is_right { Completed } else { Failed }, says(json!({ "code": "c", "state": own }))),
                    (Failed, says(json!({ "cancel": "true", "state": own }))),
                ]
            })
            .collect(),
        // The others' pages post nothing.
        _ => vec![(Noise, json!({ "isCompleted": true }))],
    };
    messages.push((Noise, json!({ "type": "webpackOk" })));
    messages
}

/// What happens to a flow.
#[derive(Debug)]
enum Event {
    Input(Input),
    Message { from_our_window: bool, origin: &'static str, class: Class, data: Value },
}

/// Everything that can.
fn events(setting: &Setting) -> Vec<Event> {
    let mut inputs: Vec<Input> = Mode::ALL.into_iter().map(Input::Opened).collect();
    inputs.extend([refused(), Input::Loaded, Input::ClosedByCaller, Input::ClosedByUser]);
    inputs.extend([Timer::Flow, Timer::Load, Timer::Look].map(Input::Elapsed));
    inputs.extend([None, Some(""), Some("new")].map(token));
    for at_ms in [999, 1000, 1999, 2000] {
        for is_closed in [false, true] {
            inputs.extend([false, true].map(|has_focus| look(is_closed, has_focus, at_ms)));
        }
    }
    for way in [Way::OurWindow, Way::CutOff, Way::Channel] {
        for url in [
            "https://shop.example/back?code=c&loginId=1&consent_id=1&state=S",
            "https://shop.example/back?code=c&loginId=1&consent_id=1&state=T",
            "https://shop.example/back?code=c&loginId=1&consent_id=1",
            "https://shop.example/elsewhere?code=c&loginId=1&consent_id=1&state=S",
            "https://shop.example/back?error=access_denied&state=S",
            "not a URL",
        ] {
            inputs.push(callback(url, way));
        }
    }
    let mut events: Vec<Event> = inputs.into_iter().map(Event::Input).collect();
    for (class, data) in messages(setting.provider, setting.state) {
        for from_our_window in [false, true] {
            for origin in ORIGINS {
                events.push(Event::Message { from_our_window, origin, class, data: data.clone() });
            }
        }
    }
    events
}

impl Event {
    fn happens_to(&self, flow: &mut Flow) -> Vec<Command> {
        match self {
            Self::Input(input) => flow.handle(input.clone()),
            Self::Message { from_our_window, origin, data, .. } => {
                flow.hear(*from_our_window, origin, &Json::new(data))
            }
        }
    }

    /// Whether this is a success, and comes from a place that may report one.
    fn may_complete(&self, setting: &Setting) -> bool {
        match self {
            Self::Message { from_our_window, origin, class, .. } => {
                *from_our_window && *origin == ORIGIN && *class == Class::Completed
            }
            Self::Input(Input::Callback { url, way }) => {
                let has_state = setting.state.is_none_or(|state| url.ends_with(&format!("state={state}")));
                // With a state, all that these are of is one origin.
                let is_here =
                    setting.state.is_some() || setting.return_url.is_none_or(|page| url.starts_with(page));
                let is_known = match way {
                    Way::OurWindow => true,
                    Way::CutOff => setting.state.is_some() || setting.return_url.is_some(),
                    Way::Channel => setting.state.is_some(),
                };
                url.contains("code=") && has_state && is_here && is_known
            }
            _ => false,
        }
    }
}

/// All of a flow's state that its behaviour depends on, but for what it was begun with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Opening,
    Shown {
        has_loaded: bool,
        remaining: [u64; 2],
        popup: Option<Popup>,
        renewal: Renewal,
        /// In any order: the flow only looks for one, and counts them.
        strangers: BTreeSet<String>,
    },
    Explaining {
        in_popup: bool,
    },
    Over,
}

impl Key {
    fn of(flow: &Flow) -> Self {
        match &flow.state {
            State::Opening => Self::Opening,
            // Named one by one, so that what is added to the state must be added here. The last step decides nothing.
            State::Shown(Shown {
                has_loaded,
                timeout,
                load_timeout,
                popup,
                renewal,
                last_step: _,
                strangers,
            }) => Self::Shown {
                has_loaded: *has_loaded,
                remaining: [timeout.0.to_bits(), load_timeout.0.to_bits()],
                popup: *popup,
                renewal: *renewal,
                strangers: strangers.iter().cloned().collect(),
            },
            State::Explaining { in_popup } => Self::Explaining { in_popup: *in_popup },
            State::Over => Self::Over,
        }
    }
}

/// What a page has seen of a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Seen {
    mode: Option<&'static str>,
    has_loaded: bool,
    /// By the number of the timer.
    is_running: [bool; 3],
    was_started: [bool; 3],
    is_asked_for_token: bool,
    is_settled: bool,
    is_torn_down: bool,
    /// Whether it was told of a message from each of ORIGINS.
    strangers: [bool; 2],
}

/// Gives up unless this holds.
macro_rules! hold {
    ($holds:expr, $($message:tt)*) => {
        if !$holds {
            return Err(format!($($message)*));
        }
    };
}

impl Seen {
    fn is_pending(&self) -> bool {
        self.mode.is_some() && !self.is_settled
    }

    fn is_popup(&self) -> bool {
        self.mode == Some("popup")
    }

    /// Whether the browser can bring this about: a timer that nobody started does not run out.
    fn can_happen(&self, event: &Event) -> bool {
        !matches!(event, Event::Input(Input::Elapsed(timer)) if !self.was_started[*timer as usize])
    }

    /// Carries these commands out.
    fn carry_out(&mut self, setting: &Setting, event: &Event, commands: &[Command]) -> Result<(), String> {
        let before = self.clone();
        match event {
            // What a look timer runs out to is a look.
            Event::Input(Input::Elapsed(timer)) if *timer != Timer::Look => {
                self.is_running[*timer as usize] = false;
            }
            Event::Input(Input::Looked { .. }) => self.is_running[Timer::Look as usize] = false,
            _ => {}
        }
        hold!(!before.is_torn_down || commands.is_empty(), "it says something after its end");
        let mut told_end = None;
        for command in commands {
            let is_shown = self.mode.is_some() && !self.is_torn_down;
            // When it is opened, its timers start first.
            let is_opened = self.mode.is_none() && matches!(event, Event::Input(Input::Opened(_)));
            match command {
                Command::Start(timer, ms) => {
                    hold!(is_shown || is_opened, "a timer starts, and nothing is shown");
                    hold!((1..=LONGEST_TIMER_MS).contains(ms), "{ms} ms");
                    hold!(*timer == Timer::Look || setting.is_limited(*timer), "a limit that nobody set");
                    hold!(*timer == Timer::Look || !self.is_settled, "a limit after the answer");
                    hold!(!self.is_running[*timer as usize], "a timer starts that is running");
                    self.is_running[*timer as usize] = true;
                    self.was_started[*timer as usize] = true;
                }
                Command::Stop(timer) => {
                    hold!(is_shown, "a timer stops, and nothing is shown");
                    self.is_running[*timer as usize] = false;
                }
                Command::Reveal => hold!(is_shown, "nothing is there to reveal"),
                Command::RenewToken => {
                    let is_refused = matches!(
                        event,
                        Event::Message {
                            from_our_window: true,
                            origin: ORIGIN,
                            class: Class::TokenRefused,
                            ..
                        }
                    );
                    hold!(is_refused, "nobody has refused a token");
                    hold!(setting.can_renew && self.is_pending(), "it asks for a token that nobody has");
                    hold!(
                        !std::mem::replace(&mut self.is_asked_for_token, true),
                        "it asks for a token again"
                    );
                }
                Command::Navigate(url) => {
                    let is_token = matches!(event, Event::Input(Input::Token(Some(_))));
                    hold!(is_token && self.is_pending() && self.is_asked_for_token, "it goes elsewhere");
                    let parameter = setting.provider.protocol().token_parameter().unwrap_or_default();
                    hold!(*url == format!("{ORIGIN}/?a=b&{parameter}=new"), "it goes to {url}");
                    // The next page is on its way.
                    self.has_loaded = self.has_loaded && self.is_popup();
                }
                Command::TearDown => {
                    hold!(!std::mem::replace(&mut self.is_torn_down, true), "it tears down twice");
                    hold!(told_end.is_none(), "it tears down after it has told the end");
                    self.is_running = [false; 3];
                }
                Command::Emit(event) => {
                    hold!(!self.is_settled && told_end.is_none(), "an event after the last");
                    match event {
                        EventKind::Open(mode) => {
                            hold!(self.mode.is_none(), "it opens twice");
                            self.mode = Some(mode.as_str());
                        }
                        EventKind::Load | EventKind::Step(_) => {
                            hold!(is_shown, "nothing is there to load");
                            self.has_loaded = true;
                        }
                        EventKind::PopupSevered => hold!(is_shown && self.is_popup(), "it is no popup"),
                        EventKind::ForeignMessage(origin) => {
                            let at = ORIGINS.iter().position(|other| other == origin);
                            let told = at.map(|at| std::mem::replace(&mut self.strangers[at], true));
                            hold!(is_shown && told == Some(false), "told of {origin} again");
                        }
                        EventKind::Settled(end) => told_end = Some(*end),
                    }
                }
                Command::Settle(answer) => {
                    hold!(!std::mem::replace(&mut self.is_settled, true), "it settles twice");
                    hold!(
                        answer.is_err() || event.may_complete(setting),
                        "nobody was entitled to {answer:?}"
                    );
                    let end = answer.as_ref().map(drop).map_err(|error| error.code);
                    hold!(told_end == Some(end), "the last event tells another end");
                    let explains = setting.provider.protocol().explains_invalid_session()
                        && matches!(
                            event,
                            Event::Message {
                                from_our_window: true,
                                origin: ORIGIN,
                                class: Class::InvalidSession,
                                ..
                            }
                        );
                    hold!(self.is_torn_down != explains, "it stays, or goes, where it must not");
                }
            }
        }
        hold!(told_end.is_some() == (self.is_settled && !before.is_settled), "an end without an answer");
        hold!(
            !self.is_settled || before.is_settled || matches!(commands.last(), Some(Command::Settle(_))),
            "the answer is not the last that it says"
        );
        Ok(())
    }

    /// What holds whenever a flow has said all.
    fn holds(&self, setting: &Setting, flow: &Flow) -> Result<(), String> {
        hold!(flow.is_over() == (self.is_settled && self.is_torn_down), "it is over, or is not");
        hold!(!self.is_torn_down || self.is_settled, "it has gone without an answer");
        // That a popup has loaded cannot be seen.
        let can_load = self.mode.is_some() && !self.is_popup();
        let expected = [
            // Never stuck: a wait ends at its limit, if it has one.
            self.is_pending() && self.mode.is_some() && setting.is_limited(Timer::Flow),
            self.is_pending() && can_load && !self.has_loaded && setting.is_limited(Timer::Load),
            // As long as there is a popup, it is looked at.
            self.is_popup() && !self.is_torn_down,
        ];
        hold!(
            self.is_running == expected,
            "of flow, load and look run {:?}, and {expected:?} should",
            self.is_running
        );
        Ok(())
    }
}

/// A state, and how it was reached.
struct Node {
    flow: Flow,
    key: Key,
    seen: Seen,
    /// From which, and by which event.
    from: Option<(usize, usize)>,
}

/// A flow with this setting, in all of its states.
struct Exploration {
    setting: Setting,
    events: Vec<Event>,
    nodes: Vec<Node>,
    known: HashSet<(Key, Seen)>,
    transitions: usize,
    /// What came of it, by name.
    said: BTreeSet<String>,
}

impl Exploration {
    fn of(setting: Setting) -> Self {
        let mut exploration = Self {
            setting,
            events: events(&setting),
            nodes: Vec::new(),
            known: HashSet::new(),
            transitions: 0,
            said: BTreeSet::new(),
        };
        exploration.reach(setting.begin(), Seen::default(), None);
        let mut at = 0;
        while at < exploration.nodes.len() {
            for event in 0..exploration.events.len() {
                exploration.go(at, event);
            }
            exploration.ends_by_itself(at);
            at += 1;
        }
        exploration
    }

    fn reach(&mut self, flow: Flow, seen: Seen, from: Option<(usize, usize)>) {
        let key = Key::of(&flow);
        // Most events change nothing.
        if from.is_some_and(|(at, _)| self.nodes[at].key == key && self.nodes[at].seen == seen) {
            return;
        }
        if self.known.insert((key.clone(), seen.clone())) {
            self.nodes.push(Node { flow, key, seen, from });
        }
    }

    fn go(&mut self, at: usize, by: usize) {
        let event = &self.events[by];
        let node = &self.nodes[at];
        if !node.seen.can_happen(event) {
            return;
        }
        self.transitions += 1;
        let (mut flow, mut seen) = (node.flow.clone(), node.seen.clone());
        let commands = event.happens_to(&mut flow);
        let checked = seen
            .carry_out(&self.setting, event, &commands)
            .and_then(|()| seen.holds(&self.setting, &flow))
            .and_then(|()| {
                // Whatever came before, each of these ends it.
                let ends = matches!(
                    event,
                    Event::Input(Input::ClosedByCaller | Input::ClosedByUser | Input::Refused(_))
                );
                hold!(!ends || flow.is_over(), "it does not end");
                Ok(())
            });
        if let Err(message) = checked {
            panic!("{message}\nsaid {commands:?}\nby {event:?}\nafter {}", self.path(at));
        }
        self.said.extend(commands.iter().map(name));
        self.reach(flow, seen, Some((at, by)));
    }

    /// With a limit, the flow ends though nothing else happens.
    fn ends_by_itself(&self, at: usize) {
        let Node { flow, seen, .. } = &self.nodes[at];
        if !seen.is_pending() || !seen.is_running[Timer::Flow as usize] {
            return;
        }
        let mut flow = flow.clone();
        for _ in 0..2 {
            flow.handle(Input::Elapsed(Timer::Flow));
        }
        assert!(flow.is_over(), "it waits for ever after {}", self.path(at));
    }

    /// The events that lead there.
    fn path(&self, at: usize) -> String {
        let mut path = Vec::new();
        let mut from = self.nodes[at].from;
        while let Some((at, by)) = from {
            path.push(format!("{:?}", self.events[by]));
            from = self.nodes[at].from;
        }
        path.reverse();
        format!("{:?}\n{}", self.setting, path.join("\n"))
    }
}

/// What a command is, without what changes from one to the next.
fn name(command: &Command) -> String {
    match command {
        Command::Start(timer, _) => format!("start {timer:?}"),
        Command::Navigate(_) => "navigate".into(),
        Command::Emit(EventKind::Step(_)) => "emit step".into(),
        Command::Emit(EventKind::ForeignMessage(_)) => "emit foreign".into(),
        Command::Settle(Err(_)) => "reject".into(),
        other => shown(other.clone()),
    }
}

#[test]
fn every_state_and_event() {
    let (mut states, mut transitions, mut said) = (0, 0, BTreeSet::new());
    for setting in Setting::all() {
        let exploration = Exploration::of(setting);
        states += exploration.nodes.len();
        transitions += exploration.transitions;
        said.extend(exploration.said);
    }
    println!("{states} states, {transitions} transitions");
    // What explores next to nothing finds nothing wrong.
    assert!(states > 15_000 && transitions > 900_000, "{states} states, {transitions} transitions");
    let expected = [
        "emit CONSENT_ENDUSER_DENIED",
        "emit CONSENT_TIMEOUT",
        "emit LINK_FRAME_BLOCKED",
        "emit LINK_INTERNAL_ERROR",
        "emit LINK_INVALID_OPTIONS",
        "emit LINK_INVALID_SESSION",
        "emit LINK_LOAD_TIMEOUT",
        "emit LINK_ORIGIN_MISMATCH",
        "emit LINK_STATE_MISMATCH",
        "emit LINK_TIMEOUT",
        "emit LINK_USER_CANCELLED",
        "emit completed",
        "emit foreign",
        "emit load",
        "emit open container",
        "emit open overlay",
        "emit open popup",
        "emit open redirect",
        "emit severed",
        "emit step",
        "navigate",
        "reject",
        "renew token",
        "resolve",
        "reveal",
        "start Flow",
        "start Load",
        "start Look",
        "stop Flow",
        "stop Load",
        "tear down",
    ];
    assert!(said.iter().eq(&expected), "{said:#?}");
}

#[test]
fn a_message_is_of_its_class() {
    for &provider in Provider::ALL {
        for (class, data) in messages(provider, Some("S")) {
            let protocol = provider.protocol();
            let fields = Json::new(&data);
            assert_eq!(protocol.refuses_token(&fields), class == Class::TokenRefused, "{data}");
            let is_as_said = match provider.read_message_expecting(&fields, Some("S")) {
                None => class == Class::Noise,
                Some(Outcome::Completed(_)) => class == Class::Completed,
                Some(Outcome::Step(_)) => class == Class::Step,
                Some(Outcome::Failed(error)) if error.code == ErrorCode::InvalidSession => {
                    matches!(class, Class::InvalidSession | Class::TokenRefused)
                }
                Some(Outcome::Failed(_)) => class == Class::Failed,
            };
            assert!(is_as_said, "{class:?}: {data}");
        }
    }
}
