//! ECR repositories.

use super::Resolver;
use crate::{
    Key, Registry,
    spec::{Path, RegistrySpec},
};

impl Resolver<'_> {
    pub(super) fn registry(&mut self, key: &Key, spec: &RegistrySpec, path: &Path) -> Registry {
        let defaults = self.defaults;
        Registry {
            name: self.names.repository(key),
            keep_last: self.or_profile(&path.key("keep_last"), spec.keep_last, defaults.registry_keep_last),
            expire_untagged_after_days: self.or_profile(
                &path.key("expire_untagged_after_days"),
                spec.expire_untagged_after_days,
                defaults.registry_expire_untagged_after_days,
            ),
            immutable_tags: self.or_profile(
                &path.key("immutable_tags"),
                spec.immutable_tags,
                defaults.registry_immutable_tags,
            ),
            scan_on_push: self.or_profile(&path.key("scan"), spec.scan, defaults.registry_scan),
            environment_key: self.own_key(&path.key("encryption"), spec.encryption),
            force_delete: self.force_destroy(&path.key("force_destroy"), spec.force_destroy),
        }
    }
}
