//! The names used by errors and everything else: the providers, and the user's steps.

use serde::{Deserialize, Serialize};

/// The one list of the providers, each with its file. `registry!(make)` passes it to the macro `make`: here to define
/// their names, in `mod.rs` to find their protocols.
macro_rules! registry {
    ($make:ident) => {
        $make! {
            /// Fiskil, Australia.
            Fiskil => fiskil;
            /// Flinks Connect, Canada.
            Flinks => flinks;
            /// finX, Germany.
            Finx => finx;
            /// FinqLink, Romania.
            Finqlink => finqlink;
            /// Fimento, Sweden and Finland.
            Fimento => fimento;
        }
    };
}
pub(super) use registry;

macro_rules! names {
    ($($(#[$doc:meta])* $provider:ident => $file:ident;)*) => {
        /// An open-banking provider.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Provider {
            $($(#[$doc])* $provider,)*
        }

        impl Provider {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$provider,)*];

            /// Its name in JavaScript, such as `fiskil`: that of its file.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$provider => stringify!($file),)*
                }
            }
        }
    };
}

registry!(names);

/// How far the user has got, in the same terms for every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// The provider's page has started.
    Loaded,
    /// The user picks a bank.
    Institution,
    /// The user signs in at the bank.
    Credentials,
    /// The user passes a second check, such as a code or a question.
    Mfa,
    /// The user picks accounts.
    Accounts,
    /// The user is asked to agree.
    Consent,
    /// Something went wrong, and the user can try again: another password, another bank.
    Retry,
    /// The user continues in a window of the bank, or the browser blocked that window.
    Handoff,
    /// The provider's page is offline.
    Offline,
    /// The provider's page is online again.
    Online,
    /// Anything else: [`Step::provider_step`](crate::Step::provider_step) says what.
    Other,
}

impl StepKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Loaded,
        Self::Institution,
        Self::Credentials,
        Self::Mfa,
        Self::Accounts,
        Self::Consent,
        Self::Retry,
        Self::Handoff,
        Self::Offline,
        Self::Online,
        Self::Other,
    ];

    /// Its name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Institution => "institution",
            Self::Credentials => "credentials",
            Self::Mfa => "mfa",
            Self::Accounts => "accounts",
            Self::Consent => "consent",
            Self::Retry => "retry",
            Self::Handoff => "handoff",
            Self::Offline => "offline",
            Self::Online => "online",
            Self::Other => "other",
        }
    }
}

impl std::fmt::Display for StepKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the user stopped, if the provider reported it: [`LinkError::last_step`](crate::LinkError::last_step).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastStep {
    /// The step, in terms common to all providers.
    pub step: StepKind,
    /// The step's name at the provider.
    pub provider_step: String,
    /// The bank that the user had picked, by the provider's name.
    pub institution: Option<String>,
}
