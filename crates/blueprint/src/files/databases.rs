//! `databases.tf`: RDS for PostgreSQL in the isolated subnets.

use terrane_domain::{Database, InfraModel, Network};

use super::{
    data::{CALLER, PARTITION, REGION},
    kms, network,
    part::{Part, by_key, first_path, of_each},
    policies::service_trust,
};
use crate::{
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_key, each_value, local, template},
    render::RenderError,
};

const INSTANCE: Resource = Resource::per_key("aws_db_instance", "main");
const SUBNET_GROUP: Resource = Resource::one("aws_db_subnet_group", "main");
const PARAMETER_GROUP: Resource = Resource::per_key("aws_db_parameter_group", "main");
const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "database");
const INGRESS: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "database");
const SERVER_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "database_postgresql");
const UPGRADE_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "database_upgrade");
const MONITORING_ROLE: Resource = Resource::per_key("aws_iam_role", "database_monitoring");
const MONITORING_POLICY: Resource =
    Resource::per_key("aws_iam_role_policy_attachment", "database_monitoring");
const MONITORING_TRUST: Resource = Resource::data("aws_iam_policy_document", "database_monitoring_trust");

const PORT: u16 = 5432;
/// Of the logs that RDS exports; one of the retentions that CloudWatch knows.
const LOG_RETENTION_DAYS: u16 = 30;

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    network::require(model, first_path("databases", &model.databases, |_| true))?;
    kms::require(model, first_path("databases", &model.databases, |database| database.environment_key))
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.databases.is_empty() {
        return None;
    }
    let network = model.network.as_ref()?;
    let own_key = model.encryption_key.is_some();
    let monitored = model.databases.values().any(|database| database.enhanced_monitoring.is_some());

    let file = File::new("databases.tf", "RDS for PostgreSQL, reachable from inside the VPC only.")
        .block(instance(own_key, monitored))
        .block(
            Block::of(SUBNET_GROUP)
                .arg("name", template![local("name"), "-databases"])
                .arg("description", "Isolated subnets of the VPC")
                .arg("subnet_ids", network::isolated_subnet_ids(network))
                .tags(SUBNET_GROUP),
        );
    let file = security_group(parameter_group(file), network);
    let file = log_groups(file, own_key);
    let file = if monitored { monitoring(file) } else { file };
    let part = Part::of(file)
        .local("databases", by_key(&model.databases, |database| entry(database, monitored, own_key)))
        .output(
            "databases",
            "Databases by name; user and password are in the secret",
            of_each(INSTANCE, "database", output()),
        );
    Some(part)
}

fn entry(database: &Database, any_monitored: bool, own_key: bool) -> Object {
    let mut object = Object::new()
        .field("identifier", &database.identifier)
        .field("version", &database.version)
        .field("instance_class", &database.instance_class)
        .field("multi_az", database.multi_az)
        .field("storage_gib", database.storage_gib)
        .field("max_storage_gib", database.max_storage_gib)
        .field("database_name", &database.database_name)
        .field("master_username", &database.master_username)
        .field("backup_retention_days", database.backup_retention_days)
        .field("deletion_protection", database.deletion_protection)
        .field("final_snapshot", database.final_snapshot.as_ref())
        .field("performance_insights", database.performance_insights);
    if own_key {
        object = object.field("own_key", database.environment_key);
    }
    if any_monitored {
        let monitoring = database.enhanced_monitoring.as_ref();
        object = object
            .field("monitoring_interval_seconds", monitoring.map_or(0, |m| m.interval_seconds))
            .field("monitoring_role", Expr::from(monitoring.map(|m| &m.role_name)));
    }
    object
}

fn output() -> Object {
    let field = |name| Reference::variable("database").attr(name);
    Object::new()
        .field("host", field("address"))
        .field("port", field("port"))
        .field("database", field("db_name"))
        .field("secret_arn", Expr::call("one", [field("master_user_secret").splat().attr("secret_arn")]))
}

fn instance(own_key: bool, monitored: bool) -> Block {
    let block = Block::of(INSTANCE)
        .arg("for_each", local("databases"))
        .arg("identifier", each_value("identifier"))
        .arg("engine", "postgres")
        .arg("engine_version", each_value("version"))
        .arg("instance_class", each_value("instance_class"))
        .arg("multi_az", each_value("multi_az"))
        .gap()
        .arg("db_name", each_value("database_name"))
        .arg("username", each_value("master_username"))
        .note("RDS makes the password, keeps it in Secrets Manager and rotates it: it is in no state and no log.")
        .arg("manage_master_user_password", true)
        .arg_if_some("master_user_secret_kms_key_id", own_key.then(|| key_if(each_value("own_key"))))
        .gap()
        .arg("allocated_storage", each_value("storage_gib"))
        .arg("max_allocated_storage", each_value("max_storage_gib"))
        .arg("storage_type", "gp3")
        .arg("storage_encrypted", true)
        .arg_if_some("kms_key_id", own_key.then(|| key_if(each_value("own_key"))))
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
        .arg("deletion_protection", each_value("deletion_protection"))
        .arg("skip_final_snapshot", Expr::from(each_value("final_snapshot")).equals(Expr::null()))
        .arg("final_snapshot_identifier", each_value("final_snapshot"));
    let mut prepared = vec![SERVER_LOG.whole(), UPGRADE_LOG.whole()];
    if monitored {
        prepared.push(MONITORING_POLICY.whole());
    }
    observed(block, own_key, monitored)
        .tags(INSTANCE)
        .note(
            "RDS would make log groups itself, without an end to retention, and it refuses a monitoring role that\n\
             can't write yet.",
        )
        .arg("depends_on", Expr::list(prepared))
}

