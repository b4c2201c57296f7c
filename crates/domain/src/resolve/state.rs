//! Where Terraform keeps state.

use super::{Conflict, Resolver};
use crate::{
    StateBackend, names,
    spec::{Path, StateLock},
};

impl Resolver<'_> {
    pub(super) fn state(&mut self) -> StateBackend {
        let spec = self.spec.state.clone().unwrap_or_default();
        let path = Path::root().key("state");
        let region = self.spec.cloud.region.clone();
        let region = self.or_because(&path.key("region"), spec.region, region, "because cloud.region");
        let bucket = names::state_bucket(&self.context.account_id, &region);
        let bucket =
            self.or_because(&path.key("bucket"), spec.bucket, bucket, "because one per account and region");
        let lock = self.or_default(&path.key("lock"), spec.lock, StateLock::S3);
        let table = path.key("lock_table");
        match (lock, &spec.lock_table) {
            (StateLock::Dynamodb, None) => {
                let message = "lock: dynamodb needs lock_table, the name of a table that exists";
                self.conflict(Conflict::new(path.key("lock"), message).with(table));
            }
            (StateLock::S3, Some(_)) => {
                let message = "is used by lock: dynamodb only; write that, or leave the table out";
                self.conflict(Conflict::new(table, message).with(path.key("lock")));
            }
            (StateLock::Dynamodb, Some(_)) | (StateLock::S3, None) => {}
        }
        let key_region = spec.kms_key_arn.as_deref().and_then(|arn| arn.split(':').nth(3));
        if let Some(of_key) = key_region.filter(|of_key| *of_key != region) {
            let message = format!(
                "is a key of {of_key}, but the state bucket is in {region}; S3 needs one of its own region"
            );
            self.conflict(Conflict::new(path.key("kms_key_arn"), message).with(path.key("region")));
        }
        let (tenant, environment) = (self.context.tenant_id, self.context.environment_id);
        StateBackend {
            bucket,
            key: format!("tenants/{tenant}/environments/{environment}/terraform.tfstate"),
            region,
            lock_table: spec.lock_table,
            kms_key_arn: spec.kms_key_arn,
        }
    }
}
