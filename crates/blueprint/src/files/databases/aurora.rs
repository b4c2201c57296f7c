//! `aurora.tf`: Aurora PostgreSQL.

use terrane_domain::{AuroraCluster, AuroraCompute, Database, DatabaseKind, InfraModel, Network};

use super::{
    Run, kind_named_by, numbered,
    shared::{self, Options, PORT},
};
use crate::{
    files::{
        doors::Door,
        kms, network,
        part::Part,
        stores::{self, key_if, name_of},
    },
    hcl::{Block, Expr, File, Object, Reference, Resource, each_value, local, template},
};

pub(in crate::files) const CLUSTER: Resource = Resource::per_key("aws_rds_cluster", "main");
pub(super) const INSTANCE: Resource = Resource::per_key("aws_rds_cluster_instance", "main");
const INCARNATION: Resource = Resource::per_key("terraform_data", "aurora");
const SUBNET_GROUP: Resource = Resource::one("aws_db_subnet_group", "aurora");
const CLUSTER_PARAMETERS: Resource = Resource::per_key("aws_rds_cluster_parameter_group", "main");
const INSTANCE_PARAMETERS: Resource = Resource::per_key("aws_db_parameter_group", "aurora");
const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "aurora");
const FROM_APP: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "aurora_from_app");
const FROM_CLUSTER: Resource =
    Resource::per_key("aws_vpc_security_group_ingress_rule", "aurora_from_cluster");
const FROM_VPC: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "aurora");
const SERVER_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "aurora_postgresql");
const MONITORING_ROLE: Resource = Resource::per_key("aws_iam_role", "aurora_monitoring");
const MONITORING_POLICY: Resource = Resource::per_key("aws_iam_role_policy_attachment", "aurora_monitoring");
const MONITORING_TRUST: Resource = Resource::data("aws_iam_policy_document", "aurora_monitoring_trust");

const CLUSTERS: &str = "aurora_clusters";
const INSTANCES: &str = "aurora_instances";

const DOOR: Door = Door {
    group: SECURITY_GROUP,
    from_app: FROM_APP,
    from_cluster: FROM_CLUSTER,
    from_vpc: FROM_VPC,
    for_each: Some(CLUSTERS),
    clients: "aurora_clients",
    leads_here: |model, wish| matches!(kind_named_by(model, wish), Some(DatabaseKind::Cluster(_))),
    name: || name_of("aurora"),
    description: "PostgreSQL database",
    protocol: "PostgreSQL",
    port: PORT,
};

pub(super) fn add_to(
    part: Part,
    model: &InfraModel,
    clusters: &Run<'_, AuroraCluster>,
    network: &Network,
) -> Part {
    let options =
        Options::of(model.encryption_key.is_some(), clusters.values().map(|(database, _)| *database));
    let serverless = clusters.values().any(|(_, cluster)| capacity(cluster).is_some());

    let about = "Aurora PostgreSQL, reachable from inside the VPC only.";
    let file = File::new("aurora.tf", about)
        .block(cluster(options, serverless))
        .block(instance(options))
        .block(stores::subnet_group(SUBNET_GROUP, "-aurora", network));
    let file = shared::incarnations(file, INCARNATION, CLUSTERS, options);
    let file = parameter_groups(file);
    let file = DOOR.add_to(file, model, network);
    let log_name = template!["/aws/rds/cluster/", each_value("identifier"), "/postgresql"];
    let retention = each_value("log_retention_days");
    let file =
        file.block(stores::log_group(SERVER_LOG, Some(CLUSTERS), log_name, retention, kms::arn(model)));
    let file = if options.monitored {
        shared::monitoring(file, (MONITORING_ROLE, MONITORING_POLICY, MONITORING_TRUST), CLUSTERS)
    } else {
        file
    };
    let entries = clusters.iter().fold(Object::new(), |object, (key, (database, cluster))| {
        object.entry(*key, entry(database, cluster, options, serverless))
    });
    let part = DOOR.locals(part.file(file).local(CLUSTERS, entries), model);
    part.local(INSTANCES, instances(clusters, network))
}

