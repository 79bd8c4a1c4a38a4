//! A data collection process, and the statuses that it goes through.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use rand::RngExt;
use serde_json::{Value, json};
use strum::{EnumMessage, IntoStaticStr};

use super::scenario::Scenario;
use crate::tokens::random;

/// How long a consent link may stay unused.
const LINK_LIFETIME: Duration = Duration::hours(24);

/// A status of the whole process, `consentFlowStatus`, or of one bank in it, `customerBankConsent[].status`.
/// Beside its name the provider says what it means.
#[derive(Clone, Copy, Debug, EnumMessage, Eq, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "camelCase")]
pub(crate) enum Code {
    #[strum(message = "Created - No banks added")]
    Created,
    #[strum(message = "Consent link opened")]
    ConsentLinkOpened,
    #[strum(message = "Customer has approved consent")]
    CustomerApprovedConsent,
    #[strum(message = "Customer has denied/revoked consent")]
    CustomerDeniedConsent,
    #[strum(message = "Categorising transaction data - Started")]
    CategorisationStarted,
    #[strum(message = "Categorising transaction data - Done")]
    CategorisationDone,
    #[strum(message = "Generate insights - Started")]
    InsightsStarted,
    #[strum(message = "Customer has approved consent and insights is generated")]
    Completed,
    #[strum(message = "Auth error")]
    AuthError,
    #[strum(message = "Bank added, not completed auth flow")]
    BankAddedNotCompletedAuthFlow,
    #[strum(message = "Bank added, completed auth flow")]
    BankAddedCompletedAuthFlow,
    #[strum(message = "Fetching transactions - Started")]
    FetchingTransactionsStarted,
    #[strum(message = "Fetching transactions - Done")]
    FetchingTransactionsDone,
}

impl Code {
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The statuses so far; there is always one.
#[derive(Clone, Debug)]
pub(crate) struct History(Vec<(Code, DateTime<Utc>)>);

impl History {
    fn starting(code: Code) -> Self {
        Self(vec![(code, Utc::now())])
    }

    pub fn current(&self) -> Code {
        self.0[self.0.len() - 1].0
    }

    pub fn add(&mut self, code: Code) {
        self.0.push((code, Utc::now()));
    }

    fn to_json(&self) -> Value {
        let all: Vec<Value> = self.0.iter().map(|(code, at)| status(*code, *at)).collect();
        json!({ "current": all[all.len() - 1], "history": all })
    }
}

/// One status as the API writes it.
pub(crate) fn status(code: Code, at: DateTime<Utc>) -> Value {
    let mut row = json!({ "code": code.name(), "desc": code.get_message(), "timestamp": time(at) });
    if code == Code::AuthError {
        row["isError"] = true.into();
        row["errorMessage"] = "The bank refused the sign-in".into();
    }
    row
}

pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A bank that the person has chosen.
#[derive(Clone, Debug)]
pub(crate) struct CustomerBank {
    pub name: &'static str,
    pub history: History,
    pub consent_given_at: Option<DateTime<Utc>>,
    flow_status_id: String,
}

/// What a person's link leads to. A process has one at a time.
#[derive(Clone, Debug)]
pub(crate) struct ConsentLink {
    pub token: String,
    pub expires_at: DateTime<Utc>,
    /// The bank refused the sign-in: the link is over, and a new one opens.
    pub failed: bool,
}

/// Whether the person lets the merchant have the data: the field `consent`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decision {
    Approved,
    Revoked,
}

#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub id: String,
    pub partner_bank_id: String,
    pub social_security_number: Option<String>,
    pub company_id: Option<String>,
    pub market: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub redirect_url: Option<String>,
    pub data_collection_type: String,
    pub psu_type: Option<String>,
    pub broker_banks: Vec<Value>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub history: History,
    flow_status_id: String,
    pub banks: Vec<CustomerBank>,
    pub decision: Option<Decision>,
    pub link: ConsentLink,
    /// Sandbox only: the page then plays it by itself.
    pub scenario: Option<Scenario>,
    /// The person has typed the security code.
    pub signed_in: bool,
    /// The data was computed once, and has not been deleted.
    pub has_insights: bool,
}

