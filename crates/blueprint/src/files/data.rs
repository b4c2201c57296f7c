//! `data.tf`: where we are, asked of the provider instead of spelled out in every ARN.

use terrane_domain::InfraModel;

use crate::hcl::{Block, File, Resource};

/// The account.
pub(super) const CALLER: Resource = Resource::data("aws_caller_identity", "current");
/// `aws`, `aws-cn` or `aws-us-gov`.
pub(super) const PARTITION: Resource = Resource::data("aws_partition", "current");
/// The region; its name is `.id`, because `.name` is deprecated in provider 6.
pub(super) const REGION: Resource = Resource::data("aws_region", "current");

pub(super) fn file(model: &InfraModel) -> Option<File> {
    let network = model.network.as_ref();
    let endpoints =
        network.is_some_and(|n| !n.gateway_endpoints.is_empty() || !n.interface_endpoints.is_empty());
    let flow_logs = network.is_some_and(|n| n.flow_logs.is_some());
    let monitoring = model.databases.values().any(|database| database.enhanced_monitoring.is_some());
    let arns = model.encryption_key.is_some() || flow_logs || monitoring;

    let mut file = File::new("data.tf", "Where this module runs.");
    if arns {
        file = file.block(Block::of(CALLER)).block(Block::of(PARTITION));
    }
    if arns || endpoints {
        file = file.block(Block::of(REGION));
    }
    (arns || endpoints).then_some(file)
}
