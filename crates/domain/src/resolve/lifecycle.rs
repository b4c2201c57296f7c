//! How an environment lives and ends.

use serde::Serialize;

use super::{Conflict, Resolver};
use crate::{
    profile::{APPROVAL, DATA_ON_DESTROY},
    spec::{ApprovalPolicy, DataOnDestroy, Minutes, Path},
};

/// How an environment lives and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LifecyclePolicy {
    /// Destroyed so many seconds after it was created or last changed.
    pub ttl_seconds: Option<u64>,
    /// Refuse to destroy it.
    pub deletion_protection: bool,
    /// When a plan waits for a person.
    pub approval: ApprovalPolicy,
    /// What becomes of the data at the end.
    pub on_destroy: DataOnDestroy,
}

/// Where the one switch against deletion stands.
pub(super) fn switch() -> Path {
    Path::root().key("lifecycle").key("deletion_protection")
}

impl Resolver<'_> {
    /// Whether data goes with a thing that is taken out of the file: the opposite of what `lifecycle.deletion_protection`
    /// promises. `path` is that of the switch.
    pub(super) fn force_destroy(&mut self, path: &Path, given: Option<bool>) -> bool {
        if self.protected && given == Some(true) {
            let message =
                "can't be on while lifecycle.deletion_protection is; leave it out, or turn that off";
            self.conflict(Conflict::new(path.clone(), message).with(switch()));
        }
        self.or_default(path, given, false)
    }

    pub(super) fn policy(&mut self) -> LifecyclePolicy {
        let spec = self.spec.lifecycle.clone().unwrap_or_default();
        let path = Path::root().key("lifecycle");
        let defaults = self.defaults;
        let protection = switch();
        if spec.ttl.is_some() && spec.deletion_protection == Some(true) {
            let message =
                "can't be on together with a ttl, which has to destroy the environment; drop one of them";
            self.conflict(Conflict::new(protection.clone(), message).with(path.key("ttl")));
        }
        let deletion_protection = if spec.ttl.is_some() {
            self.or_because(&protection, spec.deletion_protection, false, "because lifecycle.ttl")
        } else {
            self.or_profile(&protection, spec.deletion_protection, defaults.deletion_protection)
        };
        LifecyclePolicy {
            ttl_seconds: spec.ttl.map(Minutes::as_seconds),
            deletion_protection,
            approval: self.or_default(&path.key("approval"), spec.approval, APPROVAL),
            on_destroy: self.or_default(
                &path.key("on_destroy").key("data"),
                spec.on_destroy.unwrap_or_default().data,
                DATA_ON_DESTROY,
            ),
        }
    }
}
