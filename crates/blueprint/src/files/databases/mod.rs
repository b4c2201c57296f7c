//! PostgreSQL in the isolated subnets: RDS instances in `databases.tf`, Aurora clusters in `aurora.tf`.
//!
//! Each engine has a file of its own, with everything in it that it needs. What both write in the same way is here and
//! in [`shared`].

mod aurora;
mod rds;
mod secret;
mod shared;

use std::collections::BTreeMap;

use terrane_domain::{
    AuroraCluster, Database, DatabaseField, DatabaseKind, InfraModel, Key, RdsInstance, Reference as Wish,
};

use super::{
    kms, network,
    part::{Part, first_path, of_each},
};
use crate::{hcl::Expr, render::RenderError};

pub(super) use aurora::CLUSTER;
pub(super) use rds::INSTANCE;

/// A database and what runs it.
type Run<'a, K> = BTreeMap<&'a Key, (&'a Database, &'a K)>;

fn instances(model: &InfraModel) -> Run<'_, RdsInstance> {
    let runs = model.databases.iter().filter_map(|(key, database)| match &database.kind {
        DatabaseKind::Instance(instance) => Some((key, (database, instance))),
        DatabaseKind::Cluster(_) => None,
    });
    runs.collect()
}

fn clusters(model: &InfraModel) -> Run<'_, AuroraCluster> {
    let runs = model.databases.iter().filter_map(|(key, database)| match &database.kind {
        DatabaseKind::Instance(_) => None,
        DatabaseKind::Cluster(cluster) => Some((key, (database, cluster))),
    });
    runs.collect()
}

/// The identifier of a replica of an instance; replicas are counted from 1.
pub(super) fn replica(key: &Key, number: usize) -> Expr {
    rds::REPLICA.at(numbered(key, number), "identifier")
}

/// The identifier of an instance of a cluster; they are counted from 1.
pub(super) fn member(key: &Key, number: usize) -> Expr {
    aurora::INSTANCE.at(numbered(key, number), "identifier")
}

/// Under which key a replica or an instance of a cluster stands.
fn numbered(database: &Key, number: usize) -> String {
    format!("{database}-{number}")
}

/// What runs the database that a variable of an app names, if it names one.
fn kind_named_by<'m>(model: &'m InfraModel, wish: &Wish) -> Option<&'m DatabaseKind> {
    match wish {
        Wish::Database { key, .. } => model.databases.get(key).map(|database| &database.kind),
        _ => None,
    }
}

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    network::require(model, first_path("databases", &model.databases, |_| true))?;
    kms::require(model, first_path("databases", &model.databases, |database| database.environment_key))
}

/// What a reference to a database stands for; `None` if there is no such database, and for what is a secret: an app gets
/// that out of Secrets Manager, by [`DatabaseField::SecretArn`].
pub(super) fn field(model: &InfraModel, key: &Key, field: DatabaseField) -> Option<Expr> {
    let kind = &model.databases.get(key)?.kind;
    // What AWS calls the same thing on an instance and on a cluster.
    let (resource, host, name, username) = match kind {
        DatabaseKind::Instance(_) => (rds::INSTANCE, "address", "db_name", "username"),
        DatabaseKind::Cluster(_) => (aurora::CLUSTER, "endpoint", "database_name", "master_username"),
    };
    let of = |attribute| resource.at(key, attribute);
    match field {
        DatabaseField::Host => Some(of(host)),
        DatabaseField::ReaderHost => Some(match kind {
            DatabaseKind::Cluster(_) => of("reader_endpoint"),
            DatabaseKind::Instance(instance) if instance.replicas.is_empty() => of(host),
            DatabaseKind::Instance(_) => rds::REPLICA.at(numbered(key, 1), "address"),
        }),
        DatabaseField::Port => Some(of("port")),
        DatabaseField::Name => Some(of(name)),
        DatabaseField::Username => Some(of(username)),
        // AWS makes one secret; the provider shows a list of it.
        DatabaseField::SecretArn => {
            if matches!(kind, DatabaseKind::Instance(instance) if !instance.replicas.is_empty()) {
                return Some(secret::SECRET.at(key, "arn"));
            }
            Some(Expr::call(
                "one",
                [resource.whole().at(key).attr("master_user_secret").splat().attr("secret_arn")],
            ))
        }
        DatabaseField::Password | DatabaseField::Url => None,
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.databases.is_empty() {
        return None;
    }
    let network = model.network.as_ref()?;
    let (instances, clusters) = (instances(model), clusters(model));
    let mut part = Part::default();
    if !instances.is_empty() {
        let about = "Databases by name; user and password are in the secret";
        let value = of_each(rds::INSTANCE, "database", rds::output(&instances));
        part = rds::add_to(part, model, &instances, network).output("databases", about, value);
    }
    if !clusters.is_empty() {
        let about = "Aurora clusters by name; user and password are in the secret";
        let value = of_each(aurora::CLUSTER, "database", aurora::output());
        part = aurora::add_to(part, model, &clusters, network).output("aurora_clusters", about, value);
    }
    Some(part)
}
