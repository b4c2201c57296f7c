//! `documents.tf`: DocumentDB in the isolated subnets.

use terrane_domain::{
    DocumentDatabase, DocumentDatabaseField, FinalSnapshot, InfraModel, Network, Reference as Wish,
};

use super::{doors::Door, kms, network, part::Part, stores};
use crate::{
    hcl::{Block, Expr, File, Object, Resource, each_value, local, template},
    render::RenderError,
};

pub(super) const CLUSTER: Resource = Resource::one("aws_docdb_cluster", "main");
const INSTANCE: Resource = Resource::per_key("aws_docdb_cluster_instance", "main");
const INCARNATION: Resource = Resource::one("terraform_data", "documents");
const SUBNET_GROUP: Resource = Resource::one("aws_docdb_subnet_group", "main");
const PARAMETER_GROUP: Resource = Resource::one("aws_docdb_cluster_parameter_group", "main");
const SECURITY_GROUP: Resource = Resource::one("aws_security_group", "documents");
const FROM_APP: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "documents_from_app");
const FROM_CLUSTER: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "documents_from_cluster");
const FROM_VPC: Resource = Resource::one("aws_vpc_security_group_ingress_rule", "documents");
const AUDIT_LOG: Resource = Resource::one("aws_cloudwatch_log_group", "documents_audit");

const PORT: u16 = 27017;
const SECTION: &str = "document_database";

const DOOR: Door = Door {
    group: SECURITY_GROUP,
    from_app: FROM_APP,
    from_cluster: FROM_CLUSTER,
    from_vpc: FROM_VPC,
    for_each: None,
    clients: "document_clients",
    leads_here: |_, wish| matches!(wish, Wish::DocumentDatabase { .. }),
    name: || template![local("name"), "-documents"],
    description: "DocumentDB",
    protocol: "MongoDB",
    port: PORT,
};

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    let wanted = |wants: fn(&DocumentDatabase) -> bool| {
        model.document_database.as_ref().is_some_and(wants).then(|| SECTION.to_owned())
    };
    network::require(model, wanted(|_| true))?;
    kms::require(model, wanted(|database| database.environment_key))
}

/// What a reference to the document database stands for; `None` if there is none, and for what is a secret: an app gets
/// that out of Secrets Manager, by [`DocumentDatabaseField::SecretArn`].
pub(super) fn field(model: &InfraModel, field: DocumentDatabaseField) -> Option<Expr> {
    model.document_database.as_ref()?;
    match field {
        DocumentDatabaseField::Host => Some(CLUSTER.attr("endpoint").into()),
        DocumentDatabaseField::Port => Some(CLUSTER.attr("port").into()),
        DocumentDatabaseField::Username => Some(CLUSTER.attr("master_username").into()),
        DocumentDatabaseField::SecretArn => Some(secret_arn()),
        DocumentDatabaseField::Password | DocumentDatabaseField::Url => None,
    }
}

