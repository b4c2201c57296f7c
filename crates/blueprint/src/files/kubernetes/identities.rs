//! `pod_identities.tf`: roles for the service accounts of addons and controllers, by EKS Pod Identity; on Fargate by the
//! token of the service account.
//!
//! Each role can be taken by one service account of this cluster and by nothing else: see [`trust`].

use terrane_domain::{ClusterController, InfraModel, Kubernetes};

use super::{CLUSTER, addons, addons::AddonIdentity, load_balancer_policy, trust};
use crate::{
    files::{
        data::{REGION, arn, arn_of, managed_policy},
        dns, kms,
        part::{Part, of_each},
        policies::{allow, condition},
    },
    hcl::{
        Block, Expr, File, For, Object, Piece, Reference, Resource, each_key, each_value, local, template,
    },
};

pub(super) const ROLE: Resource = Resource::per_key("aws_iam_role", "pod");
const TRUST: Resource = Resource::data_per_key("aws_iam_policy_document", "pod_trust");
pub(super) const ADDON_POLICIES: Resource = Resource::per_key("aws_iam_role_policy_attachment", "addon");
const ASSOCIATION: Resource = Resource::per_key("aws_eks_pod_identity_association", "controller");
const CONTROLLER_POLICIES: Resource = Resource::per_key("aws_iam_role_policy", "controller");
const KEY_OF_SECRETS: Resource = Resource::one("aws_iam_role_policy", "external_secrets_key");
const LOAD_BALANCER: Resource = Resource::data("aws_iam_policy_document", "load_balancer_controller");
const AUTOSCALER: Resource = Resource::data("aws_iam_policy_document", "cluster_autoscaler");
const EXTERNAL_SECRETS: Resource = Resource::data("aws_iam_policy_document", "external_secrets");
const EXTERNAL_DNS: Resource = Resource::data("aws_iam_policy_document", "external_dns");

pub(super) fn part(part: Part, model: &InfraModel, cluster: &Kubernetes) -> Part {
    let addons = addons::identities(cluster);
    if addons.is_empty() && cluster.controllers.is_empty() {
        return part;
    }
    let part = part.local("pod_identities", identities(&addons, cluster));
    let file = File::new("pod_identities.tf", "Roles for service accounts in the cluster.").block(
        Block::of(ROLE)
            .arg("for_each", local("pod_identities"))
            .arg("name", each_value("role"))
            .arg(
                "description",
                template!["The service account ", each_value("service_account"), " of the EKS cluster"],
            )
            .arg("assume_role_policy", trust::policy(cluster, TRUST))
            .tags(ROLE),
    );
    let file = if trust::by_pod_identity(cluster) {
        file.noted(
            "One service account of this cluster: pod identity says in tags for whom it asks.",
            trust::of_pod_identity(TRUST, local("pod_identities")),
        )
    } else {
        file
    };
    let file = if addons.is_empty() { file } else { addon_policies(file, &addons) };
    part.file(controllers(file, model, cluster))
}

/// Where the chart of a controller puts it, unless told otherwise.
const fn home(kind: ClusterController) -> &'static str {
    match kind {
        ClusterController::LoadBalancer | ClusterController::ClusterAutoscaler => "kube-system",
        ClusterController::ExternalSecrets | ClusterController::ExternalDns => kind.as_str(),
    }
}

