//! The accounts and transactions of the invented people, as Flinks words them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::institutions::{OAUTH_INSTITUTION, UNASKED};
use crate::bank;

/// A connected person: what a `loginId` stands for.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub id: String,
    pub username: String,
    pub institution: &'static str,
    pub account_ids: Vec<String>,
    pub since: DateTime<Utc>,
}

impl Login {
    /// Whether the bank asks again before it hands out anything new.
    pub fn is_asked(&self) -> bool {
        self.username.to_lowercase() != UNASKED && self.institution != OAUTH_INSTITUTION
    }
}

/// An account: its ID at Flinks, its names, and what the bank has of it.
pub(super) struct Account {
    pub id: String,
    /// In English and in French.
    pub titles: [&'static str; 2],
    category: &'static str,
    kind: &'static str,
    bank: bank::Account,
}

impl Account {
    /// Only its last four digits.
    pub fn masked_number(&self) -> String {
        self.bank.number.replace('*', "•")
    }
}

/// The same person at the same bank always has the same accounts.
pub(super) fn accounts(institution: &str, username: &str) -> Vec<Account> {
    let seed = format!("{institution}/{}", username.to_lowercase());
    let rows = bank::accounts(&seed).into_iter().map(|account| {
        let (titles, category, kind) = match account.name {
            "Everyday" => (["Chequing Account", "Compte chèques"], "Operations", "Chequing"),
            "Rainy day" => (["Savings Account", "Compte d’épargne"], "Operations", "Savings"),
            _ => (["Credit Card", "Carte de crédit"], "Credits", "CreditCard"),
        };
        Account { id: uuid(&account.id), titles, category, kind, bank: account }
    });
    rows.collect()
}

/// What GetAccountsDetail gives in the end.
pub(super) fn detail(login: &Login, request_id: &str) -> Value {
    let accounts = accounts(login.institution, &login.username);
    let accounts = accounts.iter().filter(|account| login.account_ids.contains(&account.id)).map(|account| {
        let bank = &account.bank;
        let balance = bank::units(bank.balance);
        let last_four = bank.number.trim_start_matches('*');
        json!({
            "Transactions": transactions(account),
            "TransitNumber": format!("{:0>5}", bank.branch.replace('-', "").chars().take(5).collect::<String>()),
            "InstitutionNumber": "777",
            "OverdraftLimit": 0.0,
            "Title": account.titles[0],
            "AccountNumber": format!("{}{last_four}", &bank.branch[..3]),
            "LastFourDigits": (account.kind == "CreditCard").then_some(last_four),
            "Balance": { "Available": balance, "Current": balance, "Limit": null },
            "Category": account.category,
            "Type": account.kind,
            "Currency": "CAD",
            "Holder": {
                "Name": "Alex Doe",
                "Address": {
                    "CivicAddress": "1275 Avenue des Lilas",
                    "City": "Montreal",
                    "Province": "QC",
                    "PostalCode": "H2T 1A1",
                    "POBox": null,
                    "Country": "CA",
                },
                "Email": "alex.doe@example.com",
                "PhoneNumber": "(514) 555-0148",
            },
            "Id": account.id,
        })
    });
    json!({
        "HttpStatusCode": 200,
        "Accounts": accounts.collect::<Vec<_>>(),
        "InstitutionName": login.institution,
        "Login": described(login),
        "Institution": login.institution,
        "RequestId": request_id,
    })
}

/// A login as the API describes it.
pub(super) fn described(login: &Login) -> Value {
    json!({
        "Username": login.username,
        "IsScheduledRefresh": false,
        "LastRefresh": login.since.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        "Type": "Personal",
        "Id": login.id,
    })
}

/// The newest first; each with the balance after it.
fn transactions(account: &Account) -> Vec<Value> {
    let mut balance = account.bank.balance;
    let rows = bank::transactions(&account.bank, Utc::now().date_naive(), bank::TRANSACTION_DAYS);
    let rows = rows.into_iter().map(|transaction| {
        let after = balance;
        balance -= transaction.amount;
        let what = match transaction.category {
            "SALARY" => "Payroll Larkspur Design",
            "HOUSING" => "Rent 1275 Avenue des Lilas",
            "TRANSFER" => "Transfer to savings",
            "INTEREST" => "Interest",
            _ => transaction.merchant,
        };
        json!({
            "Date": transaction.date,
            "Code": null,
            "Description": what,
            "Debit": (transaction.amount < 0).then(|| bank::units(-transaction.amount)),
            "Credit": (transaction.amount >= 0).then(|| bank::units(transaction.amount)),
            "Balance": bank::units(after),
            "Id": uuid(&transaction.id),
        })
    });
    rows.collect()
}

/// The bank's own ID in the form of a UUID: `acc_` or `txn_`, then hexadecimal digits.
fn uuid(id: &str) -> String {
    let number = u64::from_str_radix(&id[4..], 16).unwrap_or_default();
    let spread = Uuid::from_u64_pair(number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number);
    Builder::from_random_bytes(spread.into_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_follow_from_the_transactions() {
        let account = &accounts("FlinksCapital", "Greatday")[0];
        let rows = transactions(account);
        for pair in rows.windows(2) {
            let cents = |value: &Value| (value.as_f64().unwrap_or_default() * 100.0).round() as i64;
            let amount = cents(&pair[0]["Credit"]) - cents(&pair[0]["Debit"]);
            assert_eq!(cents(&pair[0]["Balance"]) - amount, cents(&pair[1]["Balance"]));
        }
        assert!(rows.len() > 60);
    }

    #[test]
    fn a_person_has_the_same_accounts_however_the_name_is_typed() {
        let ids =
            |username| accounts("FlinksCapital", username).into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids("Greatday"), ids("greatday"));
        assert_ne!(ids("Greatday"), ids("greatday_nomfa"));
        assert!(ids("Greatday").iter().all(|id| Uuid::parse_str(id).is_ok()));
    }
}