impl Process {
    /// A new process: what the request does not say is filled in by the caller.
    pub fn new(partner_bank_id: &str, market: String, data_collection_type: String) -> Self {
        let now = Utc::now();
        Self {
            id: object_id(),
            partner_bank_id: partner_bank_id.into(),
            social_security_number: None,
            company_id: None,
            market,
            first_name: None,
            last_name: None,
            redirect_url: None,
            data_collection_type,
            psu_type: None,
            broker_banks: Vec::new(),
            created_at: now,
            updated_at: now,
            history: History::starting(Code::Created),
            flow_status_id: object_id(),
            banks: Vec::new(),
            decision: None,
            link: new_link(),
            scenario: None,
            signed_in: false,
            has_insights: false,
        }
    }

    /// The consent link can be opened: it is in date and nothing has come of it yet.
    pub fn is_open(&self) -> bool {
        self.link.expires_at > Utc::now() && self.is_unused()
    }

    /// The person has not decided, and the bank has not refused them.
    pub fn is_unused(&self) -> bool {
        self.decision.is_none() && !self.link.failed
    }

    /// Everything about the person goes.
    pub fn forget_the_person(&mut self) {
        self.banks.clear();
        self.has_insights = false;
        self.social_security_number = None;
        self.company_id = None;
        self.first_name = None;
        self.last_name = None;
    }

    pub fn renew_link(&mut self) {
        self.link = new_link();
    }

    /// Another consent flow, for another bank.
    pub fn start_over(&mut self) {
        self.history = History::starting(Code::Created);
        self.flow_status_id = object_id();
        self.decision = None;
        self.signed_in = false;
        self.link = new_link();
    }

    /// The person has chosen a bank. Choosing again replaces one that was not signed in to.
    pub fn add_bank(&mut self, name: &'static str) {
        self.signed_in = false;
        self.banks.retain(|bank| bank.history.current() != Code::BankAddedNotCompletedAuthFlow);
        self.banks.push(CustomerBank {
            name,
            history: History::starting(Code::BankAddedNotCompletedAuthFlow),
            consent_given_at: None,
            flow_status_id: self.flow_status_id.clone(),
        });
    }

    /// The body of the documentation.
    pub fn to_json(&self) -> Value {
        let banks: Vec<Value> = self
            .banks
            .iter()
            .map(|bank| {
                json!({
                    "customerBank": { "name": bank.name, "country": self.market },
                    "status": bank.history.to_json(),
                    "consentGivenAt": bank.consent_given_at.map(time),
                    "consentFlowStatusId": bank.flow_status_id,
                })
            })
            .collect();
        let decision = self.decision.map(|decision| match decision {
            Decision::Approved => "approved",
            Decision::Revoked => "revoked",
        });
        let mut flow = self.history.to_json();
        flow["consent"] = json!(decision);
        flow["_id"] = self.flow_status_id.as_str().into();
        json!({
            "_id": self.id,
            "consentFlowStatuses": banks,
            "consentFlowStatus": flow,
            "market": self.market,
            "partnerBank": self.partner_bank_id,
            "socialSecurityNumber": self.social_security_number,
            "companyId": self.company_id,
            "createdAt": time(self.created_at),
            "customerBankConsent": banks,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "consent": decision,
            "updatedAt": time(self.updated_at),
            "dataCollectionType": self.data_collection_type,
            "brokerBanks": self.broker_banks,
            "psuType": self.psu_type,
            "redirectUrl": self.redirect_url,
        })
    }

    pub fn link_url(&self, origin: &str) -> String {
        format!("{origin}/consent/{}", self.link.token)
    }
}

/// 24 hexadecimal digits, as the provider's IDs are.
pub(crate) fn object_id() -> String {
    hex::encode(rand::rng().random::<[u8; 12]>())
}

fn new_link() -> ConsentLink {
    ConsentLink { token: random(27), expires_at: Utc::now() + LINK_LIFETIME, failed: false }
}
