//! `fargate.tf`: which pods run without nodes, and the role with which Fargate starts them.
//!
//! Pods on Fargate have the cluster's own security group and stand in private subnets; there is no other choice.
//!
//! Source: EKS user guide, "Define which Pods use AWS Fargate when launched" and "Amazon EKS Pod execution IAM role".

use std::collections::BTreeMap;

use terrane_domain::{FargateProfile, Key, Kubernetes, Network};

use super::{CLUSTER, cluster};
use crate::{
    files::{
        data::arn,
        network,
        part::{Part, by_key},
        policies::service_trust,
    },
    hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local},
};

pub(super) const PROFILE: Resource = Resource::per_key("aws_eks_fargate_profile", "main");
const ROLE: Resource = Resource::one("aws_iam_role", "fargate");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "fargate_trust");
const POLICIES: Resource = Resource::per_key("aws_iam_role_policy_attachment", "fargate");

pub(super) fn locals(part: Part, profiles: &BTreeMap<Key, FargateProfile>) -> Part {
    part.local("fargate_profiles", by_key(profiles, entry))
}

fn entry(profile: &FargateProfile) -> Object {
    let selectors = profile.selectors.iter().map(|selector| {
        let labels =
            selector.labels.iter().fold(Object::new(), |labels, (key, value)| labels.entry(key, value));
        Object::new().field("namespace", &selector.namespace).field("labels", labels)
    });
    Object::new().field("selectors", Expr::list(selectors))
}

pub(super) fn file(cluster: &Kubernetes, network: &Network) -> File {
    let selector = |field| Reference::variable("selector").attr("value").attr(field);
    let trusted = arn!["eks", "fargateprofile/", super::name(), "/*"];
    File::new("fargate.tf", "Which pods run without nodes, in private subnets.")
        .block(
            Block::of(PROFILE)
                .arg("for_each", local("fargate_profiles"))
                .arg("cluster_name", CLUSTER.attr("name"))
                .arg("fargate_profile_name", each_key())
                .arg("pod_execution_role_arn", ROLE.attr("arn"))
                .arg("subnet_ids", network::private_subnet_ids(network))
                .block(Block::dynamic(
                    each_value("selectors"),
                    Block::new("selector")
                        .arg("namespace", selector("namespace"))
                        .arg("labels", selector("labels")),
                ))
                .tags(PROFILE)
                .note("Without its policy Fargate can't pull an image.")
                .arg("depends_on", Expr::list([POLICIES.whole()])),
        )
        .block(
            Block::of(ROLE)
                .arg("name", &cluster.roles.fargate)
                .arg("description", "Starts the pods of the EKS cluster that run on Fargate")
                .arg("assume_role_policy", TRUST.attr("json"))
                .tags(ROLE),
        )
        .block(Block::of(TRUST).block(service_trust("eks-fargate-pods.amazonaws.com", trusted)))
        .block(cluster::attachments(POLICIES, ROLE, &["AmazonEKSFargatePodExecutionRolePolicy"]))
}
