//! ECR repositories.

use serde::Serialize;

/// An ECR repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// Repository name, `<prefix>/<key>`.
    pub name: String,
    /// Images kept; older ones expire.
    pub keep_last: u32,
    /// Images without a tag expire after this many days.
    pub expire_untagged_after_days: u32,
    /// Refuse to move a tag to another image.
    pub immutable_tags: bool,
    /// Scan images when they are pushed.
    pub scan_on_push: bool,
    /// Encrypt with the environment's key; otherwise AES256.
    pub environment_key: bool,
    /// Delete the images too when the repository is destroyed.
    pub force_delete: bool,
}

impl Registry {
    /// Takes off what would keep it from being destroyed.
    pub(super) fn unprotect(&mut self) {
        self.force_delete = true;
    }
}
