//! S3 buckets.

use super::{Conflict, Resolver};
use crate::{
    AccessLogs, Bucket, BucketEncryption, BucketLifecycle, CorsRule, Key,
    spec::{BucketSpec, CannedAcl, CorsMethod, CorsRuleSpec, Encryption, ObjectOwnership, Path},
};

const CORS_MAX_AGE_SECONDS: u32 = 3600;

impl Resolver<'_> {
    pub(super) fn bucket(&mut self, key: &Key, spec: &BucketSpec, path: &Path) -> Bucket {
        let defaults = self.defaults;
        let versioning =
            self.or_profile(&path.key("versioning"), spec.versioning, defaults.bucket_versioning);
        let own_key = self.own_key(&path.key("encryption"), spec.encryption);
        let ownership =
            self.or_default(&path.key("ownership"), spec.ownership, ObjectOwnership::BucketOwnerEnforced);
        Bucket {
            name: self.names.bucket(key),
            versioning,
            encryption: if own_key { BucketEncryption::EnvironmentKey } else { BucketEncryption::S3Managed },
            lifecycle: self.bucket_lifecycle(spec, versioning, path),
            force_destroy: self.force_destroy(&path.key("force_destroy"), spec.force_destroy),
            ownership,
            acl: self.acl(spec, ownership, own_key, path),
            cors: spec.cors.iter().map(cors_rule).collect(),
            access_logs: self.access_logs(key, spec, path),
        }
    }

    /// Source: S3 user guide, "Controlling ownership of objects and disabling ACLs for your bucket": with ACLs off S3
    /// refuses every ACL, even `private`.
    fn acl(
        &mut self,
        spec: &BucketSpec,
        ownership: ObjectOwnership,
        own_key: bool,
        path: &Path,
    ) -> Option<CannedAcl> {
        if own_key && let Some(acl) = spec.acl.filter(|acl| acl.is_public()) {
            let message = format!(
                "{acl} opens the bucket to strangers, who can't read what the environment's KMS key encrypts; set encryption: aws"
            );
            self.conflict(Conflict::new(path.key("acl"), message).with(path.key("encryption")));
        }
        if ownership != ObjectOwnership::BucketOwnerEnforced {
            return Some(self.or_default(&path.key("acl"), spec.acl, CannedAcl::Private));
        }
        if let Some(acl) = spec.acl.filter(|acl| *acl != CannedAcl::Private) {
            let message = format!(
                "{acl} needs ACLs, which ownership bucket_owner_enforced turns off; set ownership: bucket_owner_preferred"
            );
            self.conflict(Conflict::new(path.key("acl"), message).with(path.key("ownership")));
        }
        None
    }

    /// Source: S3 user guide, "Enabling Amazon S3 server access logging": the target has to be another bucket of the
    /// same account and region, encrypted with SSE-S3. Its ownership doesn't matter: the log service is let in by the
    /// bucket's policy.
    fn access_logs(&mut self, key: &Key, spec: &BucketSpec, path: &Path) -> Option<AccessLogs> {
        let given = spec.access_logs.clone()?;
        let at = path.key("access_logs").key("bucket");
        match self.spec.buckets.get(&given.bucket) {
            None => {
                let known: Vec<_> =
                    self.spec.buckets.keys().filter(|other| *other != key).map(Key::as_str).collect();
                let message = format!("\"{}\" names no bucket; buckets: {}", given.bucket, known.join(", "));
                self.conflict(Conflict::new(at, message));
            }
            Some(_) if given.bucket == *key => {
                let message =
                    "is the bucket itself, whose log would grow by being written; name another bucket";
                self.conflict(Conflict::new(at, message));
            }
            Some(target) if target.encryption.unwrap_or(self.defaults.encryption) == Encryption::Kms => {
                let message = "S3 can't write logs under a key of yours; set encryption: aws for";
                self.unfit_for_logs(at, &given.bucket, "encryption", message);
            }
            Some(BucketSpec { acl: Some(acl), .. }) if acl.is_public() => {
                let message = format!(
                    "is opened to strangers by acl {acl}, and a log says who asked for what; set acl: private for"
                );
                self.unfit_for_logs(at, &given.bucket, "acl", &message);
            }
            Some(_) => {
                if let Some(circle) = self.circle_of_logs(key) {
                    let names = circle.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(", ");
                    let message = format!(
                        "makes a loop, in which each log is logged again without end: {names}; take one of them out"
                    );
                    let section = Path::root().key("buckets");
                    let others = circle.iter().map(|key| section.key(key.as_str()).key("access_logs"));
                    self.conflict(others.fold(Conflict::new(at, message), Conflict::with));
                }
            }
        }
        let prefix = self.or_because(
            &path.key("access_logs").key("prefix"),
            given.prefix,
            format!("{key}/"),
            "because of the bucket's name",
        );
        Some(AccessLogs { bucket: given.bucket, prefix })
    }

    /// Refuses a bucket for logs because of what one of its keys says; `message` ends where the name of the bucket follows.
    fn unfit_for_logs(&mut self, at: Path, target: &Key, because_of: &str, message: &str) {
        let other = Path::root().key("buckets").key(target.as_str());
        self.conflict(Conflict::new(at, format!("{message} {other}")).with(other.key(because_of)));
    }

    /// The buckets from one to the next until the first again, if logs go round in a circle whose first name is `key`.
    /// Source: S3 user guide, "Enabling Amazon S3 server access logging": logs that come back to their bucket never end.
    fn circle_of_logs(&self, key: &Key) -> Option<Vec<&Key>> {
        let next = |from: &Key| {
            let logs = self.spec.buckets.get(from)?.access_logs.as_ref()?;
            self.spec.buckets.get_key_value(&logs.bucket).map(|(key, _)| key)
        };
        let (start, _) = self.spec.buckets.get_key_value(key)?;
        let mut circle = vec![start];
        while let Some(bucket) = next(circle.last()?) {
            circle.push(bucket);
            if bucket == start {
                return Some(circle);
            }
            // A circle is told of once, by the earliest name in it; and one that begins further on doesn't come back here.
            if bucket < start || circle.len() > self.spec.buckets.len() {
                return None;
            }
        }
        None
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

fn cors_rule(spec: &CorsRuleSpec) -> CorsRule {
    CorsRule {
        origins: spec.origins.clone(),
        methods: spec.methods.clone().unwrap_or_else(|| vec![CorsMethod::Get, CorsMethod::Head]),
        headers: spec.headers.clone(),
        expose_headers: spec.expose_headers.clone(),
        max_age_seconds: spec.max_age_seconds.unwrap_or(CORS_MAX_AGE_SECONDS),
    }
}
