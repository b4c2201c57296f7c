//! EKS: clusters and what belongs to one.

use aws_sdk_eks::{Client, types::ClusterStatus};

use super::{
    Arn, Standing,
    answer::{Words, found, judged, presence},
};
use crate::{AwsError, Session};

/// A cluster, or a part of one that EKS looks after. One that is `DEGRADED`, or whose last update failed, is there and
/// may get well: what it holds is lost if it is replaced for that.
/// <https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html>
const EKS: Words = Words {
    ready: &["ACTIVE", "DEGRADED", "UPDATE_FAILED"],
    failed: &["FAILED", "CREATE_FAILED", "DELETE_FAILED"],
    gone: &[],
};

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let eks = Client::new(&session.config);
    // `cluster/name`; the parts name their cluster first: `nodegroup/cluster/name/uuid`.
    let mut path = arn.path();
    let (Some(cluster), name) = (path.next(), path.next()) else { return Ok(Standing::Unknown) };
    Ok(match (arn.kind, name) {
        ("cluster", _) => judged(status_of(&eks, cluster).await?, &EKS),
        ("nodegroup", Some(name)) => {
            let answer = eks.describe_nodegroup().cluster_name(cluster).nodegroup_name(name).send().await;
            let status =
                found("eks:DescribeNodegroup", answer, |answer| answer.nodegroup.map(|it| it.status))?;
            judged(status, &EKS)
        }
        ("addon", Some(name)) => {
            let answer = eks.describe_addon().cluster_name(cluster).addon_name(name).send().await;
            let status = found("eks:DescribeAddon", answer, |answer| answer.addon.map(|it| it.status))?;
            judged(status, &EKS)
        }
        ("fargateprofile", Some(name)) => {
            let answer =
                eks.describe_fargate_profile().cluster_name(cluster).fargate_profile_name(name).send().await;
            let status = found("eks:DescribeFargateProfile", answer, |answer| {
                answer.fargate_profile.map(|it| it.status)
            })?;
            judged(status, &EKS)
        }
        ("podidentityassociation", Some(id)) => {
            let answer =
                eks.describe_pod_identity_association().cluster_name(cluster).association_id(id).send().await;
            presence(found("eks:DescribePodIdentityAssociation", answer, |answer| answer.association)?)
        }
        // Whatever else belongs to a cluster goes with it, and is asked about by names that its ARN doesn't hold.
        _ => match status_of(&eks, cluster).await? {
            None => Standing::Gone,
            Some(_) => Standing::Unknown,
        },
    })
}

async fn status_of(eks: &Client, cluster: &str) -> Result<Option<Option<ClusterStatus>>, AwsError> {
    let answer = eks.describe_cluster().name(cluster).send().await;
    found("eks:DescribeCluster", answer, |answer| answer.cluster.map(|cluster| cluster.status))
}
