//! Where Terraform keeps state.

use super::Resolver;
use crate::{StateBackend, names, spec::Path};

impl Resolver<'_> {
    pub(super) fn state(&mut self) -> StateBackend {
        let spec = self.spec.state.clone().unwrap_or_default();
        let path = Path::root().key("state");
        let region = self.spec.cloud.region.clone();
        let region = self.or_because(&path.key("region"), spec.region, region, "because cloud.region");
        let bucket = names::state_bucket(&self.context.account_id, &region);
        let bucket =
            self.or_because(&path.key("bucket"), spec.bucket, bucket, "because one per account and region");
        let (tenant, environment) = (self.context.tenant_id, self.context.environment_id);
        StateBackend {
            bucket,
            key: format!("tenants/{tenant}/environments/{environment}/terraform.tfstate"),
            region,
        }
    }
}
