use strum::{EnumProperty, VariantArray};

use super::*;

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
        let (mut session, _) = session(&[("redirectUrl", "https://app.example/back?tab=1")], Some(scenario));
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
    let turn =
        session.act(Action::SignIn { username: "greatday_nomfa".into(), password: PASSWORD.into() }).unwrap();
    assert_eq!(said(&turn), ["SUBMIT_CREDENTIAL", "REDIRECT"]);
    assert_eq!(turn.login.unwrap().account_ids.len(), 3, "all that there are");
    assert!(!turn.say[1]["url"].as_str().unwrap().contains("accountId"), "nobody chose them");
    assert!(session.act(Action::Back).is_none(), "it is over");

    let few = [("consentEnable", "false"), ("accountSelectorEnable", "false")];
    let turn = self::session(&few, Some(Scenario::Success)).0.play().unwrap();
    assert!(turn.login.is_some(), "a scenario takes the steps that are left");

    let (mut session, _) = self::session(&[("redirectUrl", "javascript:alert(1)")], None);
    session.act(Action::AcceptConsent).unwrap();
    assert!(session.act(Action::Choose { institution: INSTITUTION.into() }).is_none(), "only with demo=true");
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
