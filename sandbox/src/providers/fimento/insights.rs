//! What is computed from the transactions, and the short-lived link to the tool that shows it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};

use super::error::{Answer, ApiError, count};
use super::money::{self, Transaction};
use super::process::{Process, time};
use super::{BAD_SSN, Fimento, Shared};
use crate::bank;
use crate::fields::Parameters;

/// How long a link to the visualisation tool works.
const VISUALISATION_LIFETIME: Duration = Duration::from_secs(300);
const PAGE_SIZE: usize = 100;
/// Over how many months averages are taken.
const MONTHS: f64 = 6.0;

pub(super) async fn insights(State(fimento): Shared, headers: HeaderMap, Query(query): Parameters) -> Answer {
    let partner_bank_id = fimento.partner_bank(&headers)?;
    Ok(Json(computed(&find(&fimento, Some(&partner_bank_id), &query)?)))
}

/// The documentation lists no header `partner-bank-id` here.
pub(super) async fn transactions(State(fimento): Shared, Query(query): Parameters) -> Answer {
    if !query.contains_key("page") {
        return Err(ApiError::bad_request(vec!["page is required".into()]));
    }
    let page = count(&query, "page", 1)?;
    let process = find(&fimento, None, &query)?;
    let rows: Vec<Value> = money::transactions(has_good_data(&process), Utc::now().date_naive())
        .into_iter()
        .skip((page - 1).saturating_mul(PAGE_SIZE))
        .take(PAGE_SIZE)
        .map(|row| {
            json!({
                "_id": row.id,
                "amount": bank::units(row.amount),
                "date": format!("{}T00:00:00Z", row.date),
                "description": row.description,
                "accountId": money::accounts(has_good_data(&process))[row.account].number,
                "category": row.category,
                "cBankId": process.banks.last().map(|bank| bank.name),
            })
        })
        .collect();
    Ok(Json(json!({ "transactions": rows })))
}

pub(super) async fn visualisation_link(
    State(fimento): Shared,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Answer {
    let partner_bank_id = fimento.partner_bank(&headers)?;
    let process = find(&fimento, Some(&partner_bank_id), &query)?;
    let token = fimento.tables().visualisations.issue(process.id, VISUALISATION_LIFETIME);
    Ok(Json(json!({ "visualisationUrl": format!("{}/visualisation/{token}", fimento.setup.origin) })))
}

/// `partner_bank_id`: whose the process must be.
fn find(
    fimento: &Fimento,
    partner_bank_id: Option<&str>,
    query: &HashMap<String, String>,
) -> Result<Process, ApiError> {
    let id = query.get("processId").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::bad_request(vec!["processId is required".into()]))?;
    let tables = fimento.tables();
    let process = tables.processes.get(id);
    let process = process.filter(|process| partner_bank_id.is_none_or(|own| process.partner_bank_id == own));
    let process = process.ok_or_else(|| ApiError::not_found("There is no such process"))?;
    if !process.has_insights {
        return Err(ApiError::not_found("The process has no insights"));
    }
    Ok(process.clone())
}

fn has_good_data(process: &Process) -> bool {
    process.social_security_number.as_deref() != Some(BAD_SSN)
}

/// The object of the documentation.
pub(super) fn computed(process: &Process) -> Value {
    let good = has_good_data(process);
    let today = Utc::now().date_naive();
    let rows = money::transactions(good, today);
    let accounts = money::accounts(good);
    let currency = if process.market == "FI" { "EUR" } else { "SEK" };
    let bank = process.banks.last().map(|bank| bank.name);
    let (mut income, mut expenses) = (BTreeMap::new(), BTreeMap::new());
    for row in rows.iter().filter(|row| row.account == 0) {
        let sums = if row.amount > 0 { &mut income } else { &mut expenses };
        *sums.entry(row.category).or_insert(0) += row.amount.abs();
    }
    let monthly = |sums: &BTreeMap<&str, i64>| -> serde_json::Map<String, Value> {
        sums.iter().map(|(name, sum)| ((*name).to_owned(), amount_per_month(*sum))).collect()
    };
    // loans that come in are no income
    let earned: i64 = income.iter().filter(|(name, _)| **name == "income").map(|(_, sum)| sum).sum();
    let spent: i64 = expenses.iter().filter(|(name, _)| **name != "savings").map(|(_, sum)| sum).sum();
    let mut remarks: Vec<&str> = Vec::new();
    for (category, remark) in [
        ("gambling", "Gambling"),
        ("loans", "Repays quick loans"),
        ("debt-collection", "Debt collection"),
        ("fees", "Overdraft fees"),
    ] {
        if expenses.contains_key(category) {
            remarks.push(remark);
        }
    }
    json!({
        "transactionGraph": graph(&rows, accounts[0].balance, today),
        "accountsInfo": accounts.iter().map(|account| json!({
            "accountNumber": account.number,
            "name": account.name,
            "balance": bank::units(account.balance),
            "type": account.kind,
            "bank": bank,
        })).collect::<Vec<_>>(),
        "totalBalance": {
            "amount": bank::units(accounts.iter().map(|account| account.balance).sum()),
            "currency": currency,
        },
        "fetchedAtInterval": {
            "min": format!("{}T00:00:00Z", today - Days::new(money::DAYS - 1)),
            "max": time(Utc::now()),
        },
        "categorisation": { "income": monthly(&income), "expenses": monthly(&expenses) },
        "socialSecurityNumber": process.social_security_number,
        "companyId": process.company_id,
        "firstName": process.first_name,
        "lastName": process.last_name,
        "processId": process.id,
        "computationAutomation": {
            "monthlyIncome": amount_per_month(earned),
            "monthlyExpenses": amount_per_month(spent),
            "leftToLiveOn": amount_per_month(earned - spent),
            "remarks": remarks,
        },
    })
}

/// The first account month by month, the oldest first.
fn graph(rows: &[Transaction], balance: i64, today: NaiveDate) -> Vec<Value> {
    let mut months: BTreeMap<String, Vec<&Transaction>> = BTreeMap::new();
    months.insert(today.format("%Y-%m").to_string(), Vec::new());
    for row in rows.iter().filter(|row| row.account == 0) {
        months.entry(row.date.format("%Y-%m").to_string()).or_default().push(row);
    }
    let mut balance = balance;
    let mut graph: Vec<Value> = Vec::new();
    for (month, rows) in months.iter().rev() {
        let sum = |positive: bool| -> i64 {
            rows.iter().filter(|row| (row.amount > 0) == positive).map(|row| row.amount).sum()
        };
        let list = |positive: bool| -> Vec<Value> {
            let some = rows.iter().filter(|row| (row.amount > 0) == positive);
            some.map(|row| json!({ "description": row.description, "amount": bank::units(row.amount), "category": row.category }))
                .collect()
        };
        graph.push(json!({
            "date": month,
            "info": {
                "balance": bank::units(balance),
                "negativeSum": bank::units(sum(false)),
                "positiveSum": bank::units(sum(true)),
                "negativeTransactions": list(false),
                "positiveTransactions": list(true),
            },
        }));
        balance -= sum(true) + sum(false);
    }
    graph.reverse();
    graph
}

fn amount_per_month(cents: i64) -> Value {
    json!((cents as f64 / MONTHS).round() / 100.0)
}
