//! ElastiCache.

use aws_sdk_elasticache::Client;

use super::{
    Arn, Standing,
    answer::{Words, first, found, judged, presence},
};
use crate::{AwsError, Session};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html>,
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html>
const CACHE: Words = Words {
    ready: &["available"],
    failed: &["create-failed", "incompatible-network", "restore-failed"],
    gone: &["deleted"],
};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_UserGroup.html>
const USERS: Words = Words { ready: &["active"], failed: &[], gone: &[] };

const SNAPSHOT: Words = Words { ready: &["available"], failed: &["failed"], gone: &[] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let elasticache = Client::new(&session.config);
    Ok(match arn.kind {
        "replicationgroup" => {
            let call = elasticache.describe_replication_groups().replication_group_id(arn.id);
            let group = first!("elasticache:DescribeReplicationGroups", call, replication_groups);
            judged(group.map(|group| group.status), &CACHE)
        }
        "cluster" => {
            let call = elasticache.describe_cache_clusters().cache_cluster_id(arn.id);
            let cluster = first!("elasticache:DescribeCacheClusters", call, cache_clusters);
            judged(cluster.map(|cluster| cluster.cache_cluster_status), &CACHE)
        }
        "snapshot" => {
            let call = elasticache.describe_snapshots().snapshot_name(arn.id);
            let snapshot = first!("elasticache:DescribeSnapshots", call, snapshots);
            judged(snapshot.map(|snapshot| snapshot.snapshot_status), &SNAPSHOT)
        }
        "subnetgroup" => {
            let call = elasticache.describe_cache_subnet_groups().cache_subnet_group_name(arn.id);
            presence(first!("elasticache:DescribeCacheSubnetGroups", call, cache_subnet_groups))
        }
        "parametergroup" => {
            let call = elasticache.describe_cache_parameter_groups().cache_parameter_group_name(arn.id);
            presence(first!("elasticache:DescribeCacheParameterGroups", call, cache_parameter_groups))
        }
        "usergroup" => {
            let call = elasticache.describe_user_groups().user_group_id(arn.id);
            let group = first!("elasticache:DescribeUserGroups", call, user_groups);
            judged(group.map(|group| group.status), &USERS)
        }
        "user" => {
            let call = elasticache.describe_users().user_id(arn.id);
            let user = first!("elasticache:DescribeUsers", call, users);
            judged(user.map(|user| user.status), &USERS)
        }
        _ => Standing::Unknown,
    })
}
