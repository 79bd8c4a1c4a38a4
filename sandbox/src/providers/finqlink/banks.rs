//! The three banks of the sandbox, their test customers, and these people's money.

use chrono::{Days, NaiveDate, Utc};
use rand::RngExt;
use serde_json::{Value, json};

use crate::bank;

/// A bank: `provider_id`, its name, and the test customer that the provider's quick start names.
pub(crate) struct Bank {
    pub id: &'static str,
    pub name: &'static str,
    /// What its sign-in asks for: name of the field, label, the test customer's value.
    pub fields: &'static [Field],
    /// Asked for after the sign-in.
    pub pin: Option<&'static str>,
    /// The test customer's account.
    pub iban: &'static str,
}

/// A field of a bank's sign-in.
pub(crate) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub value: &'static str,
    pub secret: bool,
}

const fn field(name: &'static str, label: &'static str, value: &'static str, secret: bool) -> Field {
    Field { name, label, value, secret }
}

/// The user name of a bank is the first of its fields.
pub(crate) const BANKS: [Bank; 3] = [
    Bank {
        id: "bt_ro",
        name: "Banca Transilvania",
        fields: &[
            field("username", "User name", "testbt", false),
            field("password", "Password", "testbt", true),
        ],
        pin: Some("1234567"),
        iban: "RO17BTRLRONCRT0263514401",
    },
    Bank {
        id: "cec_ro",
        name: "CEC Bank",
        fields: &[
            field("username", "User name", "testcecapi", false),
            field("password", "Password", "testcecapi", true),
            field("iban", "IBAN", "RO42CECEAG0202RON0007466", false),
        ],
        pin: None,
        iban: "RO42CECEAG0202RON0007466",
    },
    Bank {
        id: "rzb_ro",
        name: "Raiffeisen Bank",
        fields: &[
            field("psu_id", "PSU ID", "9999999998", false),
            field("iban", "IBAN of your account", "RO03RZBR0000069999999999", false),
        ],
        pin: None,
        iban: "RO03RZBR0000069999999999",
    },
];

/// To whom the sandbox's payments go: rzb_ro's test creditor.
pub(crate) const CREDITOR_IBAN: &str = "RO10RZBR0000069999999970";

pub(crate) fn find(id: &str) -> Option<&'static Bank> {
    BANKS.iter().find(|bank| bank.id == id)
}

/// An account. Amounts are in bani.
#[derive(Clone)]
pub(crate) struct Account {
    pub id: String,
    pub iban: String,
    pub name: &'static str,
    pub kind: &'static str,
    pub currency: &'static str,
    pub balance: i64,
}

/// A transaction; money that leaves the account is negative.
pub(crate) struct Transaction {
    pub id: String,
    pub date: NaiveDate,
    pub amount: i64,
    pub info: &'static str,
    pub pending: bool,
}

/// How many days of transactions and balances there are.
const DAYS: u64 = 90;

/// What, from and to in bani, once in how many days.
const SPENDING: [(&str, i64, i64, u32); 7] = [
    ("Mega Piata, Cluj-Napoca", 3_500, 28_000, 3),
    ("CTP abonament", 3_000, 11_000, 12),
    ("Cafeneaua din Colt", 1_100, 3_800, 2),
    ("Restaurant Vatra", 6_000, 24_000, 7),
    ("Statie carburanti DN1", 15_000, 38_000, 9),
    ("Farmacia Tei Verde", 2_200, 14_000, 13),
    ("Electrica, factura", 9_000, 31_000, 30),
];

/// The accounts of a bank's test customer: one in lei, one to save, one in euro.
pub(crate) fn accounts(bank: &Bank) -> Vec<Account> {
    [
        ("Cont curent", "current", "RON", 640_000),
        ("Cont de economii", "savings", "RON", 2_300_000),
        ("Cont in valuta", "current", "EUR", 85_000),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (name, kind, currency, balance))| {
        let id = format!("{}-{index}", bank.id);
        let mut random = bank::random(&id, "account");
        let iban = match index {
            0 => bank.iban.to_owned(),
            _ => iban(&bank.iban[4..8], &format!("{:016}", random.random_range(0..10_u64.pow(16)))),
        };
        Account { id, iban, name, kind, currency, balance: balance + random.random_range(0..90_000) }
    })
    .collect()
}

/// Accounts as they stood at the end of each of the last days, the newest first.
pub(crate) fn balances(account: &Account) -> Vec<(NaiveDate, i64)> {
    let today = Utc::now().date_naive();
    let all = transactions(account);
    let mut balance = account.balance;
    (0..DAYS)
        .map(|back| {
            let date = today - Days::new(back);
            let then = balance;
            balance -=
                all.iter().filter(|row| row.date == date && !row.pending).map(|row| row.amount).sum::<i64>();
            (date, then)
        })
        .collect()
}

