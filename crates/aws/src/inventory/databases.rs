//! RDS, Aurora and DocumentDB, which share an API.

use aws_sdk_rds::Client;

use super::{
    Arn, Standing,
    answer::{Words, first, found, judged, presence},
};
use crate::{AwsError, Session};

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html>.
/// A stopped or full one is whole; one that can't reach its key for good isn't.
const DATABASE: Words = Words {
    ready: &[
        "available",
        "stopped",
        "storage-full",
        "storage-optimization",
        "storage-config-upgrade",
        "inaccessible-encryption-credentials-recoverable",
    ],
    failed: &[
        "cloning-failed",
        "failed",
        "inaccessible-encryption-credentials",
        "incompatible-create",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "insufficient-capacity",
        "migration-failed",
        "restore-error",
    ],
    gone: &[],
};

const SNAPSHOT: Words = Words { ready: &["available"], failed: &["failed"], gone: &[] };

pub(super) async fn standing(session: &Session, arn: &Arn<'_>) -> Result<Standing, AwsError> {
    let rds = Client::new(&session.config);
    Ok(match arn.kind {
        "db" => {
            let call = rds.describe_db_instances().db_instance_identifier(arn.id);
            let database = first!("rds:DescribeDBInstances", call, db_instances);
            judged(database.map(|database| database.db_instance_status), &DATABASE)
        }
        "cluster" => {
            let call = rds.describe_db_clusters().db_cluster_identifier(arn.id);
            let cluster = first!("rds:DescribeDBClusters", call, db_clusters);
            judged(cluster.map(|cluster| cluster.status), &DATABASE)
        }
        "snapshot" => {
            let call = rds.describe_db_snapshots().db_snapshot_identifier(arn.id);
            let snapshot = first!("rds:DescribeDBSnapshots", call, db_snapshots);
            judged(snapshot.map(|snapshot| snapshot.status), &SNAPSHOT)
        }
        "cluster-snapshot" => {
            let call = rds.describe_db_cluster_snapshots().db_cluster_snapshot_identifier(arn.id);
            let snapshot = first!("rds:DescribeDBClusterSnapshots", call, db_cluster_snapshots);
            judged(snapshot.map(|snapshot| snapshot.status), &SNAPSHOT)
        }
        "subgrp" => {
            let call = rds.describe_db_subnet_groups().db_subnet_group_name(arn.id);
            presence(first!("rds:DescribeDBSubnetGroups", call, db_subnet_groups))
        }
        "pg" => {
            let call = rds.describe_db_parameter_groups().db_parameter_group_name(arn.id);
            presence(first!("rds:DescribeDBParameterGroups", call, db_parameter_groups))
        }
        "cluster-pg" => {
            let call = rds.describe_db_cluster_parameter_groups().db_cluster_parameter_group_name(arn.id);
            presence(first!("rds:DescribeDBClusterParameterGroups", call, db_cluster_parameter_groups))
        }
        _ => Standing::Unknown,
    })
}
