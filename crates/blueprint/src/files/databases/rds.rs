//! `databases.tf`: RDS for PostgreSQL.

use terrane_domain::{Database, DatabaseKind, InfraModel, Network, RdsInstance};

use super::{
    Run, kind_named_by, numbered, secret,
    shared::{self, Options, PORT},
};
use crate::{
    files::{
        doors::Door,
        kms,
        part::Part,
        stores::{self, key_if, name_of},
    },
    hcl::{Block, Expr, File, Object, Reference, Resource, each_value, local, template},
};

pub(in crate::files) const INSTANCE: Resource = Resource::per_key("aws_db_instance", "main");
pub(super) const REPLICA: Resource = Resource::per_key("aws_db_instance", "replica");
const INCARNATION: Resource = Resource::per_key("terraform_data", "database");
const SUBNET_GROUP: Resource = Resource::one("aws_db_subnet_group", "main");
const PARAMETER_GROUP: Resource = Resource::per_key("aws_db_parameter_group", "main");
const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "database");
const FROM_APP: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "database_from_app");
const FROM_CLUSTER: Resource =
    Resource::per_key("aws_vpc_security_group_ingress_rule", "database_from_cluster");
const FROM_VPC: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "database");
const SERVER_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "database_postgresql");
const UPGRADE_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "database_upgrade");
const REPLICA_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "database_replica");
const MONITORING_ROLE: Resource = Resource::per_key("aws_iam_role", "database_monitoring");
const MONITORING_POLICY: Resource =
    Resource::per_key("aws_iam_role_policy_attachment", "database_monitoring");
const MONITORING_TRUST: Resource = Resource::data("aws_iam_policy_document", "database_monitoring_trust");

pub(super) const DATABASES: &str = "databases";
const REPLICAS: &str = "database_replicas";

const DOOR: Door = Door {
    group: SECURITY_GROUP,
    from_app: FROM_APP,
    from_cluster: FROM_CLUSTER,
    from_vpc: FROM_VPC,
    for_each: Some(DATABASES),
    clients: "database_clients",
    leads_here: |model, wish| matches!(kind_named_by(model, wish), Some(DatabaseKind::Instance(_))),
    name: || name_of("database"),
    description: "PostgreSQL database",
    protocol: "PostgreSQL",
    port: PORT,
};

pub(super) fn add_to(
    part: Part,
    model: &InfraModel,
    instances: &Run<'_, RdsInstance>,
    network: &Network,
) -> Part {
    let options =
        Options::of(model.encryption_key.is_some(), instances.values().map(|(database, _)| *database));
    let replicas = replicas(instances);
    let replicated = replicas.is_some();

    let file = File::new("databases.tf", "RDS for PostgreSQL, reachable from inside the VPC only.")
        .block(instance(options, replicated))
        .block(stores::subnet_group(SUBNET_GROUP, "-databases", network));
    let file = shared::incarnations(file, INCARNATION, DATABASES, options);
    let file = if replicated {
        secret::add_to(file.noted(ABOUT_REPLICAS, replica(options)), options.own_key)
    } else {
        file
    };
    let file = file.block(parameter_group());
    let file = DOOR.add_to(file, model, network);
    let file = log_groups(file, kms::arn(model), replicated);
    let file = if options.monitored {
        shared::monitoring(file, (MONITORING_ROLE, MONITORING_POLICY, MONITORING_TRUST), DATABASES)
    } else {
        file
    };
    let entries = instances.iter().fold(Object::new(), |object, (key, (database, instance))| {
        object.entry(*key, entry(database, instance, options, replicated))
    });
    let part = DOOR.locals(part.file(file).local(DATABASES, entries), model);
    match replicas {
        Some(replicas) => part.local(REPLICAS, replicas),
        None => part,
    }
}

