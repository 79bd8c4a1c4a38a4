//! One person's way through Flinks Connect: what each action leads to, and the events that tell of it.
//! Names, fields and order are those of `contracts/flinks.md`, "Messages".

use crate::scenario::Scenario as _;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::data;
use super::error::ApiError;
use super::scenario::Scenario;
use super::store::{Login, id};

/// The dummy bank of the documentation.
pub(super) const INSTITUTION: &str = "FlinksCapital";
/// A bank that is out of order.
pub(super) const DISABLED_INSTITUTION: &str = "PolarMutual";
/// A bank that signs people in on a page of its own.
pub(super) const OAUTH_INSTITUTION: &str = "SaintLaurentBank";
/// The dummy bank's customer.
pub(super) const USERNAME: &str = "Greatday";
/// A customer whom the bank asks nothing.
pub(super) const UNASKED: &str = "greatday_nomfa";
/// Their password.
pub(super) const PASSWORD: &str = "Everyday";
/// What they answer to the first question.
pub(super) const ANSWER: &str = "Montreal";

/// ID, name, what it says of itself in English and in French. The dummy bank comes first, and with `demo=true` only.
pub(super) const INSTITUTIONS: [(&str, &str, [&str; 2]); 5] = [
    (INSTITUTION, "Flinks Capital", ["The dummy bank of Flinks", "La banque fictive de Flinks"]),
    ("MapleRidge", "Maple Ridge Bank", ["Personal and business banking", "Particuliers et entreprises"]),
    ("CaisseDesErables", "Caisse des Érables", ["Owned by its members", "Appartient à ses membres"]),
    (
        OAUTH_INSTITUTION,
        "Saint-Laurent Bank",
        ["You sign in on the bank’s own page", "Vous ouvrez la session sur la page de la banque"],
    ),
    (DISABLED_INSTITUTION, "Polar Mutual", ["Out of order at the moment", "Hors service pour le moment"]),
];

/// In the order in which they are asked.
pub(super) const QUESTIONS: [([&str; 2], &str); 3] = [
    (["What city were you born in?", "Dans quelle ville êtes-vous né?"], ANSWER),
    (["What is the best country on Earth?", "Quel est le meilleur pays au monde?"], "Canada"),
    (["What shape do people like the most?", "Quelle forme les gens préfèrent-ils?"], "Triangle"),
];

/// How long a person may be away from a question and still come back to it by its `requestId`.
const PATIENCE: Duration = Duration::from_secs(8 * 60);

/// The query parameters of the page that matter here.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub demo: bool,
    pub french: bool,
    pub redirect_url: Option<String>,
    pub inner_redirect: bool,
    pub js_redirect: bool,
    pub stringify: bool,
    pub tag: Option<String>,
    pub customer_name: Option<String>,
    /// Of the path: `/v2/Credential/{name}`. Flinks takes its numbers as well; the sandbox's banks have none.
    pub institution: Option<String>,
    pub consent: bool,
    pub close: bool,
    pub back: bool,
    pub account_selector: bool,
    pub several_accounts: bool,
    pub maximum_retry: u32,
    /// The accounts that were shared before. Flinks does not say how several are written: with commas, as `accountId` has them.
    pub resumed_accounts: Option<Vec<String>>,
    /// Set where the person comes by `/OAuth/Authorize`.
    pub oauth: Option<OAuth>,
}

/// What `/OAuth/Authorize` asks for.
#[derive(Clone)]
pub(super) struct OAuth {
    institution: &'static str,
    redirect_url: String,
    state: Option<String>,
    french: bool,
    pub scenario: Option<Scenario>,
}

impl OAuth {
    /// The guide calls them `institution` and `redirect_url`, the reference `institution_id` and `redirect_uri`.
    pub fn read(query: &HashMap<String, String>) -> Result<Self, ApiError> {
        let either = |one: &str, other: &str| query.get(one).or(query.get(other));
        let institution = either("institution", "institution_id").and_then(|id| {
            let known = INSTITUTIONS.iter().map(|(known, ..)| *known).find(|known| known == id)?;
            (known != DISABLED_INSTITUTION).then_some(known)
        });
        let redirect_url = either("redirect_url", "redirect_uri").filter(|url| is_landing(url));
        let scenario = query.get("scenario").map(|name| {
            Scenario::from_name(name).ok_or_else(|| ApiError::invalid("There is no such scenario"))
        });
        Ok(Self {
            institution: institution
                .ok_or_else(|| ApiError::invalid("institution must be one of the banks"))?,
            redirect_url: redirect_url
                .ok_or_else(|| ApiError::invalid("redirect_url must be an absolute URL"))?
                .clone(),
            state: query.get("state").cloned(),
            french: query.get("lang").is_some_and(|language| language == "fr"),
            scenario: scenario.transpose()?,
        })
    }

