//! One person's way through Flinks Connect: what each action leads to, and the events that tell of it.
//! Names, fields and order are those of `contracts/flinks.md`, "Messages".

use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::{Value, json};

use super::data::{self, Login};
use super::institutions::{
    ANSWER, DISABLED_INSTITUTION, INSTITUTION, INSTITUTIONS, OAUTH_INSTITUTION, PASSWORD, QUESTIONS, UNASKED,
    USERNAME,
};
use super::leaving;
use super::options::Options;
use super::scenario::Scenario;
use super::stage::Stage;
use super::turn::{Action, EVERY_OTHER_STEP, Turn};
use crate::scenario::Scenario as _;
use crate::tokens::uuid;
use crate::urls;

/// How long a person may be away from a question and still come back to it by its `requestId`.
const PATIENCE: Duration = Duration::from_secs(8 * 60);

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
            request_id: uuid(),
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
                let message = json!({ "step": "REDIRECT", "loginId": uuid(), "institution": institution });
                turn.stranger_url = Some(urls::posting(&self.stranger, &message));
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

    /// `selected`: the person chose the accounts.
    fn finish(
        &mut self,
        turn: &mut Turn,
        institution: &'static str,
        username: &str,
        accounts: &[String],
        selected: bool,
    ) {
        let login = Login {
            id: self.login_id.clone().unwrap_or_else(uuid),
            username: username.into(),
            institution,
            account_ids: accounts.to_vec(),
            since: Utc::now(),
        };
        let base = self.options.redirect_url.as_deref().unwrap_or(&self.done_url);
        leaving::connected(turn, (&self.options, self.manner), &self.request_id, &login, base, selected);
        turn.login = Some(login);
        self.stage = Stage::Over;
    }

    fn give_up(&mut self, turn: &mut Turn, show: &'static str, error: &str, description: &str) {
        turn.show = Some(show);
        turn.leave = leaving::gave_up(&self.options, error, description);
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

    /// An event of the API's: no `step`.
    fn code(&self, code: &str, institution: &str) -> Value {
        json!({ "requestId": self.request_id, "flinksCode": code, "institution": institution })
    }
}

#[cfg(test)]
mod tests;