fn entry(database: &Database, instance: &RdsInstance, options: Options, any_replicated: bool) -> Object {
    let mut object = Object::new()
        .field("identifier", &database.identifier)
        .field("version", &database.version)
        .field("instance_class", &instance.instance_class)
        .field("multi_az", instance.multi_az)
        .field("storage_gib", instance.storage_gib)
        .field("max_storage_gib", instance.max_storage_gib);
    if any_replicated {
        object = object.field(secret::OWN_SECRET, !instance.replicas.is_empty());
    }
    options.entry(object, database)
}

/// Every replica of every instance, by key.
fn replicas(instances: &Run<'_, RdsInstance>) -> Option<Object> {
    let all = instances.iter().flat_map(|(key, (_, instance))| {
        instance.replicas.iter().enumerate().map(move |(at, identifier)| (*key, at + 1, identifier))
    });
    let mut all = all.peekable();
    all.peek()?;
    Some(all.fold(Object::new(), |object, (key, number, identifier)| {
        let replica = Object::new().field("source", key).field("identifier", identifier);
        object.entry(numbered(key, number), replica)
    }))
}

pub(super) fn output(instances: &Run<'_, RdsInstance>) -> Object {
    let field = |name| Reference::variable("database").attr(name);
    let managed = Expr::call("one", [field("master_user_secret").splat().attr("secret_arn")]);
    let replicated = instances.values().any(|(_, instance)| !instance.replicas.is_empty());
    Object::new()
        .field("host", field("address"))
        .field("port", field("port"))
        .field("database", field("db_name"))
        .field("secret_arn", secret::arn(replicated, managed))
        .field("security_group_id", SECURITY_GROUP.via(Reference::variable("key"), "id"))
}

fn instance(options: Options, replicated: bool) -> Block {
    let own_key = |options: Options| options.own_key.then(|| key_if(each_value("own_key")));
    let block = Block::of(INSTANCE)
        .arg("for_each", local(DATABASES))
        .arg("identifier", each_value("identifier"))
        .arg("engine", "postgres")
        .arg("engine_version", each_value("version"))
        .note("Only when the version above is another one, and that takes somebody to write it.")
        .arg("allow_major_version_upgrade", true)
        .arg("instance_class", each_value("instance_class"))
        .arg("multi_az", each_value("multi_az"))
        .arg_if_some("snapshot_identifier", options.restored.then(|| each_value("restore_from")))
        .gap()
        .arg("db_name", each_value("database_name"))
        .arg("username", each_value("master_username"));
    let block = secret::password(block, replicated, options.own_key)
        .arg("iam_database_authentication_enabled", each_value("iam_authentication"))
        .gap()
        .arg("allocated_storage", each_value("storage_gib"))
        .arg("max_allocated_storage", each_value("max_storage_gib"))
        .arg("storage_type", "gp3")
        .arg("storage_encrypted", true)
        .arg_if_some("kms_key_id", own_key(options))
        .gap()
        .arg("port", PORT)
        .arg("db_subnet_group_name", SUBNET_GROUP.attr("name"))
        .arg("vpc_security_group_ids", Expr::list([SECURITY_GROUP.attr("id")]))
        .arg("publicly_accessible", false)
        .arg("parameter_group_name", PARAMETER_GROUP.attr("name"))
        .note("What was planned and approved happens now, not in the next maintenance window.")
        .arg("apply_immediately", true)
        .arg("auto_minor_version_upgrade", true)
        .arg("maintenance_window", "sun:03:30-sun:04:30")
        .gap()
        .arg("backup_retention_period", each_value("backup_retention_days"))
        .arg("backup_window", "02:00-03:00")
        .arg("copy_tags_to_snapshot", true)
        .arg("deletion_protection", each_value("deletion_protection"));
    let block = shared::final_snapshot(block, options, INCARNATION)
        .gap()
        .arg("enabled_cloudwatch_logs_exports", Expr::list(["postgresql", "upgrade"]));
    let block = shared::insights(block, options, each_value);
    shared::monitored(block, options, each_value, MONITORING_ROLE.attr("arn"))
        .tags(INSTANCE)
        .note(
            "RDS would make log groups itself, without an end to retention, and it refuses a monitoring role that\n\
             can't write yet.",
        )
        .arg("depends_on", prepared(vec![SERVER_LOG, UPGRADE_LOG], options))
}

