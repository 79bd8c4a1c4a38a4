//! How far a person has come in Flinks Connect.

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    Consent,
    Institutions,
    Credentials { institution: &'static str },
    Bank { institution: &'static str },
    Mfa { institution: &'static str, username: String },
    Accounts { institution: &'static str, username: String },
    Over,
}

impl Stage {
    /// The bank that the person is at.
    pub fn institution(&self) -> Option<&'static str> {
        match self {
            Self::Credentials { institution }
            | Self::Bank { institution }
            | Self::Mfa { institution, .. }
            | Self::Accounts { institution, .. } => Some(institution),
            Self::Consent | Self::Institutions | Self::Over => None,
        }
    }
}
