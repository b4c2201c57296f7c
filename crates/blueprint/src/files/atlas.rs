//! `atlas.tf`: a cluster of MongoDB Atlas, who may reach it, and who may log in.
//!
//! Nobody reaches it but through the NAT gateways, and nobody logs in with a password: an app shows Atlas its role in
//! IAM, which costs no secret anywhere, state included. Tags of Atlas take no colon, so the environment is named there in
//! words of its own, and adoption by tags ends at AWS.
//!
//! Source: Atlas documentation, "Set Up Authentication with AWS IAM", "Configure IP Access List Entries" and "Resource
//! Tags"; the provider's page on `mongodbatlas_database_user`.

use terrane_domain::{
    AtlasAccess, AtlasCluster, AtlasProject, AtlasUser, DocumentDatabaseField, InfraModel, Key,
    Reference as Wish, Secret,
};

use super::{
    apps, kubernetes_apps, network,
    part::{Part, Provider},
};
use crate::{
    hcl::{Block, Expr, File, Object, Resource, each_key, each_value, local, template},
    render::RenderError,
};

const PROJECT: Resource = Resource::one("mongodbatlas_project", "main");
const ACCESS: Resource = Resource::per_key("mongodbatlas_project_ip_access_list", "nat");
const CLUSTER: Resource = Resource::one("mongodbatlas_advanced_cluster", "main");
const SCHEDULE: Resource = Resource::one("mongodbatlas_cloud_backup_schedule", "main");
const USER: Resource = Resource::per_key("mongodbatlas_database_user", "main");

const SECTION: &str = "document_database";

/// The last version whose arguments this file follows: 2.0 turned the blocks of a cluster into attributes.
const PROVIDER_VERSION: &str = "1.41.1";

/// Three nodes in three zones: the fewest with which one may be lost.
const NODES: u8 = 3;
/// Priority of the only region.
const HIGHEST_PRIORITY: u8 = 7;

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    network::require(model, model.atlas.as_ref().map(|_| SECTION.to_owned()))?;
    let of_somebody = |network| network::nat_addresses(network).is_none();
    match &model.network {
        Some(network) if model.atlas.is_some() && of_somebody(network) => {
            Err(RenderError::NothingThere { path: SECTION.to_owned(), what: "NAT gateways".to_owned() })
        }
        _ => Ok(()),
    }
}

/// What a reference to the document database stands for, if that is a cluster of Atlas.
pub(super) fn field(model: &InfraModel, field: DocumentDatabaseField) -> Option<Expr> {
    let cluster = model.atlas.as_ref()?;
    match field {
        DocumentDatabaseField::Url => Some(url(cluster)),
        DocumentDatabaseField::Host => Some(Expr::call("trimprefix", [address(), "mongodb+srv://".into()])),
        DocumentDatabaseField::Port
        | DocumentDatabaseField::Username
        | DocumentDatabaseField::Password
        | DocumentDatabaseField::SecretArn => None,
    }
}

/// `mongodb+srv://<host>`
fn address() -> Expr {
    CLUSTER.attr("connection_strings").nth(0).attr("standard_srv").into()
}

/// The connection string for whoever has a role in IAM.
fn url(cluster: &AtlasCluster) -> Expr {
    let form = "%s/%s?authSource=%%24external&authMechanism=MONGODB-AWS&retryWrites=true&w=majority";
    Expr::call("format", [form.into(), address(), Expr::from(&cluster.database)])
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let cluster = model.atlas.as_ref()?;
    let network = model.network.as_ref()?;
    let users = users(model, cluster);
    let file =
        File::new("atlas.tf", "MongoDB Atlas, reachable through this environment's NAT gateways only.");
    let file = match &cluster.project {
        AtlasProject::Existing { .. } => file,
        AtlasProject::Own { org_id, name } => file.block(project(org_id, name)),
    };
    let file = file.block(database(cluster)).block(schedule(cluster)).block(
        Block::of(ACCESS)
            .arg("for_each", network::nat_addresses(network)?)
            .arg("project_id", project_id(cluster))
            .arg("ip_address", each_value("public_ip"))
            .arg("comment", template!["NAT gateway of ", local("name"), " in ", each_key()]),
    );
    let part = match users {
        Some(users) => Part::of(file.block(user(cluster))).local("document_users", users),
        None => Part::of(file),
    };
    let output = Object::new().field("url", url(cluster)).field("database", &cluster.database);
    let part = part.output(
        SECTION,
        "The document database; who logs in does it with a role, not a password",
        output,
    );
    Some(part.provider(Provider {
        name: "mongodbatlas",
        source: "mongodb/mongodbatlas",
        version: PROVIDER_VERSION,
        note: "Its key comes from the environment: MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY.",
        settings: Block::labelled("provider", "mongodbatlas"),
    }))
}