fn entry(database: &Database, cluster: &AuroraCluster, options: Options, any_serverless: bool) -> Object {
    let instance_class = match &cluster.compute {
        AuroraCompute::Provisioned { instance_class } => Expr::from(instance_class),
        AuroraCompute::Serverless { .. } => Expr::from("db.serverless"),
    };
    let mut object = Object::new()
        .field("identifier", &database.identifier)
        .field("version", &database.version)
        .field("instance_class", instance_class);
    if any_serverless {
        object = object.field("capacity", capacity(cluster));
    }
    options.entry(object, database)
}

fn capacity(cluster: &AuroraCluster) -> Option<Object> {
    match cluster.compute {
        AuroraCompute::Provisioned { .. } => None,
        AuroraCompute::Serverless { min, max } => Some(Object::new().field("min", min).field("max", max)),
    }
}

/// Every instance of every cluster, by key.
fn instances(clusters: &Run<'_, AuroraCluster>, network: &Network) -> Object {
    let all = clusters.iter().flat_map(|(key, (_, cluster))| {
        cluster.instances.iter().enumerate().map(move |(at, instance)| (*key, at, instance))
    });
    all.fold(Object::new(), |object, (key, at, instance)| {
        let described = Object::new()
            .field("cluster", key)
            .field("identifier", &instance.identifier)
            .field("zone", network::zone_of(network, instance, at))
            // The first to be there writes. Tier 1 takes over, and when serverless scales with the writer.
            // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
            .field("promotion_tier", u8::from(at > 0));
        object.entry(numbered(key, at + 1), described)
    })
}

pub(super) fn output() -> Object {
    let field = |name| Reference::variable("database").attr(name);
    Object::new()
        .field("host", field("endpoint"))
        .field("reader_host", field("reader_endpoint"))
        .field("port", field("port"))
        .field("database", field("database_name"))
        .field("secret_arn", Expr::call("one", [field("master_user_secret").splat().attr("secret_arn")]))
        .field("security_group_id", SECURITY_GROUP.via(Reference::variable("key"), "id"))
}

fn cluster(options: Options, serverless: bool) -> Block {
    let own_key = |options: Options| options.own_key.then(|| key_if(each_value("own_key")));
    let block = Block::of(CLUSTER)
        .arg("for_each", local(CLUSTERS))
        .arg("cluster_identifier", each_value("identifier"))
        .arg("engine", "aurora-postgresql")
        .arg("engine_version", each_value("version"))
        .note("Only when the version above is another one, and that takes somebody to write it.")
        .arg("allow_major_version_upgrade", true)
        .arg_if_some("snapshot_identifier", options.restored.then(|| each_value("restore_from")))
        .gap()
        .arg("database_name", each_value("database_name"))
        .arg("master_username", each_value("master_username"))
        .note("RDS makes the password, keeps it in Secrets Manager and rotates it: it is in no state and no log.")
        .arg("manage_master_user_password", true)
        .arg_if_some("master_user_secret_kms_key_id", own_key(options))
        .arg("iam_database_authentication_enabled", each_value("iam_authentication"))
        .gap()
        .arg("storage_encrypted", true)
        .arg_if_some("kms_key_id", own_key(options))
        .gap()
        .arg("port", PORT)
        .arg("db_subnet_group_name", SUBNET_GROUP.attr("name"))
        .arg("vpc_security_group_ids", Expr::list([SECURITY_GROUP.attr("id")]))
        .arg("db_cluster_parameter_group_name", CLUSTER_PARAMETERS.attr("name"))
        .note("For a major upgrade: RDS moves the instances with the cluster, and has to know to which group.")
        .arg("db_instance_parameter_group_name", INSTANCE_PARAMETERS.attr("name"))
        .note("What was planned and approved happens now, not in the next maintenance window.")
        .arg("apply_immediately", true)
        .arg("preferred_maintenance_window", "sun:03:30-sun:04:30")
        .gap()
        .arg("backup_retention_period", each_value("backup_retention_days"))
        .arg("preferred_backup_window", "02:00-03:00")
        .arg("copy_tags_to_snapshot", true)
        .arg("deletion_protection", each_value("deletion_protection"));
    let block = shared::final_snapshot(block, options, INCARNATION)
        .gap()
        .arg("enabled_cloudwatch_logs_exports", Expr::list(["postgresql"]));
    let block = if serverless { block.block(scaling()) } else { block };
    block
        .tags(CLUSTER)
        .note("RDS would make the log group itself, without an end to retention.")
        .arg("depends_on", Expr::list([SERVER_LOG.whole()]))
}