    /// The way to the bank: no choice of banks or accounts.
    pub fn options(self) -> Options {
        Options {
            french: self.french,
            redirect_url: Some(self.redirect_url.clone()),
            institution: Some(self.institution.into()),
            consent: true,
            maximum_retry: 3,
            oauth: Some(self),
            ..Options::default()
        }
    }
}

/// The user must land on a web page, or in an app by its own scheme.
fn is_landing(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        !matches!(url.scheme(), "javascript" | "data" | "blob" | "vbscript" | "file" | "about")
    })
}

impl Options {
    pub fn read(query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).filter(|value| !value.is_empty()).cloned();
        let flag = |name: &str, default: bool| query.get(name).map_or(default, |value| value == "true");
        Self {
            demo: flag("demo", false),
            french: query.get("language").is_some_and(|language| language == "fr"),
            redirect_url: text("redirectUrl").filter(|url| is_landing(url)),
            inner_redirect: flag("innerRedirect", false),
            js_redirect: flag("jsRedirect", false),
            stringify: flag("stringify", false),
            tag: text("tag"),
            customer_name: text("customerName"),
            institution: None,
            consent: flag("consentEnable", true),
            close: flag("closeEnable", false),
            back: flag("backEnable", true),
            account_selector: flag("accountSelectorEnable", true),
            several_accounts: flag("accountSelectorMultiple", false),
            maximum_retry: query.get("maximumRetry").and_then(|value| value.parse().ok()).unwrap_or(3),
            resumed_accounts: text("resumeSelectedAccounts")
                .map(|ids| ids.split(',').map(Into::into).collect()),
            oauth: None,
        }
    }

    /// Which column of the words applies.
    pub fn language(&self) -> usize {
        usize::from(self.french)
    }
}

/// What a person does.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub(crate) enum Action {
    AcceptConsent,
    DenyConsent,
    Choose {
        institution: String,
    },
    SignIn {
        username: String,
        password: String,
    },
    /// A bank's own page was to open beside this one.
    BankWindow {
        opened: bool,
    },
    /// On that page the person agreed.
    BankAgreed,
    Answer {
        answer: String,
    },
    Accounts {
        #[serde(default)]
        all: bool,
        #[serde(default)]
        accounts: Vec<String>,
    },
    Back,
    Close,
}

/// What the page is to do next.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Turn {
    /// The events, in order.
    pub say: Vec<Value>,
    /// The step to show; absent: the one that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<&'static str>,
    /// The name in the page's words of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave: Option<Leave>,
    /// Somebody else's page, that goes on to speak from its own origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stranger_url: Option<String>,
    #[serde(skip)]
    pub login: Option<Login>,
}

