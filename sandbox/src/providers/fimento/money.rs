//! The money of the two test customers: six months in which all goes well, and six in which it does not.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;

use crate::bank;

/// A transaction; money that leaves the account is negative. Amounts are in öre or cents.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub id: String,
    pub date: NaiveDate,
    pub amount: i64,
    pub description: &'static str,
    pub category: &'static str,
    pub account: usize,
}

/// Name, type and balance.
pub(crate) struct Account {
    pub name: &'static str,
    pub kind: &'static str,
    pub number: &'static str,
    pub balance: i64,
}

/// How many days of transactions are fetched.
pub(crate) const DAYS: u64 = 183;

/// On which day of the month, what, category, amount.
type Monthly = (u32, &'static str, &'static str, i64);
/// What, category, from and to, once in how many days.
type Now = (&'static str, &'static str, i64, i64, u32);

const GOOD_MONTHLY: [Monthly; 8] = [
    (25, "Lön Björkdal Teknik", "income", 3_451_200),
    (27, "Hyra Kvarnvägen 3", "housing", -982_000),
    (27, "Överföring till sparkonto", "savings", -400_000),
    (28, "Elnät Mälardalen", "housing", -61_400),
    (1, "Hemförsäkring Tryggare", "insurance", -18_900),
    (2, "Månadskort SL", "transport", -97_000),
    (5, "Bredband Fibra", "subscriptions", -39_900),
    (18, "Barnbidrag", "income", 125_000),
];
const GOOD_NOW: [Now; 5] = [
    ("Matbutiken Torget", "groceries", 12_000, 74_000, 2),
    ("Café Blå Dörren", "restaurants", 4_500, 13_500, 4),
    ("Krogen Ankaret", "restaurants", 21_000, 58_000, 9),
    ("Apotek Linden", "health", 6_900, 31_000, 14),
    ("Bokhandeln Sidan", "shopping", 12_900, 64_000, 16),
];

const BAD_MONTHLY: [Monthly; 8] = [
    (20, "Aktivitetsstöd", "income", 1_121_400),
    (27, "Hyra Stationsgatan 9", "housing", -894_000),
    (28, "Snabblån Kredix, amortering", "loans", -212_000),
    (29, "Inkasso Fordran AB", "debt-collection", -148_500),
    (30, "Övertrasseringsavgift", "fees", -12_500),
    (3, "Snabblån Kredix, utbetalning", "loans-received", 300_000),
    (14, "Smslån Vips, utbetalning", "loans-received", 150_000),
    (24, "Smslån Vips, amortering", "loans", -178_000),
];
const BAD_NOW: [Now; 4] = [
    ("Casino Lyckan", "gambling", 10_000, 80_000, 4),
    ("Spelbolaget Odds", "gambling", 5_000, 40_000, 6),
    ("Matbutiken Torget", "groceries", 8_000, 39_000, 4),
    ("Uttag kontantautomat", "cash", 20_000, 60_000, 10),
];

const GOOD_ACCOUNTS: [Account; 2] = [
    account("Lönekonto", "current", "8327-9 994 204 351-7", 4_861_200),
    account("Sparkonto", "savings", "8327-9 994 204 352-5", 18_240_000),
];
const BAD_ACCOUNTS: [Account; 1] = [account("Privatkonto", "current", "6789 123 456 789", -41_280)];

const fn account(name: &'static str, kind: &'static str, number: &'static str, balance: i64) -> Account {
    Account { name, kind, number, balance }
}

/// The accounts of the customer with good or with bad data.
pub(crate) fn accounts(good: bool) -> &'static [Account] {
    if good { &GOOD_ACCOUNTS } else { &BAD_ACCOUNTS }
}

/// The last half year, the newest first.
pub(crate) fn transactions(good: bool, today: NaiveDate) -> Vec<Transaction> {
    let seed = if good { "fimento-good" } else { "fimento-bad" };
    let (monthly, now): (&[Monthly], &[Now]) =
        if good { (&GOOD_MONTHLY, &GOOD_NOW) } else { (&BAD_MONTHLY, &BAD_NOW) };
    let mut all = Vec::new();
    for back in 0..DAYS {
        let date = today - Days::new(back);
        // of the day alone, so that tomorrow's answer has the same past
        let mut random = bank::random(seed, &date.to_string());
        let mut add = |amount, description, category, account| {
            let id = format!("{:016x}", bank::hash(&format!("{seed}{date}{description}{account}")));
            all.push(Transaction { id, date, amount, description, category, account });
        };
        for &(_, description, category, amount) in monthly.iter().filter(|(day, ..)| *day == date.day()) {
            add(amount, description, category, 0);
            if category == "savings" {
                add(-amount, description, "savings", 1);
            }
        }
        for &(description, category, from, to, days) in now {
            if random.random_ratio(1, days) {
                add(-random.random_range(from..to), description, category, 0);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_customers_differ_and_stay_the_same() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        for good in [true, false] {
            let rows = |today| transactions(good, today).into_iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(rows(today), rows(today));
            assert!(rows(today).len() > 60);
        }
        let has = |good, category| transactions(good, today).iter().any(|row| row.category == category);
        assert!(has(false, "gambling") && !has(true, "gambling"));
        assert!(has(true, "savings") && !has(false, "savings"));
    }
}