fn prepared(mut resources: Vec<Resource>, options: Options) -> Expr {
    resources.extend(options.monitored.then_some(MONITORING_POLICY));
    Expr::list(resources.into_iter().map(Resource::whole))
}

const ABOUT_REPLICAS: &str =
    "What a replica doesn't say it has from its source: password, subnets, key, version.";

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html>
fn replica(options: Options) -> Block {
    let source = |name| local(DATABASES).at(each_value("source")).attr(name);
    let block = Block::of(REPLICA)
        .arg("for_each", local(REPLICAS))
        .arg("identifier", each_value("identifier"))
        .arg("replicate_source_db", INSTANCE.via(each_value("source"), "identifier"))
        .arg("instance_class", source("instance_class"))
        .arg("iam_database_authentication_enabled", source("iam_authentication"))
        .gap()
        .arg("max_allocated_storage", source("max_storage_gib"))
        .arg("storage_type", "gp3")
        .arg("storage_encrypted", true)
        .gap()
        .arg("port", PORT)
        .arg("vpc_security_group_ids", Expr::list([SECURITY_GROUP.via(each_value("source"), "id")]))
        .arg("publicly_accessible", false)
        .arg("parameter_group_name", PARAMETER_GROUP.via(each_value("source"), "name"))
        .arg("apply_immediately", true)
        .arg("auto_minor_version_upgrade", true)
        .arg("maintenance_window", "sun:04:30-sun:05:30")
        .arg("copy_tags_to_snapshot", true)
        .arg("deletion_protection", source("deletion_protection"))
        .note("Of a replica there is none to take; its source leaves one.")
        .arg("skip_final_snapshot", true)
        .gap()
        .arg("enabled_cloudwatch_logs_exports", Expr::list(["postgresql"]));
    let block = shared::insights(block, options, |name| local(DATABASES).at(each_value("source")).attr(name));
    let setting = |name| local(DATABASES).at(each_value("source")).attr(name);
    shared::monitored(block, options, setting, MONITORING_ROLE.via(each_value("source"), "arn"))
        .tags(REPLICA)
        .arg("depends_on", prepared(vec![REPLICA_LOG], options))
}

fn parameter_group() -> Block {
    Block::of(PARAMETER_GROUP)
        .arg("for_each", local(DATABASES))
        .note("The version is in the name, so that after a major upgrade both groups can exist for a while.")
        .arg("name", template![each_value("identifier"), "-postgres", each_value("version")])
        .arg("family", template!["postgres", each_value("version")])
        .arg("description", "Refuses connections without TLS")
        .block(Block::new("parameter").arg("name", "rds.force_ssl").arg("value", "1"))
        .tags(PARAMETER_GROUP)
        .block(Block::new("lifecycle").arg("create_before_destroy", true))
}

fn log_groups(file: File, key: Option<Reference>, replicated: bool) -> File {
    let group = |resource, over, log, retention| {
        let name = template!["/aws/rds/instance/", each_value("identifier"), "/", log];
        stores::log_group(resource, Some(over), name, retention, key.clone())
    };
    let retention = || each_value("log_retention_days");
    let file = file.block(group(SERVER_LOG, DATABASES, "postgresql", retention())).block(group(
        UPGRADE_LOG,
        DATABASES,
        "upgrade",
        retention(),
    ));
    if !replicated {
        return file;
    }
    let of_source = local(DATABASES).at(each_value("source")).attr("log_retention_days");
    file.block(group(REPLICA_LOG, REPLICAS, "postgresql", of_source))
}
