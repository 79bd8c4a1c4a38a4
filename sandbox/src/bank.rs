//! Invented people's money: accounts, transactions and energy readings, the same for the same seed and day.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// An account. Amounts are in cents.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub id: String,
    pub name: &'static str,
    pub product: &'static str,
    pub category: &'static str,
    pub branch: String,
    /// Only the last four digits can be seen.
    pub number: String,
    pub balance: i64,
    pub opened: NaiveDate,
}

/// A transaction; money that leaves the account is negative.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub id: String,
    pub amount: i64,
    pub description: String,
    pub merchant: &'static str,
    pub category: &'static str,
    pub date: NaiveDate,
}

/// What one household used on one day, in watt-hours.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub date: NaiveDate,
    pub watt_hours: u32,
}

/// How many days of transactions a bank hands over, where nobody says.
pub(crate) const TRANSACTION_DAYS: u64 = 90;
/// How many days of readings an energy retailer hands over.
pub(crate) const READING_DAYS: u64 = 28;

const PRODUCTS: [(&str, &str, &str, i64); 3] = [
    ("Everyday", "Everyday Account", "TRANS_AND_SAVINGS_ACCOUNTS", 240_000),
    ("Rainy day", "Bonus Saver", "TRANS_AND_SAVINGS_ACCOUNTS", 1_480_000),
    ("Credit card", "Low Rate Card", "CRED_AND_CHRG_CARDS", -64_000),
];

/// Name, category, from and to in cents, once in how many days.
const SPENDING: [(&str, &str, i64, i64, u32); 8] = [
    ("Greenway Grocers", "GROCERIES", 2400, 14_200, 3),
    ("Metro Transit", "TRANSPORT", 320, 980, 2),
    ("Corner Street Coffee", "EATING_OUT", 450, 1250, 2),
    ("Noodle House", "EATING_OUT", 1800, 5400, 6),
    ("Fuel & Go", "TRANSPORT", 4800, 9600, 9),
    ("Wattlebird Pharmacy", "HEALTH", 890, 4600, 14),
    ("Paper Lantern Books", "SHOPPING", 1600, 6200, 18),
    ("Hillside Hardware", "SHOPPING", 1200, 18_000, 24),
];

/// The accounts of the person that `seed` stands for.
pub(crate) fn accounts(seed: &str) -> Vec<Account> {
    let mut random = random(seed, "accounts");
    let branch = format!("{}-{}", random.random_range(100..800), random.random_range(100..999));
    PRODUCTS
        .iter()
        .enumerate()
        .map(|(index, &(name, product, category, balance))| Account {
            id: format!("acc_{:012x}{index}", hash(seed) & 0xffff_ffff_ffff),
            name,
            product,
            category,
            branch: branch.clone(),
            number: format!("****{:04}", random.random_range(0..10_000)),
            balance: balance + random.random_range(-balance.abs() / 4..balance.abs() / 4),
            opened: day(2016, 2, 1) + Days::new(random.random_range(0..2500)),
        })
        .collect()
}

/// The last days of an account, the newest first, and none before it was opened.
pub(crate) fn transactions(account: &Account, today: NaiveDate, days: u64) -> Vec<Transaction> {
    let mut all = Vec::new();
    let lived = u64::try_from((today - account.opened).num_days() + 1).unwrap_or_default();
    for back in 0..days.min(lived) {
        let date = today - Days::new(back);
        // of the day alone, so that tomorrow's answer has the same past
        let mut random = random(&account.id, &date.to_string());
        let mut add = |amount, description: String, merchant, category| {
            all.push(Transaction {
                id: format!("txn_{:016x}", hash(&format!("{}{date}{description}", account.id))),
                amount,
                description,
                merchant,
                category,
                date,
            });
        };
        if account.name == "Rainy day" {
            if date.day() == 1 {
                add(random.random_range(2800..4400), "Interest".into(), "", "INTEREST");
            }
            continue;
        }
        if account.name == "Everyday" {
            match date.num_days_from_ce() % 14 {
                2 => add(291_460, "Salary Larkspur Design".into(), "Larkspur Design", "SALARY"),
                5 => add(-76_000, "Rent 14 Jacaranda Street".into(), "", "HOUSING"),
                9 => add(-20_000, "Transfer to Rainy day".into(), "", "TRANSFER"),
                _ => {}
            }
        }
        for (merchant, category, from, to, days) in SPENDING {
            if random.random_ratio(1, days) {
                let place = ["Sydney", "Newtown", "Parramatta"].choose(&mut random).unwrap();
                add(-random.random_range(from..to), format!("{merchant} {place}"), merchant, category);
            }
        }
    }
    all
}

/// The last 28 days of a household, the oldest first: more at weekends, as people are at home.
pub(crate) fn readings(seed: &str, today: NaiveDate) -> Vec<Reading> {
    (1..=READING_DAYS)
        .rev()
        .map(|back| {
            let date = today - Days::new(back);
            let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            let base = random(seed, &date.to_string()).random_range(9_800..15_600);
            Reading { date, watt_hours: if weekend { base + 3_400 } else { base } }
        })
        .collect()
}

/// Cents as a number of the currency's units.
pub(crate) fn units(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// Cents as a decimal text.
pub(crate) fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

pub(crate) fn random(seed: &str, purpose: &str) -> SmallRng {
    SmallRng::seed_from_u64(hash(&format!("{seed}/{purpose}")))
}

// FNV-1a: the standard library's hasher may change between releases.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_day_give_the_same_data() {
        let today = day(2026, 3, 2);
        let account = &accounts("ada")[0];
        assert_eq!(account.id, accounts("ada")[0].id);
        assert_ne!(account.id, accounts("bob")[0].id);
        let list = |days| {
            transactions(account, today, days).into_iter().map(|t| (t.id, t.amount)).collect::<Vec<_>>()
        };
        assert_eq!(list(TRANSACTION_DAYS), list(TRANSACTION_DAYS));
        assert!(list(TRANSACTION_DAYS).len() > 60);
        assert!(list(u64::MAX).starts_with(&list(TRANSACTION_DAYS)));
        assert!(transactions(account, today, u64::MAX).last().unwrap().date >= account.opened);
        assert_eq!(readings("ada", today).len(), READING_DAYS as usize);
    }

    #[test]
    fn spending_of_a_past_day_does_not_change_as_days_go_by() {
        let account = &accounts("ada")[2];
        let of = |today| {
            transactions(account, today, TRANSACTION_DAYS)
                .into_iter()
                .filter(|t| t.date == day(2026, 2, 14))
                .map(|t| t.id)
                .collect::<Vec<_>>()
        };
        assert!(!of(day(2026, 2, 20)).is_empty());
        assert_eq!(of(day(2026, 2, 20)), of(day(2026, 3, 2)));
    }
}
