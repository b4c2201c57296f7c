//! S3 buckets.

use super::{Conflict, DEFAULT, Resolver};
use crate::{
    Bucket, BucketEncryption, BucketLifecycle, Key,
    spec::{BucketSpec, Path},
};

impl Resolver<'_> {
    pub(super) fn bucket(&mut self, key: &Key, spec: &BucketSpec, path: &Path) -> Bucket {
        let defaults = self.defaults;
        let versioning =
            self.or_profile(&path.key("versioning"), spec.versioning, defaults.bucket_versioning);
        let own_key = self.own_key(&path.key("encryption"), spec.encryption);
        Bucket {
            name: self.names.bucket(key),
            versioning,
            encryption: if own_key { BucketEncryption::EnvironmentKey } else { BucketEncryption::S3Managed },
            lifecycle: self.bucket_lifecycle(spec, versioning, path),
            force_destroy: self.or_because(&path.key("force_destroy"), spec.force_destroy, false, DEFAULT),
        }
    }

    fn bucket_lifecycle(&mut self, spec: &BucketSpec, versioning: bool, path: &Path) -> BucketLifecycle {
        let given = spec.lifecycle.clone().unwrap_or_default();
        let here = path.key("lifecycle");
        if let (Some(glacier), Some(expire)) = (given.glacier_after_days, given.expire_after_days)
            && expire <= glacier
        {
            let message = format!("{expire} must be more than glacier_after_days, which is {glacier}");
            self.conflict(
                Conflict::new(here.key("expire_after_days"), message).with(here.key("glacier_after_days")),
            );
        }
        let old_versions = here.key("expire_old_versions_after_days");
        let expire_old_versions_after_days = if versioning {
            let default = self.defaults.expire_old_versions_after_days;
            Some(self.or_profile(&old_versions, given.expire_old_versions_after_days, default))
        } else {
            if given.expire_old_versions_after_days.is_some() {
                let message =
                    "there are no old versions without versioning; set versioning: true or leave this out";
                self.conflict(Conflict::new(old_versions, message).with(path.key("versioning")));
            }
            None
        };
        BucketLifecycle {
            glacier_after_days: given.glacier_after_days,
            expire_after_days: given.expire_after_days,
            expire_old_versions_after_days,
            abort_uploads_after_days: self.or_profile(
                &here.key("abort_uploads_after_days"),
                given.abort_uploads_after_days,
                self.defaults.abort_uploads_after_days,
            ),
        }
    }
}
