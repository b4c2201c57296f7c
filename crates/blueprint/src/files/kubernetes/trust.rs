//! Who may take the role of a service account: that service account of this cluster, and nothing else.
//!
//! WHY two ways: pod identity is the newer and needs nothing in the cluster but its agent, which runs on nodes. There are
//! none on Fargate, where a service account shows its token to STS instead, and names its role in an annotation.
//!
//! Source: EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity", "Grant Pods access to AWS
//! resources based on tags" and "Assign IAM roles to Kubernetes service accounts".

use terrane_domain::{Compute, Kubernetes};

use super::cluster;
use crate::{
    files::{part::Part, policies::condition},
    hcl::{Block, Expr, Object, Resource, each_value, local, template},
};

/// Whether service accounts get their roles by pod identity.
pub(in crate::files) fn by_pod_identity(cluster: &Kubernetes) -> bool {
    !matches!(cluster.compute, Compute::Fargate(_))
}

/// The trust policy of the roles of a map whose values name `namespace` and `service_account`; `document` is what
/// [`of_pod_identity`] declares, where that is the way.
pub(in crate::files) fn policy(cluster: &Kubernetes, document: Resource) -> Expr {
    if by_pod_identity(cluster) { document.attr("json").into() } else { of_token() }
}

/// Pod identity says in tags for whom it asks.
pub(in crate::files) fn of_pod_identity(document: Resource, for_each: impl Into<Expr>) -> Block {
    let tag = |name, value: Expr| condition("StringEquals", name, value);
    Block::of(document).arg("for_each", for_each).block(
        Block::new("statement")
            .arg("actions", Expr::list(["sts:AssumeRole", "sts:TagSession"]))
            .block(
                Block::new("principals")
                    .arg("type", "Service")
                    .arg("identifiers", Expr::list(["pods.eks.amazonaws.com"])),
            )
            .block(tag("aws:RequestTag/eks-cluster-name", super::name().into()))
            .block(tag("aws:RequestTag/kubernetes-namespace", each_value("namespace").into()))
            .block(tag("aws:RequestTag/kubernetes-service-account", each_value("service_account").into())),
    )
}

/// The issuer of the tokens as it stands in the names of their claims: for `locals.tf`, where roles are by token.
pub(super) fn locals(part: Part, cluster: &Kubernetes) -> Part {
    if by_pod_identity(cluster) {
        return part;
    }
    part.local(ISSUER, Expr::call("trimprefix", [Expr::from(cluster::issuer()), "https://".into()]))
}

const ISSUER: &str = "oidc_issuer";

/// Not as a data source, which Terraform would read again with each edit of the cluster.
fn of_token() -> Expr {
    let subject =
        template!["system:serviceaccount:", each_value("namespace"), ":", each_value("service_account")];
    let claims = Object::new()
        .filled_in(template![local(ISSUER), ":aud"], "sts.amazonaws.com")
        .filled_in(template![local(ISSUER), ":sub"], subject);
    let statement = Object::new()
        .field("Effect", "Allow")
        .field("Action", "sts:AssumeRoleWithWebIdentity")
        .field("Principal", Object::new().field("Federated", cluster::OIDC_PROVIDER.attr("arn")))
        .field("Condition", Object::new().field("StringEquals", claims));
    let document = Object::new().field("Version", "2012-10-17").field("Statement", Expr::list([statement]));
    Expr::call("jsonencode", [document])
}
