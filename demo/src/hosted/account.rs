//! Who is signed in at a hosted helpdesk, by a cookie of its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use deskgate_core::base64;

/// A demo has one visitor; whoever makes more sessions than this signs in again.
const MAX_SESSIONS: usize = 100;

/// What the helpdesk keeps of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) email: String,
    /// Everything that came, by name.
    pub(super) facts: Vec<(String, String)>,
}

/// The sessions of one helpdesk.
#[derive(Debug)]
pub(super) struct Sessions {
    cookie: &'static str,
    accounts: Mutex<BTreeMap<String, Account>>,
}

impl Sessions {
    pub(super) const fn new(cookie: &'static str) -> Self {
        Self { cookie, accounts: Mutex::new(BTreeMap::new()) }
    }

    /// Begins a session and answers its `Set-Cookie`.
    pub(super) fn begin(&self, account: Account) -> anyhow::Result<String> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy)?;
        let id = base64::encode_url(&entropy);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_SESSIONS {
            accounts.clear();
        }
        accounts.insert(id.clone(), account);
        Ok(format!("{}={id}; Path=/; HttpOnly; SameSite=Lax", self.cookie))
    }

    pub(super) fn account(&self, headers: &HeaderMap) -> Option<Account> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(self.id(headers)?).cloned()
    }

    pub(super) fn end(&self, headers: &HeaderMap) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = self.id(headers) {
            accounts.remove(id);
        }
    }

    fn id<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
        let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == self.cookie).map(|(_, id)| id)
    }
}
