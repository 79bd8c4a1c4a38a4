//! Processes: made, read, renewed, deleted, and moved on by themselves once the person has decided.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::Utc;
use serde_json::{Value, json};

use super::error::{Answer, ApiError, Fields};
use super::process::{Code, Decision, Process};
use super::scenario::Scenario;
use super::{BAD_SSN, Fimento, GOOD_SSN, Shared, pages};
use crate::fields::Parameters;
use crate::scenario::Scenario as _;
use crate::urls::is_web_url;

type Created = (StatusCode, Json<Value>);

/// guess: the documentation writes it so in its text, and leaves it out of the bodies that it shows.
const CONSENT_LINK: &str = "consent-link";
const MARKETS: [&str; 2] = ["SE", "FI"];
const COLLECTIONS: [&str; 2] = ["transaction-categorisation", "bank-account-verification"];
/// The documentation lists the first two, and shows the third in its answers.
const PSU_TYPES: [&str; 3] = ["transaction-categorisation", "bank-account-verification", "business"];

/// What happens by itself once the consent is given, in this order.
const AFTER_APPROVAL: [Code; 4] =
    [Code::CategorisationStarted, Code::CategorisationDone, Code::InsightsStarted, Code::Completed];

pub(super) async fn create(
    State(fimento): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Created, ApiError> {
    let partner_bank_id = fimento.partner_bank(&headers)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty());
    let key = key.map(|key| (partner_bank_id.clone(), key.to_owned()));
    let process = described(&fimento, &partner_bank_id, &body)?;
    let mut tables = fimento.tables();
    if let Some(known) = key.as_ref().and_then(|key| tables.idempotency.get(key))
        && let Some(process) = tables.processes.get(known)
    {
        return Ok(created(&fimento, process));
    }
    if let Some(key) = key {
        tables.idempotency.insert(key, process.id.clone());
    }
    let answer = created(&fimento, &process);
    fimento.webhooks.updated(&process, Code::Created, None);
    tables.processes.insert(process.id.clone(), process);
    Ok(answer)
}

fn created(fimento: &Fimento, process: &Process) -> Created {
    let mut body = process.to_json();
    body[CONSENT_LINK] = process.link_url(&fimento.setup.origin).into();
    (StatusCode::CREATED, Json(body))
}

fn link_alone(fimento: &Fimento, process: &Process) -> Created {
    (StatusCode::CREATED, Json(json!({ CONSENT_LINK: process.link_url(&fimento.setup.origin) })))
}

fn described(fimento: &Fimento, partner_bank_id: &str, body: &[u8]) -> Result<Process, ApiError> {
    let mut fields = Fields::of(body);
    let market = fields.required_one_of("market", &MARKETS);
    let collection = fields.required_one_of("dataCollectionType", &COLLECTIONS);
    let mut process = Process::new(partner_bank_id, market, collection);
    process.psu_type = fields.one_of("psuType", &PSU_TYPES);
    process.social_security_number = fields.optional("socialSecurityNumber");
    process.company_id = fields.optional("companyId");
    process.first_name = fields.optional("firstName");
    process.last_name = fields.optional("lastName");
    process.redirect_url = fields.optional("redirectUrl");
    if process.redirect_url.as_deref().is_some_and(|url| !is_web_url(url)) {
        fields.complain("redirectUrl must be a URL address");
    }
    match fields.value("brokerBanks").clone() {
        Value::Null => {}
        Value::Array(banks)
            if banks.iter().all(|bank| bank["name"].is_string() && bank["id"].is_string()) =>
        {
            process.broker_banks = banks;
        }
        _ => fields.complain("brokerBanks must be an array of broker banks, each with a name and an id"),
    }
    if let Some(name) = fields.optional("scenario") {
        process.scenario = Scenario::from_name(&name);
        if process.scenario.is_none() {
            fields.complain("scenario is not known to the sandbox");
        }
    } else if let Some(scenario) = fimento.scenario {
        process.scenario = Some(scenario);
        // nobody will be there to type one
        let number = if scenario == Scenario::BadData { BAD_SSN } else { GOOD_SSN };
        process.social_security_number.get_or_insert_with(|| number.into());
    }
    if process.scenario == Some(Scenario::ExpiredLink) {
        process.link.expires_at = Utc::now();
    }
    fields.check()?;
    Ok(process)
}

/// Runs `act` on the process that the path names, of the partner bank that the header names.
fn with<T>(
    fimento: &Fimento,
    headers: &HeaderMap,
    id: &str,
    act: impl FnOnce(&mut Process) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let partner_bank_id = fimento.partner_bank(headers)?;
    let mut tables = fimento.tables();
    let process = tables.processes.get_mut(id).filter(|process| process.partner_bank_id == partner_bank_id);
    act(process.ok_or_else(|| ApiError::not_found("There is no such process"))?)
}

pub(super) async fn get(State(fimento): Shared, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    with(&fimento, &headers, &id, |process| Ok(Json(process.to_json())))
}

