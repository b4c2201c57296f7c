//! Secrets with random values.

use super::{Conflict, Resolver};
use crate::{
    GeneratedSecret, Key,
    spec::{GeneratedSecretSpec, Path, SecretAlphabet},
};

/// More than 230 bits with letters and digits.
const DEFAULT_LENGTH: u16 = 40;

impl Resolver<'_> {
    pub(super) fn generated_secret(
        &mut self,
        key: &Key,
        spec: &GeneratedSecretSpec,
        path: &Path,
    ) -> GeneratedSecret {
        let recovery = path.key("recovery_days");
        if self.protected && spec.recovery_days == Some(0) {
            let message = "can't be 0 while lifecycle.deletion_protection is on: a secret that is deleted at once is \
                           lost; use 7 to 30";
            let conflict = Conflict::new(recovery.clone(), message);
            self.conflict(conflict.with(super::lifecycle::switch()));
        }
        GeneratedSecret {
            name_prefix: self.names.secret(key),
            length: self.or_default(&path.key("length"), spec.length, DEFAULT_LENGTH),
            alphabet: self.or_default(&path.key("alphabet"), spec.alphabet, SecretAlphabet::Alphanumeric),
            keys: spec.keys.clone().unwrap_or_default(),
            version: self.or_default(&path.key("version"), spec.version, 1),
            recovery_days: self.or_profile(&recovery, spec.recovery_days, self.defaults.secret_recovery_days),
        }
    }
}