fn observed(block: Block, own_key: bool, monitored: bool) -> Block {
    let insights = || Expr::from(each_value("performance_insights"));
    let block = block
        .gap()
        .arg("enabled_cloudwatch_logs_exports", Expr::list(["postgresql", "upgrade"]))
        .arg("performance_insights_enabled", insights())
        .arg("performance_insights_retention_period", Expr::choose(insights(), 7_u8, Expr::null()))
        .arg_if_some(
            "performance_insights_kms_key_id",
            own_key.then(|| key_if(insights().and(each_value("own_key")))),
        );
    if !monitored {
        return block;
    }
    block.arg("monitoring_interval", each_value("monitoring_interval_seconds")).arg(
        "monitoring_role_arn",
        Expr::choose(
            has_monitoring(each_value("monitoring_role")),
            MONITORING_ROLE.attr("arn"),
            Expr::null(),
        ),
    )
}

fn key_if(condition: impl Into<Expr>) -> Expr {
    Expr::choose(condition.into(), kms::KEY.attr("arn"), Expr::null())
}

fn parameter_group(file: File) -> File {
    file.block(
        Block::of(PARAMETER_GROUP)
            .arg("for_each", local("databases"))
            .note("The version is in the name, so that after a major upgrade both groups can exist for a while.")
            .arg("name", template![each_value("identifier"), "-postgres", each_value("version")])
            .arg("family", template!["postgres", each_value("version")])
            .arg("description", "Refuses connections without TLS")
            .block(Block::new("parameter").arg("name", "rds.force_ssl").arg("value", "1"))
            .tags(PARAMETER_GROUP)
            .block(Block::new("lifecycle").arg("create_before_destroy", true)),
    )
}

fn security_group(file: File, network: &Network) -> File {
    file.noted(
        "Without an egress rule: a database opens no connections of its own.",
        Block::of(SECURITY_GROUP)
            .arg("for_each", local("databases"))
            .arg("name", template![local("name"), "-database-", each_key()])
            .arg("description", "PostgreSQL database")
            .arg("vpc_id", network::vpc_id(network))
            .named_tags(SECURITY_GROUP, template![local("name"), "-database-", each_key()]),
    )
    .block(
        Block::of(INGRESS)
            .arg("for_each", local("databases"))
            .arg("security_group_id", SECURITY_GROUP.attr("id"))
            .arg("description", "PostgreSQL from the VPC")
            .arg("cidr_ipv4", network::vpc_cidr(network))
            .arg("ip_protocol", "tcp")
            .arg("from_port", PORT)
            .arg("to_port", PORT)
            .tags(INGRESS),
    )
}

fn log_groups(file: File, own_key: bool) -> File {
    let group = |resource: Resource, log: &'static str| {
        Block::of(resource)
            .arg("for_each", local("databases"))
            .arg("name", template!["/aws/rds/instance/", each_value("identifier"), "/", log])
            .arg("retention_in_days", LOG_RETENTION_DAYS)
            .arg_if_some("kms_key_id", own_key.then(|| kms::KEY.attr("arn")))
            .tags(resource)
    };
    file.block(group(SERVER_LOG, "postgresql")).block(group(UPGRADE_LOG, "upgrade"))
}

fn monitoring(file: File) -> File {
    let source = template![
        "arn:",
        PARTITION.attr("partition"),
        ":rds:",
        REGION.attr("id"),
        ":",
        CALLER.attr("account_id"),
        ":db:*",
    ];
    let policy = template![
        "arn:",
        PARTITION.attr("partition"),
        ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    ];
    file.block(
        Block::of(MONITORING_ROLE)
            .arg(
                "for_each",
                For::map("database", local("databases"), Reference::variable("database"))
                    .when(has_monitoring(Reference::variable("database").attr("monitoring_role"))),
            )
            .arg("name", each_value("monitoring_role"))
            .arg("description", "Lets RDS write Enhanced Monitoring")
            .arg("assume_role_policy", MONITORING_TRUST.attr("json"))
            .tags(MONITORING_ROLE),
    )
    .block(
        Block::of(MONITORING_POLICY)
            .arg("for_each", MONITORING_ROLE.whole())
            .arg("role", each_value("name"))
            .arg("policy_arn", policy),
    )
    .block(Block::of(MONITORING_TRUST).block(service_trust("monitoring.rds.amazonaws.com", source)))
}

fn has_monitoring(role: Reference) -> Expr {
    Expr::from(role).differs(Expr::null())
}