/// Where the person goes when it is over.
#[derive(Debug, Serialize)]
pub(super) struct Leave {
    pub url: String,
    /// Inside the frame instead of the whole tab.
    pub inside: bool,
    /// Only where no window listens: it has been told otherwise.
    pub alone: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Consent,
    Institutions,
    Credentials { institution: &'static str },
    Bank { institution: &'static str },
    Mfa { institution: &'static str, username: String },
    Accounts { institution: &'static str, username: String },
    Over,
}

/// One opening of Flinks Connect.
pub(super) struct Session {
    /// Also the `requestId` of its events.
    pub request_id: String,
    pub options: Options,
    /// What the token asks the page to play.
    pub plays: Option<Scenario>,
    /// What is special about this person.
    manner: Scenario,
    stage: Stage,
    /// The connection that the person comes back to; it stays the same one.
    login_id: Option<String>,
    /// When the person last did something.
    seen: Instant,
    wrong: u32,
    stranger: String,
    done_url: String,
}

impl Session {
    /// A session and the page's first turn.
    pub fn start(options: Options, plays: Option<Scenario>, origin: &str, stranger: &str) -> (Self, Turn) {
        let mut session = Self {
            request_id: id(),
            plays,
            manner: plays.unwrap_or(Scenario::Success),
            stage: Stage::Consent,
            login_id: None,
            seen: Instant::now(),
            wrong: 0,
            stranger: stranger.into(),
            done_url: format!("{origin}/v2/"),
            options,
        };
        let mut turn = Turn::default();
        turn.say.push(json!({ "step": "APP_MOUNTED" }));
        if session.options.consent {
            turn.say.push(json!({ "step": "COMPONENT_LOAD_CONSENT" }));
            turn.show = Some("consent");
        } else {
            session.pick_institution(&mut turn, false);
        }
        (session, turn)
    }

    /// The connection that the person comes back to.
    pub fn login_id(&self) -> Option<&String> {
        self.login_id.as_ref()
    }

    /// A session of a connection that the bank wants an answer for before it hands out anything new.
    pub fn of_login(login: &Login, origin: &str, stranger: &str) -> Self {
        let (mut session, _) = Self::start(Options::default(), None, origin, stranger);
        session.login_id = Some(login.id.clone());
        session.stage = Stage::Mfa { institution: login.institution, username: login.username.clone() };
        session
    }

    /// Opens the page at the question that waits. `None`: there is none, or nobody has been there for too long.
    pub fn resume(&mut self, options: Options) -> Option<Turn> {
        if !matches!(self.stage, Stage::Mfa { .. }) || self.seen.elapsed() > PATIENCE {
            return None;
        }
        self.seen = Instant::now();
        self.options = options;
        let mut turn = Turn::default();
        turn.say.push(json!({ "step": "APP_MOUNTED" }));
        self.ask(&mut turn);
        Some(turn)
    }

    /// A `requestId` that leads nowhere. What Flinks says of one is not public.
    pub fn gone(request_id: &str) -> Turn {
        let say = json!({ "requestId": request_id, "flinksCode": "SESSION_EXPIRED" });
        Turn { say: vec![say], show: Some("expired"), ..Turn::default() }
    }

    /// A token that is unknown, used or expired: there is no session.
    pub fn refused() -> Turn {
        Turn { say: vec![json!({ "step": "TOKEN_INVALID" })], show: Some("invalid"), ..Turn::default() }
    }

    /// The whole scenario at once, but for the steps that the page's parameters leave out.
    pub fn play(&mut self) -> Option<Turn> {
        let mut whole = Turn::default();
        for action in self.plays?.script() {
            let is_left_out = match action {
                Action::AcceptConsent => self.stage != Stage::Consent,
                Action::Choose { .. } => self.stage != Stage::Institutions,
                Action::Accounts { .. } => !matches!(self.stage, Stage::Accounts { .. }),
                _ => false,
            };
            if is_left_out {
                continue;
            }
            let mut turn = self.act(action)?;
            whole.say.append(&mut turn.say);
            whole = Turn { say: whole.say, ..turn };
        }
        Some(whole)
    }

    /// `None`: this is not the time for it.
    pub fn act(&mut self, action: Action) -> Option<Turn> {
        self.seen = Instant::now();
        let mut turn = Turn::default();
        match (self.stage.clone(), action) {
            (stage, Action::Close) => {
                // nothing else happens, by the documentation
                turn.say
                    .push(json!({ "step": "COMPONENT_CLOSE_SESSION", "institution": stage.institution() }));
            }
            (Stage::Consent, Action::AcceptConsent) => {
                turn.say.push(json!({ "step": "COMPONENT_ACCEPT_CONSENT" }));
                self.pick_institution(&mut turn, false);
            }
            (Stage::Consent, Action::DenyConsent) => {
                turn.say.push(json!({ "step": "COMPONENT_DENY_CONSENT" }));
                self.give_up(&mut turn, "denied", "access_denied", "The end user declined to share");
            }
            (Stage::Institutions, Action::Choose { institution }) => self.choose(&mut turn, &institution)?,
            (Stage::Credentials { .. } | Stage::Bank { .. }, Action::Back) => {
                self.options.institution = None;
                self.pick_institution(&mut turn, true);
            }
            (Stage::Credentials { institution }, Action::SignIn { username, password }) => {
                self.sign_in(&mut turn, institution, &username, &password);
            }
            (Stage::Bank { .. } | Stage::Credentials { .. }, Action::BankWindow { opened }) => {
                turn.say.push(json!({ "step": if opened { "POPUP_OPENED" } else { "POPUP_BLOCKED" } }));
                turn.error = (!opened).then_some("error-popup");
            }
            (Stage::Bank { institution }, Action::BankAgreed) => {
                self.pick_accounts(&mut turn, institution, USERNAME);
            }
            (Stage::Mfa { institution, username }, Action::Answer { answer }) => {
                self.answer(&mut turn, institution, &username, &answer);
            }
            (Stage::Accounts { institution, username }, Action::Accounts { all, accounts }) => {
                let mut own: Vec<String> =
                    data::accounts(institution, &username).into_iter().map(|account| account.id).collect();
                if accounts.is_empty() && self.plays.is_some() {
                    own.truncate(if all { own.len() } else { 1 });
                } else {
                    own.retain(|id| accounts.contains(id));
                    own.truncate(if self.options.several_accounts { own.len() } else { 1 });
                }
                if own.is_empty() {
                    turn.error = Some("error-account");
                } else {
                    let chosen = own.iter().map(|id| json!({ "step": "ACCOUNT_SELECTED", "accountId": id }));
                    turn.say.extend(chosen);
                    self.finish(&mut turn, institution, &username, &own, true);
                }
            }
            _ => return None,
        }
        Some(turn)
    }

    fn pick_institution(&mut self, turn: &mut Turn, cached: bool) {
        if let Some(institution) = self.options.institution.as_deref().and_then(|id| self.institution(id)) {
            turn.say.push(json!({ "step": "COMPONENT_LOAD_CREDENTIAL", "institution": institution }));
            turn.show = Some("credentials");
            self.stage = Stage::Credentials { institution };
            return;
        }
        turn.say.push(json!({ "step": "COMPONENT_LOAD_INSTITUTION_SELECTOR", "cached": cached }));
        turn.show = Some("institutions");
        self.stage = Stage::Institutions;
    }

    /// One that is in order and can be chosen.
    fn institution(&self, id: &str) -> Option<&'static str> {
        let known = INSTITUTIONS.iter().map(|(known, ..)| *known).find(|known| *known == id)?;
        let here = match known {
            DISABLED_INSTITUTION => false,
            OAUTH_INSTITUTION => self.options.oauth.is_some(),
            INSTITUTION => self.options.oauth.is_some() || self.shows_demo(),
            _ => true,
        };
        here.then_some(known)
    }

    /// What plays by itself does so at the dummy bank.
    pub fn shows_demo(&self) -> bool {
        self.options.demo || self.plays.is_some()
    }

    fn choose(&mut self, turn: &mut Turn, id: &str) -> Option<()> {
        let (institution, ..) = INSTITUTIONS.iter().find(|(known, ..)| *known == id)?;
        if *institution == INSTITUTION && !self.shows_demo() {
            return None;
        }
        turn.say.push(json!({ "step": "INSTITUTION_SELECTED", "institution": institution }));
        if *institution == DISABLED_INSTITUTION {
            turn.say.push(json!({ "step": "DISABLED_INSTITUTION", "institution": institution }));
            turn.error = Some("error-disabled");
            return Some(());
        }
        if *institution == OAUTH_INSTITUTION {
            turn.show = Some("bank");
            self.stage = Stage::Bank { institution };
            return Some(());
        }
        turn.say.push(json!({ "step": "COMPONENT_LOAD_CREDENTIAL", "institution": institution }));
        turn.show = Some("credentials");
        self.stage = Stage::Credentials { institution };
        Some(())
    }

    fn sign_in(&mut self, turn: &mut Turn, institution: &'static str, username: &str, password: &str) {
        let username = username.trim();
        turn.say.push(json!({ "step": "SUBMIT_CREDENTIAL", "institution": institution }));
        let lower = username.to_lowercase();
        let typed = Scenario::typed().find(|scenario| scenario.name() == lower);
        let refusal = match lower.as_str() {
            "test_disabled_account" => Some(("DISABLED_LOGIN", "error-login-disabled")),
            "test_service_unavailable" => Some(("RETRY_LATER", "error-later")),
            "greatday" | UNASKED => None,
            _ if typed.is_some() => None,
            _ => Some(("INVALID_USERNAME", "error-username")),
        };
        let refusal = refusal.or((password != PASSWORD).then_some(("INVALID_PASSWORD", "error-password")));
        if let Some((code, error)) = refusal {
            turn.say.push(self.code(code, institution));
            if self.is_too_often(turn) {
                return;
            }
            turn.say.push(json!({ "step": "COMPONENT_LOAD_CREDENTIAL_RETRY", "institution": institution }));
            turn.error = Some(error);
            return;
        }
        if self.plays.is_none() {
            self.manner = typed.unwrap_or(Scenario::Success);
        }
        match self.manner {
            Scenario::SessionExpired => {
                turn.say.push(self.code("SESSION_EXPIRED", institution));
                turn.show = Some("expired");
                self.stage = Stage::Over;
            }
            Scenario::Stranger => {
                let message = json!({ "step": "REDIRECT", "loginId": id(), "institution": institution });
                let mut url = Url::parse(&self.stranger).expect("an origin of ours");
                url.set_fragment(Some(&message.to_string()));
                turn.stranger_url = Some(url.into());
                self.stage = Stage::Over;
            }
            Scenario::NeverAnswers => {
                turn.show = Some("working");
                self.stage = Stage::Over;
            }
            _ if lower == UNASKED => self.pick_accounts(turn, institution, username),
            _ => {
                if self.manner == Scenario::EveryStep {
                    for step in EVERY_OTHER_STEP {
                        turn.say.push(json!({ "step": step }));
                    }
                    turn.say.push(self.code("QUESTION_NOT_FOUND", institution));
                }
                self.wrong = 0;
                self.ask(turn);
                self.stage = Stage::Mfa { institution, username: username.into() };
            }
        }
    }

    fn answer(&mut self, turn: &mut Turn, institution: &'static str, username: &str, answer: &str) {
        turn.say.push(json!({ "step": "SUBMIT_MFA" }));
        let (_, right) = QUESTIONS[self.wrong as usize % QUESTIONS.len()];
        // a script knows one answer
        let right = if self.plays.is_some() { ANSWER } else { right };
        if answer.trim().to_lowercase() == right.to_lowercase() {
            return self.pick_accounts(turn, institution, username);
        }
        turn.say.push(self.code("INVALID_SECURITY_RESPONSE", institution));
        if self.is_too_often(turn) {
            return;
        }
        turn.say.push(json!({ "step": "COMPONENT_LOAD_MFA_RETRY", "mfaTypes": ["QuestionAndAnswer"] }));
        turn.question = Some(self.question());
        turn.error = Some("error-answer");
    }

    fn ask(&self, turn: &mut Turn) {
        turn.say.push(json!({ "step": "COMPONENT_LOAD_MFA", "mfaTypes": ["QuestionAndAnswer"] }));
        turn.show = Some("mfa");
        turn.question = Some(self.question());
    }

    pub fn question(&self) -> &'static str {
        let (asked, _) = QUESTIONS[self.wrong as usize % QUESTIONS.len()];
        asked[self.options.language()]
    }

    fn is_too_often(&mut self, turn: &mut Turn) -> bool {
        self.wrong += 1;
        if self.wrong < self.options.maximum_retry {
            return false;
        }
        turn.say.push(json!({ "step": "MAXIMUM_RETRY_REACHED" }));
        self.give_up(turn, "too-often", "MAXIMUM_RETRY_REACHED", "The answers were wrong too often");
        true
    }

    fn pick_accounts(&mut self, turn: &mut Turn, institution: &'static str, username: &str) {
        let accounts = data::accounts(institution, username);
        if let Some(resumed) = &self.options.resumed_accounts {
            let own = accounts.into_iter().map(|account| account.id).filter(|id| resumed.contains(id));
            return self.finish(turn, institution, username, &own.collect::<Vec<_>>(), true);
        }
        if !self.options.account_selector {
            let all: Vec<String> = accounts.into_iter().map(|account| account.id).collect();
            return self.finish(turn, institution, username, &all, false);
        }
        turn.say.push(json!({
            "step": "COMPONENT_LOAD_ACCOUNT_SELECTION",
            "totalAccounts": accounts.len(),
            "displayedAccounts": accounts.len(),
        }));
        turn.show = Some("accounts");
        turn.accounts = accounts
            .iter()
            .map(|account| json!({ "id": account.id, "name": account.titles[self.options.language()], "number": account.masked_number() }))
            .collect();
        self.stage = Stage::Accounts { institution, username: username.into() };
    }

    /// `selected`: the person chose the accounts, so they are named.
    fn finish(
        &mut self,
        turn: &mut Turn,
        institution: &'static str,
        username: &str,
        accounts: &[String],
        selected: bool,
    ) {
        let login = Login {
            id: self.login_id.clone().unwrap_or_else(id),
            username: username.into(),
            institution,
            account_ids: accounts.to_vec(),
            since: Utc::now(),
        };
        let base = self.options.redirect_url.clone().unwrap_or_else(|| self.done_url.clone());
        let names = accounts.join(",");
        let mut query = vec![("loginId", login.id.as_str()), ("institution", institution)];
        if selected {
            query.push(("accountId", &names));
        }
        if let Some(tag) = &self.options.tag {
            query.push(("tag", tag));
        }
        // the connection alone, and the state of who asked
        if let Some(oauth) = &self.options.oauth {
            query.truncate(1);
            query.extend(oauth.state.as_deref().map(|state| ("state", state)));
        }
        let url = with_query(&base, &query);
        if self.manner == Scenario::RedirectWithoutLogin {
            let bare = with_query(&base, &[("institution", institution)]);
            turn.say.push(json!({ "step": "REDIRECT", "institution": institution, "url": bare }));
        }
        let mut redirect = json!({ "step": "REDIRECT", "institution": institution, "url": url });
        if self.manner != Scenario::SuccessUrlOnly {
            redirect["loginId"] = login.id.clone().into();
            redirect["requestId"] = self.request_id.clone().into();
            if let [one] = accounts
                && selected
            {
                redirect["accountId"] = one.as_str().into();
            } else if selected {
                redirect["accountId"] = accounts.into();
            }
        }
        turn.say.push(redirect);
        turn.show = Some("done");
        turn.leave = self.options.redirect_url.is_some().then_some(Leave {
            url,
            inside: self.options.inner_redirect,
            alone: self.options.js_redirect,
        });
        turn.login = Some(login);
        self.stage = Stage::Over;
    }

    /// The name of the bank that the person is at, or that was chosen beforehand.
    pub fn bank(&self) -> Option<&'static str> {
        let at = self
            .stage
            .institution()
            .or_else(|| self.options.institution.as_deref().and_then(|id| self.institution(id)))?;
        INSTITUTIONS.iter().find(|(known, ..)| *known == at).map(|(_, name, _)| *name)
    }

    /// With a listener the event says it all; without one the person is sent back as the OAuth pages do.
    fn give_up(&mut self, turn: &mut Turn, show: &'static str, error: &str, description: &str) {
        turn.show = Some(show);
        let state = self.options.oauth.as_ref().and_then(|oauth| oauth.state.as_deref());
        let mut query: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
        query.extend([("error", error), ("error_description", description)]);
        turn.leave = self.options.redirect_url.as_deref().map(|url| Leave {
            url: with_query(url, &query),
            inside: true,
            alone: self.options.oauth.is_none(),
        });
        self.stage = Stage::Over;
    }

    /// An event of the API's: no `step`.
    fn code(&self, code: &str, institution: &str) -> Value {
        json!({ "requestId": self.request_id, "flinksCode": code, "institution": institution })
    }
}

impl Stage {
    fn institution(&self) -> Option<&'static str> {
        match self {
            Self::Credentials { institution }
            | Self::Bank { institution }
            | Self::Mfa { institution, .. }
            | Self::Accounts { institution, .. } => Some(institution),
            Self::Consent | Self::Institutions | Self::Over => None,
        }
    }
}