/// Only for a cluster that has a capacity: `[*]` makes an empty list of null.
fn scaling() -> Block {
    let capacity =
        |field| Reference::variable("serverlessv2_scaling_configuration").attr("value").attr(field);
    let content = Block::new("serverlessv2_scaling_configuration")
        .arg("min_capacity", capacity("min"))
        .arg("max_capacity", capacity("max"));
    Block::dynamic(each_value("capacity").splat(), content)
}

fn instance(options: Options) -> Block {
    let of_cluster = |name| local(CLUSTERS).at(each_value("cluster")).attr(name);
    let block = Block::of(INSTANCE)
        .arg("for_each", local(INSTANCES))
        .arg("identifier", each_value("identifier"))
        .arg("cluster_identifier", CLUSTER.via(each_value("cluster"), "id"))
        .arg("engine", CLUSTER.via(each_value("cluster"), "engine"))
        .arg("instance_class", of_cluster("instance_class"))
        .arg("availability_zone", each_value("zone"))
        .arg("promotion_tier", each_value("promotion_tier"))
        .gap()
        .arg("db_subnet_group_name", SUBNET_GROUP.attr("name"))
        .arg("db_parameter_group_name", INSTANCE_PARAMETERS.via(each_value("cluster"), "name"))
        .arg("publicly_accessible", false)
        .arg("apply_immediately", true)
        .arg("auto_minor_version_upgrade", true)
        .arg("copy_tags_to_snapshot", true)
        .gap();
    let block = shared::insights(block, options, of_cluster);
    let block =
        shared::monitored(block, options, of_cluster, MONITORING_ROLE.via(each_value("cluster"), "arn"));
    let block = block.tags(INSTANCE);
    if !options.monitored {
        return block;
    }
    block
        .note("RDS refuses a monitoring role that can't write yet.")
        .arg("depends_on", Expr::list([MONITORING_POLICY.whole()]))
}

fn parameter_groups(file: File) -> File {
    let family = || template!["aurora-postgresql", each_value("version")];
    let name = || template![each_value("identifier"), "-postgresql", each_value("version")];
    let kept = || Block::new("lifecycle").arg("create_before_destroy", true);
    file.block(
        Block::of(CLUSTER_PARAMETERS)
            .arg("for_each", local(CLUSTERS))
            .note("The version is in the name, so that after a major upgrade both groups can exist for a while.")
            .arg("name", name())
            .arg("family", family())
            .arg("description", "Refuses connections without TLS")
            .block(Block::new("parameter").arg("name", "rds.force_ssl").arg("value", "1"))
            .tags(CLUSTER_PARAMETERS)
            .block(kept()),
    )
    .noted(
        "Nothing in it yet: AWS's own default group can't be changed, and to change to another takes a restart.",
        Block::of(INSTANCE_PARAMETERS)
            .arg("for_each", local(CLUSTERS))
            .arg("name", name())
            .arg("family", family())
            .arg("description", "Settings of single instances")
            .tags(INSTANCE_PARAMETERS)
            .block(kept()),
    )
}
