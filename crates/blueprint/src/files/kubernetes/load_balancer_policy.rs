//! What the AWS Load Balancer Controller may do.
//!
//! The controller publishes a policy for any cluster of any account. This one allows the same calls, but knows the cluster:
//! the controller tags everything that it makes with `elbv2.k8s.aws/cluster`, so it may change and delete what carries this
//! cluster's name, and open the security groups of this cluster only.
//!
//! Source: AWS Load Balancer Controller documentation, "Configure IAM"; service authorization reference, "Actions, resources,
//! and condition keys for AWS Elastic Load Balancing V2".

use crate::{
    files::{
        data::arn,
        policies::{allow, condition},
    },
    hcl::{Block, Expr, Resource, template},
};

/// Listings, which can't be narrowed.
const READS: &[&str] = &[
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    "cognito-idp:DescribeUserPoolClient",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCoipPools",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeIpamPools",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetCoipPoolUsage",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
    "iam:GetServerCertificate",
    "iam:ListServerCertificates",
    "shield:DescribeProtection",
    "shield:GetSubscriptionState",
    "waf-regional:GetWebACL",
    "waf-regional:GetWebACLForResource",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
];

/// What annotations may attach to a load balancer.
const PROTECTION: &[&str] = &[
    "shield:CreateProtection",
    "shield:DeleteProtection",
    "waf-regional:AssociateWebACL",
    "waf-regional:DisassociateWebACL",
    "wafv2:AssociateWebACL",
    "wafv2:DisassociateWebACL",
];

const CREATE: &[&str] =
    &["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"];

/// They have no tag of the cluster while they are made, and a listener's parent is what counts.
const LISTENERS: &[&str] = &[
    "elasticloadbalancing:AddListenerCertificates",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RemoveListenerCertificates",
    "elasticloadbalancing:SetRulePriorities",
    "elasticloadbalancing:SetWebAcl",
];

const CHANGE: &[&str] = &[
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:ModifyCapacityReservation",
    "elasticloadbalancing:ModifyIpPools",
    "elasticloadbalancing:ModifyListenerAttributes",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:ModifyTargetGroup",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:SetIpAddressType",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
];

const TARGETS: &[&str] = &["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"];

const TAGGING: &[&str] = &["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];

const GIVEN_TAG: &str = "aws:RequestTag/elbv2.k8s.aws/cluster";
const OWN_TAG: &str = "aws:ResourceTag/elbv2.k8s.aws/cluster";

pub(super) fn document(resource: Resource) -> Block {
    let of_cluster = |tag| condition("StringEquals", tag, super::name().into());
    let anything = || Expr::list(["*"]);
    let document = Block::of(resource)
        .block(allow(READS, anything()))
        .block(allow(PROTECTION, anything()))
        .block(allow(&["iam:CreateServiceLinkedRole"], anything()).block(condition(
            "StringEquals",
            "iam:AWSServiceName",
            "elasticloadbalancing.amazonaws.com".into(),
        )))
        .block(allow(CREATE, anything()).block(of_cluster(GIVEN_TAG)))
        .block(allow(
            LISTENERS,
            Expr::list([balancing("listener/*"), balancing("listener-rule/*"), balancing("loadbalancer/*")]),
        ))
        .block(allow(CHANGE, anything()).block(of_cluster(OWN_TAG)))
        .block(allow(TARGETS, Expr::list([balancing("targetgroup/*")])).block(of_cluster(OWN_TAG)));
    security_groups(tagging(document))
}

/// Tags are given when something is made, and changed on what is the cluster's already; the tag of the cluster itself is
/// given once.
fn tagging(document: Block) -> Block {
    let of_cluster = |tag| condition("StringEquals", tag, super::name().into());
    let balancers = || Expr::list([balancing("loadbalancer/*"), balancing("targetgroup/*")]);
    document
        .block(
            allow(&TAGGING[..1], balancers())
                .block(
                    Block::new("condition")
                        .arg("test", "StringEquals")
                        .arg("variable", "elasticloadbalancing:CreateAction")
                        .arg("values", Expr::list(["CreateLoadBalancer", "CreateTargetGroup"])),
                )
                .block(of_cluster(GIVEN_TAG)),
        )
        .block(
            allow(TAGGING, balancers())
                .block(condition("Null", GIVEN_TAG, "true".into()))
                .block(of_cluster(OWN_TAG)),
        )
        .block(allow(TAGGING, Expr::list([balancing("listener/*"), balancing("listener-rule/*")])))
}

/// The controller makes groups for load balancers, and opens those of the nodes to them: the groups that say that they are
/// this cluster's.
fn security_groups(document: Block) -> Block {
    let groups = || ec2("security-group/*");
    let of_cluster = |tag| condition("StringEquals", tag, super::name().into());
    let document = document
        .block(allow(&["ec2:CreateSecurityGroup"], Expr::list([groups(), ec2("vpc/*")])))
        .block(
            allow(&["ec2:CreateTags"], Expr::list([groups()]))
                .block(condition("StringEquals", "ec2:CreateAction", "CreateSecurityGroup".into()))
                .block(of_cluster(GIVEN_TAG)),
        )
        .block(
            allow(&["ec2:CreateTags", "ec2:DeleteTags"], Expr::list([groups()]))
                .block(condition("Null", GIVEN_TAG, "true".into()))
                .block(of_cluster(OWN_TAG)),
        )
        .block(allow(&["ec2:DeleteSecurityGroup"], Expr::list([groups()])).block(of_cluster(OWN_TAG)));
    let rules = || {
        let actions = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"];
        allow(&actions, Expr::list([groups()]))
    };
    let of_nodes = Block::new("condition")
        .arg("test", "StringEquals")
        .arg("variable", template!["aws:ResourceTag/kubernetes.io/cluster/", super::name()])
        .arg("values", Expr::list(["owned"]));
    document.block(rules().block(of_cluster(OWN_TAG))).block(rules().block(of_nodes))
}

fn balancing(rest: &'static str) -> Expr {
    arn("elasticloadbalancing", rest)
}

fn ec2(rest: &'static str) -> Expr {
    arn("ec2", rest)
}

fn arn(service: &'static str, rest: &'static str) -> Expr {
    arn![service, rest]
}