pub(super) async fn delete(
    State(fimento): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    with(&fimento, &headers, &id, |_| Ok(()))?;
    let mut tables = fimento.tables();
    tables.processes.remove(&id);
    tables.visualisations.retain(|process| *process != id);
    Ok(StatusCode::NO_CONTENT)
}

/// A new link instead of one that was not used, or at whose bank the sign-in failed. The old one ends.
pub(super) async fn renew_link(
    State(fimento): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Created, ApiError> {
    with(&fimento, &headers, &id, |process| {
        if process.decision.is_some() {
            return Err(ApiError::bad_request(vec!["the consent flow has been approved or revoked".into()]));
        }
        process.renew_link();
        process.updated_at = Utc::now();
        Ok(link_alone(&fimento, process))
    })
}

/// Another consent flow in the same process, for another bank.
pub(super) async fn another_consent(
    State(fimento): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Created, ApiError> {
    with(&fimento, &headers, &id, |process| {
        if process.decision.is_none() {
            return Err(ApiError::bad_request(vec![
                "the previous consent flow must be approved or revoked first".into(),
            ]));
        }
        process.start_over();
        process.updated_at = Utc::now();
        fimento.webhooks.updated(process, Code::Created, None);
        Ok(link_alone(&fimento, process))
    })
}

/// Approves or revokes without a person, for automated tests. The documentation lists `status` before the header and shows no
/// body. guess: so it is in the query.
pub(super) async fn automate(
    State(fimento): Shared,
    Path(id): Path<String>,
    Query(query): Parameters,
    headers: HeaderMap,
) -> Result<Created, ApiError> {
    let mut fields = Fields::of_query(&query);
    let status = fields.required_one_of("status", &["approved", "revoked"]);
    fields.check()?;
    let approved = status == "approved";
    with(&fimento, &headers, &id, |process| {
        if approved {
            if process.decision.is_some() {
                return Err(ApiError::bad_request(vec!["the consent flow is over".into()]));
            }
            let bank = pages::banks(&process.market)[0].0;
            fimento.choose_bank(process, bank);
            fimento.signed_in(process);
            fimento.approve(process);
        } else {
            if process.decision == Some(Decision::Revoked) {
                return Err(ApiError::bad_request(vec!["the consent flow is over".into()]));
            }
            fimento.deny(process);
        }
        Ok(())
    })?;
    if approved {
        fimento.work(&id);
    }
    Ok((StatusCode::CREATED, Json(json!({ "isApproved": approved }))))
}

impl Fimento {
    /// Sets a status of the whole process.
    pub(super) fn advance(&self, process: &mut Process, code: Code) {
        process.history.add(code);
        process.updated_at = Utc::now();
        self.webhooks.updated(process, code, None);
    }

    /// Sets a status of the bank that was added last.
    fn advance_bank(&self, process: &mut Process, code: Code) {
        process.updated_at = Utc::now();
        if let Some(bank) = process.banks.last_mut() {
            bank.history.add(code);
            let name = bank.name;
            self.webhooks.updated(process, code, Some(name));
        }
    }

    pub(super) fn choose_bank(&self, process: &mut Process, name: &'static str) {
        process.add_bank(name);
        process.updated_at = Utc::now();
        self.webhooks.updated(process, Code::BankAddedNotCompletedAuthFlow, Some(name));
    }

    /// The bank knows the person, and hands the transactions over.
    pub(super) fn signed_in(&self, process: &mut Process) {
        process.signed_in = true;
        for code in [
            Code::BankAddedCompletedAuthFlow,
            Code::FetchingTransactionsStarted,
            Code::FetchingTransactionsDone,
        ] {
            self.advance_bank(process, code);
        }
    }

    /// `work` then does the rest.
    pub(super) fn approve(&self, process: &mut Process) {
        process.decision = Some(Decision::Approved);
        if let Some(bank) = process.banks.last_mut() {
            bank.consent_given_at = Some(Utc::now());
        }
        self.advance(process, Code::CustomerApprovedConsent);
    }

    /// The bank refuses the sign-in: this link is over.
    pub(super) fn refuse(&self, process: &mut Process) {
        process.link.failed = true;
        self.advance(process, Code::AuthError);
    }

    /// Deletes everything about the person.
    pub(super) fn deny(&self, process: &mut Process) {
        process.decision = Some(Decision::Revoked);
        process.forget_the_person();
        self.advance(process, Code::CustomerDeniedConsent);
    }

    /// Categorises and computes in the background, unless the consent is revoked in the meantime.
    pub(super) fn work(self: &Arc<Self>, id: &str) {
        let (fimento, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move {
            for code in AFTER_APPROVAL {
                tokio::time::sleep(fimento.setup.config.webhook_delay).await;
                let mut tables = fimento.tables();
                let Some(process) = tables.processes.get_mut(&id) else { return };
                if process.decision != Some(Decision::Approved) {
                    return;
                }
                process.has_insights |= code == Code::Completed;
                fimento.advance(process, code);
            }
        });
    }
}
