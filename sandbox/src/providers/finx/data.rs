//! The accounts and transactions of the invented people.

use chrono::Utc;
use serde_json::{Value, json};

use super::store::Access;
use crate::bank;

/// Bank code, name, what it says of itself in English and in German.
pub(super) const BANKS: [(&str, &str, [&str; 2]); 4] = [
    ("90094815", "Musterbank Rheinland", ["Private and business customers", "Privat- und Geschäftskunden"]),
    ("90010020", "Volkskasse Lindenau", ["Owned by its members", "Im Eigentum ihrer Mitglieder"]),
    ("90055500", "Hanse Direkt", ["Online only", "Nur online"]),
    ("90077000", "Sparhaus Alpenland", ["In your region since 1842", "In Ihrer Region seit 1842"]),
];

/// The bank of an IBAN, by its bank code; of anything else the first.
pub(super) fn bank_of(account: &str) -> &'static str {
    let code = account.get(4..12).unwrap_or_default();
    BANKS.iter().map(|(known, ..)| *known).find(|known| *known == code).unwrap_or(BANKS[0].0)
}

/// An account: its number, its name in German, its kind, and what the bank has of it.
pub(super) struct Account {
    pub id: String,
    pub iban: String,
    pub name: &'static str,
    kind: &'static str,
    bank: bank::Account,
}

/// The accounts at a bank. The one that the merchant knows is the first.
pub(super) fn accounts(bank: &str, known_account: Option<&str>) -> Vec<Account> {
    let rows = bank::accounts(&format!("finx/{bank}")).into_iter().enumerate().map(|(index, account)| {
        let (name, kind) = match account.name {
            "Everyday" => ("Girokonto", "Giro account"),
            "Rainy day" => ("Tagesgeld", "Savings account"),
            _ => ("Kreditkarte", "Credit card"),
        };
        let number: u64 = account.number.trim_start_matches('*').parse().unwrap_or_default();
        let own = iban(bank, 1_000_000 * (index as u64 + 1) + number);
        let iban = known_account.filter(|_| index == 0).map_or(own, Into::into);
        Account { id: account.id.replace("acc_", "A"), iban, name, kind, bank: account }
    });
    rows.collect()
}

/// What `GET /rest/accounts` gives.
pub(super) fn account_rows(access: &Access) -> Vec<Value> {
    let name = BANKS.iter().find(|(code, ..)| *code == access.bank).map(|(_, name, _)| *name);
    let rows = shared(access).into_iter().map(|account| {
        json!({
            "account_id": account.id,
            "name": account.name,
            "owner": "Alex Doe",
            "iban": account.iban,
            "bank_code": access.bank,
            "bank_name": name,
            "type": account.kind,
            "currency": "EUR",
            "balance": bank::units(account.bank.balance),
        })
    });
    rows.collect()
}

/// What `GET /rest/transactions` gives: the last `sync_period` days, the newest first.
pub(super) fn transaction_rows(access: &Access) -> Vec<Value> {
    let today = Utc::now().date_naive();
    let mut rows = Vec::new();
    for account in shared(access) {
        for transaction in bank::transactions(&account.bank, today, access.sync_period.into()) {
            let (name, purpose) = match transaction.category {
                "SALARY" => ("Larkspur Design GmbH", "Gehalt"),
                "HOUSING" => ("Hausverwaltung Lindenhof", "Miete Lindenstraße 14"),
                "TRANSFER" => ("Alex Doe", "Umbuchung Tagesgeld"),
                "INTEREST" => ("", "Zinsen"),
                _ => (transaction.merchant, "Kartenzahlung"),
            };
            rows.push(json!({
                "transaction_id": transaction.id.replace("txn_", "T"),
                "account_id": account.id,
                "booking_date": transaction.date,
                "value_date": transaction.date,
                "name": if name.is_empty() { purpose } else { name },
                "purpose": purpose,
                "amount": bank::units(transaction.amount),
                "currency": "EUR",
                "booked": true,
            }));
        }
    }
    rows.sort_by(|one, other| other["booking_date"].as_str().cmp(&one["booking_date"].as_str()));
    rows
}

pub(super) fn shared(access: &Access) -> Vec<Account> {
    let mut accounts = accounts(access.bank, access.known_account.as_deref());
    accounts.retain(|account| access.account_ids.contains(&account.id));
    accounts
}

/// A German IBAN with its check digits: ISO 13616.
fn iban(bank: &str, number: u64) -> String {
    let account = format!("{bank}{number:010}");
    let checked: u128 = format!("{account}131400").parse().unwrap_or_default();
    format!("DE{:02}{account}", 98 - checked % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_has_the_right_check_digits() {
        assert_eq!(iban("90094815", 2881), "DE82900948150000002881", "the documentation's own example");
        assert_eq!(bank_of("DE82900948150000002881"), "90094815");
        assert_eq!(bank_of("4711"), BANKS[0].0);
    }

    #[test]
    fn the_known_account_is_the_first() {
        let ibans = |known| accounts(BANKS[1].0, known).into_iter().map(|row| row.iban).collect::<Vec<_>>();
        let known = ibans(Some("DE82900948150000002881"));
        assert_eq!(known[0], "DE82900948150000002881");
        assert_eq!(known[1..], ibans(None)[1..]);
    }
}
