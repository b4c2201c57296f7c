//! `ecs.tf`: the cluster, and the zone in which apps find each other.

use terrane_domain::{ContainerInsights, Ecs, InfraModel};

use super::{apps, kms, network, part::Part};
use crate::{
    hcl::{Block, Expr, File, Resource, local, template},
    render::RenderError,
};

pub(super) const CLUSTER: Resource = Resource::one("aws_ecs_cluster", "main");
pub(super) const CAPACITY: Resource = Resource::one("aws_ecs_cluster_capacity_providers", "main");
const INSIGHTS_LOG: Resource = Resource::one("aws_cloudwatch_log_group", "container_insights");
pub(super) const SERVICE_ZONE: Resource =
    Resource::one("aws_service_discovery_private_dns_namespace", "main");

/// What a capacity provider of Fargate is called.
const ON_DEMAND: &str = "FARGATE";
const SPOT: &str = "FARGATE_SPOT";

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    network::require(model, model.ecs.as_ref().map(|_| "ecs".to_owned()))?;
    let app = apps::on_ecs(model).next();
    match (&model.ecs, app) {
        (None, Some((key, ..))) => Err(RenderError::NoCluster { path: format!("apps.{key}") }),
        _ => Ok(()),
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let ecs = model.ecs.as_ref()?;
    let network = model.network.as_ref()?;
    let file =
        File::new("ecs.tf", "The cluster that runs the apps, and the zone in which they find each other.")
            .block(cluster(ecs))
            .block(capacity_providers(ecs));
    let file = match &ecs.container_insights_group {
        None => file,
        Some(group) => file.noted(
            "Container Insights would make it itself, without an end to retention.",
            Block::of(INSIGHTS_LOG)
                .arg("name", group)
                .arg("retention_in_days", model.observability.log_retention_days)
                .arg_if_some("kms_key_id", kms::arn(model))
                .tags(INSIGHTS_LOG),
        ),
    };
    let file = file.block(
        Block::of(SERVICE_ZONE)
            .arg("name", &ecs.service_zone)
            .arg("description", template!["Where the apps of ", local("name"), " find each other"])
            .arg("vpc", network::vpc_id(network))
            .tags(SERVICE_ZONE),
    );
    let part = Part::of(file).output("ecs_cluster", "Name of the ECS cluster", CLUSTER.attr("name"));
    Some(part.output(
        "service_zone",
        "Private DNS zone: <app>.<zone> leads to the app from inside the VPC",
        SERVICE_ZONE.attr("name"),
    ))
}

fn cluster(ecs: &Ecs) -> Block {
    let insights = match ecs.container_insights {
        ContainerInsights::Disabled => "disabled",
        ContainerInsights::Enabled => "enabled",
        ContainerInsights::Enhanced => "enhanced",
    };
    let block = Block::of(CLUSTER)
        .arg("name", &ecs.cluster)
        .block(Block::new("setting").arg("name", "containerInsights").arg("value", insights))
        .tags(CLUSTER);
    match &ecs.container_insights_group {
        None => block,
        Some(_) => block.arg("depends_on", Expr::list([INSIGHTS_LOG.whole()])),
    }
}

fn capacity_providers(ecs: &Ecs) -> Block {
    let block = Block::of(CAPACITY)
        .arg("cluster_name", CLUSTER.attr("name"))
        .arg("capacity_providers", Expr::list([ON_DEMAND, SPOT]));
    strategies(ecs).into_iter().fold(block, |block, (provider, base, weight)| {
        block.block(
            Block::new("default_capacity_provider_strategy")
                .arg("capacity_provider", provider)
                .arg_if_some("base", base)
                .arg("weight", weight),
        )
    })
}

/// Capacity providers with a share, how many copies of each app they get before shares count, and their weights.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>
pub(super) fn strategies(ecs: &Ecs) -> Vec<(&'static str, Option<u8>, u16)> {
    let mixed = ecs.capacity.fargate > 0 && ecs.capacity.fargate_spot > 0;
    [(ON_DEMAND, mixed.then_some(1), ecs.capacity.fargate), (SPOT, None, ecs.capacity.fargate_spot)]
        .into_iter()
        .filter(|(_, _, weight)| *weight > 0)
        .collect()
}
