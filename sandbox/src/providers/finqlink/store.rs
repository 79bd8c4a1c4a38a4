//! What the simulated provider remembers: in memory, for as long as it runs.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::link::Link;
use crate::tokens::Tokens;

/// A refresh of a consent's data.
#[derive(Clone)]
pub(crate) struct Job {
    pub id: Uuid,
    pub consent_id: Uuid,
    pub completed: bool,
    pub created_at: DateTime<Utc>,
}

#[derive(Default)]
pub(crate) struct Tables {
    pub tokens: Tokens<()>,
    /// `jti` of every assertion that was used.
    pub assertions: HashSet<String>,
    pub links: HashMap<Uuid, Link>,
    pub jobs: HashMap<Uuid, Job>,
}

impl Tables {
    /// By its public ID.
    pub fn link_on_the_web(&mut self, web_id: &str) -> Option<&mut Link> {
        self.links.values_mut().find(|link| link.web_id == web_id)
    }
}