/// The documented steps that a plain success does not take, and one of tomorrow.
const EVERY_OTHER_STEP: [&str; 17] = [
    "APP_OFFLINE",
    "APP_ONLINE",
    "APP_RESIZE",
    "COMPONENT_ACCEPT_PROVIDER_CONSENT",
    "COMPONENT_ACCEPT_TERMS",
    "COMPONENT_DENY_TERMS",
    "COMPONENT_CLICK_TERMS_URL",
    "COMPONENT_CLICK_RESET_PASSWORD",
    "COMPONENT_HELP2FA_INFO",
    "COMPONENT_HELP2FA_TROUBLESHOOTING",
    "ENHANCED_MFA_HAS_QUESTIONS",
    "ENHANCED_MFA_NO_QUESTIONS",
    "POPUP_OPENED",
    "POPUP_BLOCKED",
    "ERROR",
    "RETRY_LATER",
    "COMPONENT_LOAD_LUNAR_ECLIPSE",
];

fn with_query(url: &str, query: &[(&str, &str)]) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.into();
    };
    parsed.query_pairs_mut().extend_pairs(query);
    parsed.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::{EnumProperty, VariantArray};

    fn session(query: &[(&str, &str)], plays: Option<Scenario>) -> (Session, Turn) {
        let query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Session::start(Options::read(&query), plays, "http://127.0.0.1:1", "http://127.0.0.1:2")
    }

    /// Steps, and codes in lower case.
    fn said(turn: &Turn) -> Vec<String> {
        let name = |event: &Value| match &event["step"] {
            Value::String(step) => step.clone(),
            _ => event["flinksCode"].as_str().unwrap().to_lowercase(),
        };
        turn.say.iter().map(name).collect()
    }

    #[test]
    fn the_happy_path_has_the_documented_order() {
        let (mut session, first) = session(&[], Some(Scenario::Success));
        let turn = session.play().unwrap();
        assert_eq!(
            [said(&first), said(&turn)].concat(),
            [
                "APP_MOUNTED",
                "COMPONENT_LOAD_CONSENT",
                "COMPONENT_ACCEPT_CONSENT",
                "COMPONENT_LOAD_INSTITUTION_SELECTOR",
                "INSTITUTION_SELECTED",
                "COMPONENT_LOAD_CREDENTIAL",
                "SUBMIT_CREDENTIAL",
                "COMPONENT_LOAD_MFA",
                "SUBMIT_MFA",
                "COMPONENT_LOAD_ACCOUNT_SELECTION",
                "ACCOUNT_SELECTED",
                "REDIRECT",
            ]
        );
        let redirect = turn.say.last().unwrap();
        let login = turn.login.unwrap();
        assert_eq!(redirect["loginId"], login.id.as_str());
        assert_eq!(login.account_ids.len(), 1);
        assert!(turn.leave.is_none(), "nobody gave a redirectUrl");
    }

    #[test]
    fn every_scenario_can_be_played_to_its_end() {
        for &scenario in Scenario::VARIANTS {
            let (mut session, _) =
                session(&[("redirectUrl", "https://app.example/back?tab=1")], Some(scenario));
            let turn = session.play().unwrap_or_else(|| panic!("{scenario:?} gets stuck"));
            let signed_in = turn.login.is_some();
            assert_eq!(
                signed_in,
                scenario.get_str("expect") == Some("completed") && scenario != Scenario::TokenInvalidOnce,
                "{scenario:?}"
            );
            if let Some(login) = &turn.login {
                let leave = turn.leave.as_ref().unwrap();
                assert!(leave.url.starts_with("https://app.example/back?tab=1&loginId="), "{}", leave.url);
                assert!(leave.url.contains(&login.id));
                assert!(!leave.alone && !leave.inside);
            }
        }
    }

    #[test]
    fn what_is_special_about_a_scenario_is_said() {
        let played =
            |scenario| session(&[("redirectUrl", "https://app.example/")], Some(scenario)).0.play().unwrap();
        let turn = played(Scenario::SuccessUrlOnly);
        let redirect = turn.say.last().unwrap();
        assert_eq!((redirect.get("loginId"), redirect.get("requestId")), (None, None));
        assert!(redirect["url"].as_str().unwrap().contains("?loginId="));

        let turn = played(Scenario::SuccessAccounts);
        assert_eq!(turn.say.last().unwrap()["accountId"].as_array().unwrap().len(), 3);

        let turn = played(Scenario::RedirectWithoutLogin);
        let [bare, whole] = &turn.say[turn.say.len() - 2..] else { panic!() };
        assert_eq!((bare["step"].as_str(), bare.get("loginId")), (Some("REDIRECT"), None));
        assert!(whole["loginId"].is_string());

        for (scenario, names) in [
            (
                Scenario::WrongPassword,
                &["SUBMIT_CREDENTIAL", "invalid_password", "COMPONENT_LOAD_CREDENTIAL_RETRY"][..],
            ),
            (Scenario::MfaRetry, &["SUBMIT_MFA", "invalid_security_response", "COMPONENT_LOAD_MFA_RETRY"]),
            (
                Scenario::InstitutionDisabled,
                &["INSTITUTION_SELECTED", "DISABLED_INSTITUTION", "INSTITUTION_SELECTED"],
            ),
            (Scenario::BankWindow, &["POPUP_BLOCKED", "POPUP_OPENED"]),
            (Scenario::MaximumRetry, &["invalid_security_response", "MAXIMUM_RETRY_REACHED"]),
            (Scenario::SessionExpired, &["SUBMIT_CREDENTIAL", "session_expired"]),
            (Scenario::Closed, &["COMPONENT_LOAD_CREDENTIAL", "COMPONENT_CLOSE_SESSION"]),
            (Scenario::Denied, &["COMPONENT_DENY_CONSENT"]),
        ] {
            let said = said(&played(scenario));
            assert!(said.windows(names.len()).any(|window| window == names), "{scenario:?}: {said:?}");
        }
        let leave = played(Scenario::Denied).leave.unwrap();
        assert!(leave.alone && leave.url.starts_with("https://app.example/?error=access_denied&"));
    }

    #[test]
    fn parameters_change_the_way() {
        let query = [("consentEnable", "false"), ("accountSelectorEnable", "false")];
        let query = query.map(|(name, value)| (name.into(), value.into())).into();
        let options = Options { institution: Some("MapleRidge".into()), ..Options::read(&query) };
        let (mut session, first) = Session::start(options, None, "http://127.0.0.1:1", "http://127.0.0.1:2");
        assert_eq!(session.bank(), Some("Maple Ridge Bank"));
        assert_eq!(said(&first), ["APP_MOUNTED", "COMPONENT_LOAD_CREDENTIAL"]);
        let turn = session
            .act(Action::SignIn { username: "greatday_nomfa".into(), password: PASSWORD.into() })
            .unwrap();
        assert_eq!(said(&turn), ["SUBMIT_CREDENTIAL", "REDIRECT"]);
        assert_eq!(turn.login.unwrap().account_ids.len(), 3, "all that there are");
        assert!(!turn.say[1]["url"].as_str().unwrap().contains("accountId"), "nobody chose them");
        assert!(session.act(Action::Back).is_none(), "it is over");

        let few = [("consentEnable", "false"), ("accountSelectorEnable", "false")];
        let turn = self::session(&few, Some(Scenario::Success)).0.play().unwrap();
        assert!(turn.login.is_some(), "a scenario takes the steps that are left");

        let (mut session, _) = self::session(&[("redirectUrl", "javascript:alert(1)")], None);
        session.act(Action::AcceptConsent).unwrap();
        assert!(
            session.act(Action::Choose { institution: INSTITUTION.into() }).is_none(),
            "only with demo=true"
        );
        assert!(session.options.redirect_url.is_none());
    }

    #[test]
    fn a_person_comes_back_to_the_question_for_eight_minutes() {
        let (mut session, _) = session(&[("demo", "true"), ("consentEnable", "false")], None);
        assert!(session.resume(Options::default()).is_none(), "nobody has been asked anything");
        session.act(Action::Choose { institution: INSTITUTION.into() }).unwrap();
        session.act(Action::SignIn { username: USERNAME.into(), password: PASSWORD.into() }).unwrap();
        let turn = session.resume(Options::default()).unwrap();
        assert_eq!(said(&turn), ["APP_MOUNTED", "COMPONENT_LOAD_MFA"]);
        session.seen -= PATIENCE;
        assert!(session.resume(Options::default()).is_none(), "for longer nobody waits");
    }
}
