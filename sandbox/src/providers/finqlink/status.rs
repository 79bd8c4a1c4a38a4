//! The statuses of payments and consents.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// How far a payment or a consent has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, IntoStaticStr, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Status {
    Created,
    // of a consent
    Started,
    Requested,
    ScaUrlRetrieved,
    AwaitingAuthz,
    Authorized,
    Active,
    Revoked,
    Suspended,
    // of a payment
    Submitted,
    Completed,
    FundsReceived,
    FundsRejected,
    // of both
    Expired,
    Failed,
}

impl Status {
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the person has nothing more to do with the link.
    pub fn is_over(self) -> bool {
        !matches!(
            self,
            Self::Created | Self::Started | Self::Requested | Self::ScaUrlRetrieved | Self::AwaitingAuthz
        )
    }
}