fn identities(addons: &[AddonIdentity<'_>], cluster: &Kubernetes) -> Object {
    let row = |role: &String, namespace: &'static str, service_account: &'static str, associated: bool| {
        let row = Object::new()
            .field("role", role)
            .field("namespace", namespace)
            .field("service_account", service_account);
        if trust::by_pod_identity(cluster) { row.field("is_controller", associated) } else { row }
    };
    let object = addons.iter().fold(Object::new(), |object, identity| {
        let account = identity.service_account;
        object.entry(identity.addon, row(identity.role_name, "kube-system", account, false))
    });
    cluster.controllers.iter().fold(object, |object, controller| {
        let name = controller.kind.as_str();
        object.entry(name, row(&controller.role_name, home(controller.kind), name, true))
    })
}

fn addon_policies(file: File, addons: &[AddonIdentity<'_>]) -> File {
    let policies = addons.iter().fold(Object::new(), |object, identity| {
        object.entry(identity.addon, managed_policy(identity.policy))
    });
    file.block(
        Block::of(ADDON_POLICIES)
            .arg("for_each", policies)
            .arg("role", ROLE.attr("name"))
            .arg("policy_arn", Reference::variable("each").attr("value")),
    )
}

fn controllers(file: File, model: &InfraModel, cluster: &Kubernetes) -> File {
    if cluster.controllers.is_empty() {
        return file;
    }
    let documents: Vec<(ClusterController, Resource, Block)> = cluster
        .controllers
        .iter()
        .map(|controller| match controller.kind {
            kind @ ClusterController::LoadBalancer => {
                (kind, LOAD_BALANCER, load_balancer_policy::document(LOAD_BALANCER))
            }
            kind @ ClusterController::ClusterAutoscaler => (kind, AUTOSCALER, autoscaler()),
            kind @ ClusterController::ExternalSecrets => (kind, EXTERNAL_SECRETS, external_secrets(model)),
            kind @ ClusterController::ExternalDns => (kind, EXTERNAL_DNS, external_dns(model)),
        })
        .collect();
    let policies = documents.iter().fold(Object::new(), |object, (kind, document, _)| {
        object.entry(kind.as_str(), document.attr("json"))
    });
    let file = if trust::by_pod_identity(cluster) {
        file.noted("Those of addons are made by EKS with the addon.", association())
    } else {
        file
    };
    let file = file.block(
        Block::of(CONTROLLER_POLICIES)
            .arg("for_each", policies)
            .arg("name", each_key())
            .arg("role", ROLE.attr("id"))
            .arg("policy", Reference::variable("each").attr("value")),
    );
    let reads_secrets = documents.iter().any(|(kind, ..)| *kind == ClusterController::ExternalSecrets);
    let file = documents.into_iter().fold(file, |file, (_, _, document)| file.block(document));
    if reads_secrets && model.encryption_key.is_some() { file.block(key_of_secrets()) } else { file }
}

fn association() -> Block {
    let is_controller = Reference::variable("identity").attr("is_controller");
    let controllers = For::map("identity", local("pod_identities"), Reference::variable("identity"));
    Block::of(ASSOCIATION)
        .arg("for_each", controllers.when(is_controller))
        .arg("cluster_name", CLUSTER.attr("name"))
        .arg("namespace", each_value("namespace"))
        .arg("service_account", each_value("service_account"))
        .arg("role_arn", ROLE.attr("arn"))
        .tags(ASSOCIATION)
}

/// Where pod identity doesn't reach, a chart has to be told the role of its service account.
pub(super) fn output(part: Part, cluster: &Kubernetes) -> Part {
    if cluster.controllers.is_empty() {
        return part;
    }
    part.output(
        "service_account_roles",
        "Roles of controllers, for the annotation eks.amazonaws.com/role-arn of their service accounts",
        of_each(ROLE, "role", Reference::variable("role").attr("arn")),
    )
}

/// Reads can't be narrowed; what changes something is allowed on the groups that EKS made for this cluster's node groups,
/// which it tags so.
/// Source: Cluster Autoscaler documentation, "Cluster Autoscaler on AWS", "Full Cluster Autoscaler Features Policy".
fn autoscaler() -> Block {
    const READS: &[&str] = &[
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
    ];
    const WRITES: &[&str] =
        &["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"];
    let groups = arn!["eks", "nodegroup/", super::name(), "/*"];
    Block::of(AUTOSCALER)
        .block(allow(READS, Expr::list(["*"])))
        .block(allow(&["eks:DescribeNodegroup"], Expr::list([groups])))
        .block(allow(WRITES, Expr::list(["*"])).block(condition(
            "StringEquals",
            "aws:ResourceTag/eks:cluster-name",
            super::name().into(),
        )))
}

/// Secrets of this environment by their tag, and those that RDS keeps for its databases, which carry RDS's tags alone.
/// Source: External Secrets documentation, "AWS Secrets Manager", "IAM Policy"; RDS user guide, "Password management with
/// Amazon RDS and AWS Secrets Manager".
fn external_secrets(model: &InfraModel) -> Block {
    const READS: &[&str] = &[
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
    ];
    let of = |service: &'static str, kind: &'static str, rest: Vec<Piece>| {
        arn_of(service, [kind.into(), ":".into()].into_iter().chain(rest))
    };
    let secrets = || Expr::list([of("secretsmanager", "secret", vec!["*".into()])]);
    let own = |kind| of("rds", kind, vec![local("name").into(), "-*".into()]);
    Block::of(EXTERNAL_SECRETS)
        .block(allow(READS, secrets()).block(condition(
            "StringEquals",
            SECRET_OF_ENVIRONMENT,
            Expr::from(model.identity.environment_id.to_string()),
        )))
        .block(allow(READS, secrets()).block(condition(
            "ArnLike",
            "aws:ResourceTag/aws:rds:primaryDBInstanceArn",
            own("db"),
        )))
        .block(allow(READS, secrets()).block(condition(
            "ArnLike",
            "aws:ResourceTag/aws:rds:primaryDBClusterArn",
            own("cluster"),
        )))
}

/// Secrets Manager decrypts in the name of who asks for a secret.
fn key_of_secrets() -> Block {
    let through = template!["secretsmanager.", REGION.attr("id"), ".amazonaws.com"];
    Block::of(KEY_OF_SECRETS)
        .arg("name", "use-key")
        .arg("role", ROLE.at(ClusterController::ExternalSecrets.as_str(), "id"))
        .arg("policy", kms::policy_to_use(&["kms:Decrypt"], Some(through)))
}

/// The tag [`tags::ENVIRONMENT`] of a secret, as a condition names it.
const SECRET_OF_ENVIRONMENT: &str = "aws:ResourceTag/terrane:environment";

/// Writes in the zone of the environment and in no other, and only the kinds of record that it writes: a mistake in a
/// chart changes no NS and no MX record. It reads them all, because it looks for its zone among them. Without a zone it
/// writes nothing; crate `domain` accepts no such file, but the zone of a cluster that is about to go may be gone.
/// Source: ExternalDNS documentation, "Setting up ExternalDNS for Services on AWS"; Route 53 developer guide, "Using IAM
/// policy conditions for fine-grained access control".
fn external_dns(model: &InfraModel) -> Block {
    const READS: &[&str] =
        &["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"];
    let document = Block::of(EXTERNAL_DNS).block(allow(READS, Expr::list(["*"])));
    let Some(zone) = dns::zone_arn(model) else { return document };
    document.block(
        allow(&["route53:ChangeResourceRecordSets"], Expr::list([zone])).block(
            Block::new("condition")
                .arg("test", "ForAllValues:StringEquals")
                .arg("variable", "route53:ChangeResourceRecordSetsRecordTypes")
                .arg("values", Expr::list(["A", "AAAA", "CNAME", "TXT"])),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::tags;

    #[test]
    fn secrets_are_found_by_the_tag_that_everything_carries() {
        assert_eq!(SECRET_OF_ENVIRONMENT.strip_prefix("aws:ResourceTag/"), Some(tags::ENVIRONMENT));
    }
}