/// AWS makes one secret; the provider shows a list of it.
fn secret_arn() -> Expr {
    Expr::call("one", [CLUSTER.attr("master_user_secret").splat().attr("secret_arn")])
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let database = model.document_database.as_ref()?;
    let network = model.network.as_ref()?;
    let key = kms::arn(model);
    let own_key = key.clone().filter(|_| database.environment_key);

    let about = "DocumentDB, reachable from inside the VPC only.";
    let mut cluster = Block::of(CLUSTER)
        .arg("cluster_identifier", &database.identifier)
        .arg("engine", "docdb")
        .arg("engine_version", &database.version)
        .note("Only when the version above is another one, and that takes somebody to write it.")
        .arg("allow_major_version_upgrade", true)
        .gap()
        .arg("master_username", &database.master_username)
        .note("AWS makes the password, keeps it in Secrets Manager and rotates it: it is in no state and no log.")
        .arg("manage_master_user_password", true)
        .gap()
        .arg("storage_encrypted", true)
        .arg_if_some("kms_key_id", own_key)
        .gap()
        .arg("port", PORT)
        .arg("db_subnet_group_name", SUBNET_GROUP.attr("name"))
        .arg("vpc_security_group_ids", Expr::list([SECURITY_GROUP.attr("id")]))
        .arg("db_cluster_parameter_group_name", PARAMETER_GROUP.attr("name"))
        .note("What was planned and approved happens now, not in the next maintenance window.")
        .arg("apply_immediately", true)
        .arg("preferred_maintenance_window", "sun:03:30-sun:04:30")
        .gap()
        .arg("backup_retention_period", database.backup_retention_days)
        .arg("preferred_backup_window", "02:00-03:00")
        .arg("deletion_protection", database.deletion_protection)
        .arg("skip_final_snapshot", database.final_snapshot.is_none());
    if let Some(snapshot) = &database.final_snapshot {
        cluster = cluster.arg("final_snapshot_identifier", snapshot_name(snapshot));
    }
    let cluster = cluster
        .gap()
        .arg("enabled_cloudwatch_logs_exports", Expr::list(["audit"]))
        .tags(CLUSTER)
        .note("AWS would make the log group itself, without an end to retention.")
        .arg("depends_on", Expr::list([AUDIT_LOG.whole()]));

    let file = File::new("documents.tf", about)
        .block(cluster)
        .block(instance(database))
        .block(stores::subnet_group(SUBNET_GROUP, "-documents", network))
        .noted(
            "Its id is part of the name of the final snapshot, which has to be new every time: snapshots outlive what\n\
             they were taken of.",
            Block::of(INCARNATION).arg("triggers_replace", Expr::list([replacing(database)])),
        )
        .block(parameter_group(database));
    let file = DOOR.add_to(file, model, network).block(stores::log_group(
        AUDIT_LOG,
        None,
        template!["/aws/docdb/", &database.identifier, "/audit"],
        database.log_retention_days,
        key,
    ));
    let part = Part::of(file).local("document_instances", instances(database, network));
    let part = DOOR.locals(part, model);
    Some(part.output(SECTION, "The document database; user and password are in the secret", output()))
}

fn snapshot_name(snapshot: &FinalSnapshot) -> Expr {
    match snapshot {
        FinalSnapshot::Named(name) => name.into(),
        FinalSnapshot::PerIncarnation { prefix } => stores::of_incarnation(prefix, INCARNATION),
    }
}

/// What can't be changed without a new cluster.
fn replacing(database: &DocumentDatabase) -> Expr {
    let key = if database.environment_key { "own key" } else { "key of AWS" };
    Expr::from(key)
}

/// By number, from 1.
fn instances(database: &DocumentDatabase, network: &Network) -> Object {
    database.instances.iter().enumerate().fold(Object::new(), |object, (at, instance)| {
        let described = Object::new()
            .field("identifier", &instance.identifier)
            .field("zone", network::zone_of(network, instance, at))
            .field("promotion_tier", u8::from(at > 0));
        object.entry((at + 1).to_string(), described)
    })
}

fn instance(database: &DocumentDatabase) -> Block {
    Block::of(INSTANCE)
        .arg("for_each", local("document_instances"))
        .arg("identifier", each_value("identifier"))
        .arg("cluster_identifier", CLUSTER.attr("id"))
        .arg("instance_class", &database.instance_class)
        .arg("availability_zone", each_value("zone"))
        .arg("promotion_tier", each_value("promotion_tier"))
        .arg("apply_immediately", true)
        .arg("auto_minor_version_upgrade", true)
        .arg("copy_tags_to_snapshot", true)
        .tags(INSTANCE)
}

/// <https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html>
fn parameter_group(database: &DocumentDatabase) -> Block {
    let parameter = |name, value| Block::new("parameter").arg("name", name).arg("value", value);
    Block::of(PARAMETER_GROUP)
        .note("The version is in the name, so that after a major upgrade both groups can exist for a while.")
        .arg("name", &database.parameter_group)
        .arg("family", &database.family)
        .arg("description", "Refuses connections without TLS, and writes down who did what")
        .block(parameter("tls", "enabled"))
        .block(parameter("audit_logs", "enabled"))
        .tags(PARAMETER_GROUP)
        .block(Block::new("lifecycle").arg("create_before_destroy", true))
}

fn output() -> Object {
    Object::new()
        .field("host", CLUSTER.attr("endpoint"))
        .field("reader_host", CLUSTER.attr("reader_endpoint"))
        .field("port", CLUSTER.attr("port"))
        .field("secret_arn", secret_arn())
        .field("security_group_id", SECURITY_GROUP.attr("id"))
}