fn project(org_id: &str, name: &str) -> Block {
    let tags = Object::new().entry("terrane-environment", local("name"));
    Block::of(PROJECT).arg("name", name.to_owned()).arg("org_id", org_id.to_owned()).arg("tags", tags)
}

fn project_id(cluster: &AtlasCluster) -> Expr {
    match &cluster.project {
        AtlasProject::Existing { project_id } => project_id.into(),
        AtlasProject::Own { .. } => PROJECT.attr("id").into(),
    }
}

fn database(cluster: &AtlasCluster) -> Block {
    let region = Block::new("region_configs")
        .arg("provider_name", "AWS")
        .arg("region_name", &cluster.region)
        .arg("priority", HIGHEST_PRIORITY)
        .block(
            Block::new("electable_specs")
                .arg("instance_size", &cluster.instance_size)
                .arg("node_count", NODES),
        )
        .block(
            Block::new("auto_scaling")
                .note("A full disk stops a database; a larger one costs a little more.")
                .arg("disk_gb_enabled", true)
                .arg("compute_enabled", false),
        );
    Block::of(CLUSTER)
        .arg("project_id", project_id(cluster))
        .arg("name", &cluster.name)
        .arg("cluster_type", "REPLICASET")
        .arg("mongo_db_major_version", &cluster.version)
        .gap()
        .arg("backup_enabled", true)
        .note("What becomes of the snapshots when the cluster is destroyed.")
        .arg("retain_backups_enabled", cluster.retain_backups)
        .arg("termination_protection_enabled", cluster.deletion_protection)
        .block(Block::new("replication_specs").block(region))
        .block(
            Block::new("advanced_configuration")
                .arg("minimum_enabled_tls_protocol", "TLS1_2")
                .note("No code of a client runs in the server.")
                .arg("javascript_enabled", false),
        )
        .block(Block::new("tags").arg("key", "terrane-environment").arg("value", local("name")))
}

/// A new cluster has a schedule of Atlas's own, which keeps snapshots for up to a year.
fn schedule(cluster: &AtlasCluster) -> Block {
    Block::of(SCHEDULE)
        .arg("project_id", project_id(cluster))
        .arg("cluster_name", CLUSTER.attr("name"))
        .block(
            Block::new("policy_item_daily")
                .arg("frequency_interval", 1_u8)
                .arg("retention_unit", "days")
                .arg("retention_value", cluster.backup_retention_days),
        )
}

fn user(cluster: &AtlasCluster) -> Block {
    Block::of(USER)
        .arg("for_each", local("document_users"))
        .arg("project_id", project_id(cluster))
        .arg("username", each_value("principal"))
        .note("The principal proves to AWS who it is; Atlas knows no password.")
        .arg("auth_database_name", "$external")
        .arg("aws_iam_type", each_value("type"))
        .block(
            Block::new("roles").arg("role_name", each_value("role")).arg("database_name", &cluster.database),
        )
        .block(Block::new("scopes").arg("name", CLUSTER.attr("name")).arg("type", "CLUSTER"))
}

/// Who logs in: each app that refers to the database, with its own role, and whom the file names.
fn users(model: &InfraModel, cluster: &AtlasCluster) -> Option<Object> {
    let refers = |secret: &Secret| matches!(secret, Secret::Reference(Wish::DocumentDatabase { .. }));
    let of_apps = model.apps.iter().filter(|(_, app)| app.secrets.values().any(refers)).map(|(key, app)| {
        let role = if app.on_ecs().is_some() { apps::TASK_ROLE } else { kubernetes_apps::ROLE };
        (format!("apps.{key}"), described(role.at(key, "arn"), "ROLE", AtlasAccess::ReadWrite))
    });
    let named = cluster.users.iter().map(|(key, user): (&Key, &AtlasUser)| {
        let kind = if user.principal.contains(":user/") { "USER" } else { "ROLE" };
        (key.as_str().to_owned(), described(Expr::from(&user.principal), kind, user.access))
    });
    of_apps
        .chain(named)
        .fold(None, |users: Option<Object>, (key, user)| Some(users.unwrap_or_default().entry(key, user)))
}

fn described(principal: Expr, kind: &'static str, access: AtlasAccess) -> Object {
    let role = match access {
        AtlasAccess::Read => "read",
        AtlasAccess::ReadWrite => "readWrite",
    };
    Object::new().field("principal", principal).field("type", kind).field("role", role)
}
