//! `outputs.tf`: what the rest of the world needs to use the environment. No secret: a password is named by the ARN
//! under which Secrets Manager holds it.

use terrane_domain::{InfraModel, Nat, Network};

use super::{buckets::BUCKET, databases::INSTANCE, kms, network, registries::REPOSITORY};
use crate::hcl::{Block, Expr, File, ForMap, Object, Reference, Resource};

pub(super) fn file(model: &InfraModel) -> Option<File> {
    let mut outputs = Vec::new();
    if let Some(network) = &model.network {
        outputs.extend(network_outputs(network));
    }
    if model.encryption_key.is_some() {
        outputs.push(output("kms_key_arn", "The environment's own KMS key", kms::KEY.attr("arn")));
    }
    if !model.buckets.is_empty() {
        let bucket = Reference::variable("bucket");
        let value =
            Object::new().field("name", bucket.clone().attr("bucket")).field("arn", bucket.attr("arn"));
        outputs.push(output("buckets", "S3 buckets by name", each(BUCKET, "bucket", value)));
    }
    if !model.registries.is_empty() {
        let registry = Reference::variable("registry");
        let value = Object::new()
            .field("url", registry.clone().attr("repository_url"))
            .field("arn", registry.attr("arn"));
        outputs.push(output("registries", "ECR repositories by name", each(REPOSITORY, "registry", value)));
    }
    if !model.databases.is_empty() {
        outputs.push(output(
            "databases",
            "Databases by name; user and password are in the secret",
            each(INSTANCE, "database", database()),
        ));
    }
    if outputs.is_empty() {
        return None;
    }
    let file = File::new("outputs.tf", "What is needed to use the environment. No secrets.");
    Some(outputs.into_iter().fold(file, File::block))
}

fn network_outputs(network: &Network) -> Vec<Block> {
    let id = |resource, item| each(resource, item, Reference::variable(item).attr("id"));
    let mut outputs = vec![
        output("vpc_id", "The VPC", network::VPC.attr("id")),
        output("vpc_cidr", "Address range of the VPC", network::VPC.attr("cidr_block")),
        output(
            "public_subnet_ids",
            "Subnets with a route to the internet gateway, by availability zone",
            id(network::PUBLIC_SUBNET, "subnet"),
        ),
        output(
            "private_subnet_ids",
            "Subnets for workloads, by availability zone",
            id(network::PRIVATE_SUBNET, "subnet"),
        ),
        output(
            "isolated_subnet_ids",
            "Subnets without a route out, by availability zone",
            id(network::ISOLATED_SUBNET, "subnet"),
        ),
    ];
    if network.nat != Nat::None {
        outputs.push(output(
            "nat_public_ips",
            "Addresses from which private subnets reach the internet, by availability zone",
            each(network::NAT_GATEWAY, "gateway", Reference::variable("gateway").attr("public_ip")),
        ));
    }
    outputs
}

fn database() -> Object {
    let field = |name| Reference::variable("database").attr(name);
    Object::new()
        .field("host", field("address"))
        .field("port", field("port"))
        .field("database", field("db_name"))
        .field("secret_arn", Expr::call("one", [field("master_user_secret").splat().attr("secret_arn")]))
}

fn each(resource: Resource, item: &'static str, value: impl Into<Expr>) -> Expr {
    ForMap { item, collection: resource.whole(), value: value.into(), condition: None }.into()
}

fn output(name: &'static str, description: &'static str, value: impl Into<Expr>) -> Block {
    Block::labelled("output", name).arg("description", description).arg("value", value)
}
