//! The shop's accounts at real providers, as they are read from the environment.

#[path = "../../sandbox/tests/common/mod.rs"]
mod common;
mod shop;

use demo::{Config, Demo};
use shop::config;

/// What is wrong with these variables, or nothing.
fn said(variables: &[(&str, &str)]) -> String {
    let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let started = Demo::start(Config { environment, ..config() });
    started.err().map(|error| format!("{error:#}")).unwrap_or_default()
}

/// Whole accounts. Any file will do for a key that is not used.
const WHOLE: [&[(&str, &str)]; 5] = [
    &[("FISKIL_CLIENT_ID", "id"), ("FISKIL_CLIENT_SECRET", "s3cret"), ("FISKIL_WEBHOOK_SECRET", "s3cret")],
    &[("FLINKS_INSTANCE", "toolbox"), ("FLINKS_CUSTOMER_ID", "id"), ("FLINKS_SECRET_KEY", "s3cret")],
    &[("FINX_CLIENT_ID", "id"), ("FINX_CLIENT_SECRET", "s3cret")],
    &[
        ("FINQLINK_CLIENT_ID", "id"),
        ("FINQLINK_PRIVATE_KEY_FILE", "Cargo.toml"),
        ("FINQLINK_KEY_ID", "kid"),
        ("FINQLINK_BASE_URL", "https://pay.example/"),
    ],
    &[
        ("FIMENTO_NAME", "user"),
        ("FIMENTO_PASSWORD", "s3cret"),
        ("FIMENTO_PARTNER_BANK_ID", "605c"),
        ("FIMENTO_BASE_URL", "https://api.example/"),
    ],
];

#[tokio::test]
async fn a_whole_account_makes_its_provider_the_real_one() {
    for (account, provider) in WHOLE.iter().zip(sandbox::PROVIDERS) {
        let environment = account.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let demo = Demo::start(Config { environment, ..config() }).unwrap();
        assert_eq!(demo.live, [provider.id]);
    }
    assert_eq!(said(&[("FISKIL_CLIENT_ID", "")]), "", "an empty one counts as none");
}

#[tokio::test]
async fn a_part_of_an_account_says_what_is_missing() {
    for account in WHOLE {
        for (missing, _) in account {
            let rest: Vec<_> = account.iter().filter(|(name, _)| name != missing).copied().collect();
            let set = rest[0].0;
            assert_eq!(said(&rest), format!("{set} is set, so {missing} must be set too"));
        }
    }
}

#[tokio::test]
async fn a_url_that_is_none_and_a_key_that_is_not_there_are_said() {
    for (account, name) in [
        (0, "FISKIL_BASE_URL"),
        (1, "FLINKS_CONNECT_URL"),
        (2, "FINX_BASE_URL"),
        (3, "FINQLINK_TOKEN_URL"),
        (4, "FIMENTO_WEBHOOK_URL"),
    ] {
        let mut account = WHOLE[account].to_vec();
        account.push((name, "api.example"));
        assert_eq!(said(&account), format!("{name} must be an http or https URL"));
    }
    let mut without_key = WHOLE[3].to_vec();
    without_key[1].1 = "no-such-file.pem";
    assert!(said(&without_key).starts_with("FINQLINK_PRIVATE_KEY_FILE cannot be read"));
}
