//! The names that errors and everything else speak of: the providers, and the steps of a user on the way.

use serde::{Deserialize, Serialize};

/// The one list of the providers, each with its file: `registry!(make)` calls the macro `make` with it, once here for what
/// they are called and once in `mod.rs` for what they say.
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

/// Where a user is on the way to a connection, the same words for every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// The provider's page has begun.
    Loaded,
    /// A bank is to be picked, or is.
    Institution,
    /// The bank's credentials are asked for, or given.
    Credentials,
    /// A further factor is asked for, or given.
    Mfa,
    /// Accounts are to be picked, or are.
    Accounts,
    /// The terms or the consent are shown, or answered.
    Consent,
    /// Something failed that the user can try again.
    Retry,
    /// The bank's own page takes over, in a window of its own.
    Handoff,
    /// The user's device has lost its connection.
    Offline,
    /// It is back.
    Online,
    /// Any other; [`Step::provider_step`](crate::Step::provider_step) has its name.
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

/// Where the user stopped, as far as the provider told: [`LinkError::last_step`](crate::LinkError::last_step).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastStep {
    /// In the words that all providers share.
    pub step: StepKind,
    /// In the provider's own.
    pub provider_step: String,
    /// The bank that the user had picked, by the provider's name.
    pub institution: Option<String>,
}