/// The last 90 days of an account, the newest first. Those of today are pending.
pub(crate) fn transactions(account: &Account) -> Vec<Transaction> {
    let today = Utc::now().date_naive();
    let mut all = Vec::new();
    for back in 0..DAYS {
        let date = today - Days::new(back);
        // of the day alone, so that tomorrow's answer has the same past
        let mut random = bank::random(&account.id, &date.to_string());
        let mut add = |amount, info| {
            let id = format!("{:016x}", bank::hash(&format!("{}{date}{info}", account.id)));
            all.push(Transaction { id, date, amount, info, pending: back == 0 });
        };
        match (account.kind, account.currency) {
            ("savings", _) => {
                if chrono::Datelike::day(&date) == 1 {
                    add(random.random_range(4_000..9_000), "Dobanda");
                }
            }
            (_, "EUR") => {
                if random.random_ratio(1, 15) {
                    add(-random.random_range(900..12_000), "Hotel Lumina");
                }
            }
            _ => {
                match chrono::Datelike::day(&date) {
                    10 => add(812_000, "Salariu Arin Studio"),
                    12 => add(-240_000, "Chirie strada Teilor 8"),
                    _ => {}
                }
                for (info, from, to, days) in SPENDING {
                    if random.random_ratio(1, days) {
                        add(-random.random_range(from..to), info);
                    }
                }
            }
        }
    }
    all
}

/// How a bank takes payments: who pays, and by which scheme.
const PAYMENT_METHODS: [(&[&str], &str); 2] =
    [(&["retail"], "domestic"), (&["retail", "corporate"], "instant")];
/// How a bank gives account data: to whose accounts, and in which environment.
const AIS_METHODS: [(&[&str], &str); 3] =
    [(&["retail"], "sandbox"), (&["retail"], "prod"), (&["corporate"], "prod")];
const INTERFACE: &str = "psd2";

/// A bank as `providers/list` describes it; `options` are those of the request. guess: the filter leaves out methods, not banks.
pub(crate) fn listing(bank: &Bank, options: &Value) -> Value {
    let methods = PAYMENT_METHODS.map(|(remitters, scheme)| payment_method(&json!(remitters), scheme));
    let mut row = described(bank, &methods);
    if options["show_ais_methods"] == true {
        let filter = &options["ais_methods_filter"];
        // one value or several, any of which will do
        let wants = |name: &str, own: &[&str]| match &filter[name] {
            Value::Null => true,
            Value::Array(values) => values.iter().any(|value| own.iter().any(|own| value == own)),
            value => own.iter().any(|own| value == own),
        };
        let methods = AIS_METHODS.iter().filter(|(owners, environment)| {
            wants("account_owner_type", owners)
                && wants("interface_type", &[INTERFACE])
                && wants("interface_env", &[environment])
        });
        row["ais_methods"] = methods
            .map(|(owners, environment)| {
                json!({
                    "account_owner_type": owners,
                    "interface_type": INTERFACE,
                    "interface_env": environment,
                })
            })
            .collect();
    }
    row
}

/// The same in `/v1`: a method for each remitter, who is a string.
pub(crate) fn listing_v1(bank: &Bank) -> Value {
    let methods = PAYMENT_METHODS.iter().flat_map(|(remitters, scheme)| {
        remitters.iter().map(|remitter| payment_method(&json!(remitter), scheme))
    });
    described(bank, &methods.collect::<Vec<_>>())
}

fn payment_method(remitter_type: &Value, scheme: &str) -> Value {
    json!({ "remitter_type": remitter_type, "payment_scheme": scheme, "env": "sandbox" })
}

fn described(bank: &Bank, payment_methods: &[Value]) -> Value {
    json!({
        "provider_id": bank.id,
        "name": bank.name,
        "country": "RO",
        "payment_methods": payment_methods,
    })
}

/// A Romanian IBAN with its check digits, ISO 13616.
fn iban(bank: &str, number: &str) -> String {
    format!("RO{:02}{bank}{number}", 98 - mod_97(&format!("{bank}{number}RO00")))
}

/// Whether a text is an IBAN with the right check digits.
pub(crate) fn is_iban(text: &str) -> bool {
    (15..=34).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && mod_97(&format!("{}{}", &text[4..], &text[..4])) == 1
}

fn mod_97(text: &str) -> u32 {
    text.chars()
        .map(|letter| letter.to_digit(36).expect("letters and digits"))
        .fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_has_an_iban_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for bank in &BANKS {
            for account in accounts(bank) {
                assert!(is_iban(&account.iban), "{}", account.iban);
                assert_eq!(account.iban.len(), 24);
                assert!(seen.insert(account.iban));
            }
        }
        assert!(is_iban(CREDITOR_IBAN));
        assert!(!is_iban("RO11RZBR0000069999999970"));
        assert!(!is_iban("ro10"));
    }

    #[test]
    fn the_balance_of_today_is_the_accounts_own() {
        let account = &accounts(&BANKS[0])[0];
        assert_eq!(balances(account)[0].1, account.balance);
        assert!(transactions(account).len() > 80);
    }
}
