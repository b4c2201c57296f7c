//! Entries of Secrets Manager with random values.

use serde::Serialize;

use super::OnDestroy;
use crate::spec::SecretAlphabet;

/// An entry of Secrets Manager with a random value. Encrypted with the environment's key where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GeneratedSecret {
    /// How its name begins; AWS keeps a deleted entry and its name for a while, so the rest is new every time.
    pub name_prefix: String,
    /// Characters of a value.
    pub length: u16,
    /// Of which characters.
    pub alphabet: SecretAlphabet,
    /// Keys of a JSON object with a value for each; empty for a single value.
    pub keys: Vec<String>,
    /// A higher one brings new values.
    pub version: u32,
    /// Days for which it can be restored after it was deleted: 7 to 30, or 0.
    pub recovery_days: u8,
}

impl GeneratedSecret {
    /// Says what becomes of it when it is destroyed: it can be restored for a while, or it is gone.
    pub(super) fn unprotect(&mut self, data: OnDestroy<'_>) {
        if data == OnDestroy::Delete {
            self.recovery_days = 0;
        }
    }
}
