//! What a consent lets the merchant read: accounts, balances, transactions, and the jobs that refresh them.

use axum::extract::State;
use chrono::{Duration, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::banks::{self, Account};
use super::consents::active;
use super::error::{Answer, ApiError, Body, answer};
use super::link::{Asked, Link, time};
use super::links::parse_id;
use super::paging::{Keyset, page};
use super::store::Job;
use super::{Shared, decimal};

/// Between two refreshes of one consent.
const COOLDOWN: Duration = Duration::seconds(60);

pub(super) async fn accounts(State(finqlink): Shared, body: Body) -> Answer {
    let consent = active(&mut finqlink.tables(), &body)?.clone();
    let currency = body.optional("filter.currency")?;
    let kind = body.optional("filter.type")?;
    let rows = shared(&consent)
        .into_iter()
        .filter(|account| currency.is_none_or(|currency| currency == account.currency))
        .filter(|account| kind.is_none_or(|kind| kind == account.kind))
        .map(|account| {
            let row = json!({
                "account_id": account.id,
                "iban": account.iban,
                "name": account.name,
                "type": account.kind,
                "currency": account.currency,
                "balance": { "amount": decimal::print(account.balance), "type": "interim_available" },
                "provider_id": consent.provider_id,
            });
            (Keyset { inserted_at: time(consent.created_at), id: account.id }, row)
        })
        .collect();
    Ok(answer(page(&body, "accounts", rows)?))
}

pub(super) async fn balances(State(finqlink): Shared, body: Body) -> Answer {
    let consent = active(&mut finqlink.tables(), &body)?.clone();
    let (id, currency, kind) = (
        body.optional("filter.account_id")?,
        body.optional("filter.currency")?,
        body.optional("filter.type")?,
    );
    let mut rows = Vec::new();
    for account in shared(&consent) {
        if id.is_some_and(|id| id != account.id) || currency.is_some_and(|wanted| wanted != account.currency)
        {
            continue;
        }
        for (date, balance) in banks::balances(&account) {
            if kind.is_some_and(|kind| kind != "closing_booked") {
                continue;
            }
            let keyset = Keyset { inserted_at: date.to_string(), id: account.id.clone() };
            let row = json!({
                "account_id": account.id,
                "type": "closing_booked",
                "amount": decimal::print(balance),
                "currency": account.currency,
                "reference_date": date,
            });
            rows.push((keyset, row));
        }
    }
    Ok(answer(page(&body, "balances", rows)?))
}

pub(super) async fn transactions(State(finqlink): Shared, body: Body) -> Answer {
    let consent = active(&mut finqlink.tables(), &body)?.clone();
    if let Asked::Consent { scope, .. } = &consent.asked
        && !scope.iter().any(|part| part == "transactions")
    {
        return Err(ApiError::of("unprocessable_entity", "The consent's scope leaves transactions out"));
    }
    let id = body.optional("filter.account_id")?;
    let direction = one_of(&body, "filter.credit_debit_indicator", ["credit", "debit"])?;
    let status = one_of(&body, "filter.status", ["booked", "pending"])?;
    let (amount_from, amount_to) = (amount(&body, "filter.amount_from")?, amount(&body, "filter.amount_to")?);
    let (date_from, date_to) =
        (date(&body, "filter.booking_date_from")?, date(&body, "filter.booking_date_to")?);
    let mut rows = Vec::new();
    for account in shared(&consent) {
        for transaction in banks::transactions(&account) {
            let bani = transaction.amount.abs();
            let way = if transaction.amount < 0 { "debit" } else { "credit" };
            let state = if transaction.pending { "pending" } else { "booked" };
            if id.is_some_and(|id| id != account.id)
                || direction.is_some_and(|wanted| wanted != way)
                || status.is_some_and(|wanted| wanted != state)
                || amount_from.is_some_and(|from| bani < from)
                || amount_to.is_some_and(|to| bani > to)
                || date_from.is_some_and(|from| transaction.date < from)
                || date_to.is_some_and(|to| transaction.date > to)
            {
                continue;
            }
            let keyset = Keyset { inserted_at: transaction.date.to_string(), id: transaction.id.clone() };
            let row = json!({
                "transaction_id": transaction.id,
                "account_id": account.id,
                "amount": decimal::print(bani),
                "currency": account.currency,
                "credit_debit_indicator": way,
                "status": state,
                "booking_date": transaction.date,
                "info": transaction.info,
            });
            rows.push((keyset, row));
        }
    }
    Ok(answer(page(&body, "transactions", rows)?))
}

pub(super) async fn create_job(State(finqlink): Shared, body: Body) -> Answer {
    let mut tables = finqlink.tables();
    let consent = active(&mut tables, &body)?.clone();
    let now = Utc::now();
    if tables.jobs.values().any(|job| job.consent_id == consent.id && job.created_at + COOLDOWN > now) {
        return Err(ApiError::of("cooldown_failed", "The last refresh is less than a minute old"));
    }
    let job = Job { id: Uuid::new_v4(), consent_id: consent.id, completed: false, created_at: now };
    let said = say(&job);
    tables.jobs.insert(job.id, job.clone());
    drop(tables);
    tokio::spawn(async move {
        tokio::time::sleep(finqlink.setup.config.webhook_delay).await;
        if let Some(job) = finqlink.tables().jobs.get_mut(&job.id) {
            job.completed = true;
        }
        finqlink.webhooks.job_status(&consent, &job.id.to_string(), "completed");
    });
    Ok(answer(said))
}

pub(super) async fn get_job(State(finqlink): Shared, body: Body) -> Answer {
    let tables = finqlink.tables();
    let job = parse_id(body.required("job_id")?).and_then(|id| tables.jobs.get(&id));
    Ok(answer(say(job.ok_or_else(|| ApiError::not_found("job"))?)))
}

fn say(job: &Job) -> Value {
    json!({
        "job_id": job.id,
        "consent_id": job.consent_id,
        "status": if job.completed { "completed" } else { "started" },
        "inserted_at": time(job.created_at),
    })
}

fn shared(consent: &Link) -> Vec<Account> {
    let bank = consent.provider_id.as_deref().and_then(banks::find);
    let mut accounts = bank.map(banks::accounts).unwrap_or_default();
    accounts.retain(|account| consent.ibans.contains(&account.iban));
    accounts
}

fn one_of<'a>(body: &'a Body, name: &str, known: [&str; 2]) -> Result<Option<&'a str>, ApiError> {
    let value = body.optional(name)?;
    if value.is_some_and(|value| !known.contains(&value)) {
        return Err(ApiError::validation(format!("{name} must be {} or {}", known[0], known[1])));
    }
    Ok(value)
}

fn amount(body: &Body, name: &str) -> Result<Option<i64>, ApiError> {
    body.optional(name)?
        .map(decimal::parse)
        .map(|bani| bani.ok_or_else(|| ApiError::validation(format!("{name} must be a decimal string"))))
        .transpose()
}

fn date(body: &Body, name: &str) -> Result<Option<NaiveDate>, ApiError> {
    body.optional(name)?
        .map(|text| text.parse().map_err(|_| ApiError::validation(format!("{name} must be a date"))))
        .transpose()
}
