//! What is protected against deletion.
//!
//! Three things keep each other company: AWS refuses (`deletion_protection` of databases and load balancers), Terraform
//! refuses (`prevent_destroy`, for whoever runs it by hand), and Terrane says so before it asks anybody, by
//! [`is_protected`]: neither of the others can tell when a block is gone from the files altogether.

use terrane_domain::{Database, DatabaseKind, InfraModel, Key};

use crate::holds_data;

/// Whether a model protects the thing at an address: `aws_db_instance.main["main"]`.
#[must_use]
pub fn is_protected(model: &InfraModel, address: &str) -> bool {
    let (resource, key) = match address.split_once("[\"") {
        Some((resource, rest)) => (resource, rest.strip_suffix("\"]")),
        None => (address, None),
    };
    let Some((kind, name)) = resource.split_once('.') else { return false };
    if model.protected {
        return holds_data(kind);
    }
    let database = |key: Option<&str>| {
        let database = key.and_then(|key| Key::parse(key).ok()).and_then(|key| model.databases.get(&key));
        database.is_some_and(|database| database.deletion_protection)
    };
    match (kind, name) {
        // The number of a replica stands behind the name of its database.
        ("aws_db_instance", "replica") => {
            database(key.and_then(|key| key.rsplit_once('-')).map(|(key, _)| key))
        }
        ("aws_db_instance" | "aws_rds_cluster", _) => database(key),
        ("aws_docdb_cluster", _) => {
            model.document_database.as_ref().is_some_and(|database| database.deletion_protection)
        }
        _ => false,
    }
}

/// Whether every resource of a type is protected: `prevent_destroy` can't differ from one key to another.
pub(crate) fn whole_type_is_protected(model: &InfraModel, kind: &str) -> bool {
    let all = |is: fn(&DatabaseKind) -> bool| {
        let mut databases = model.databases.values().filter(|database| is(&database.kind)).peekable();
        let any = databases.peek().is_some();
        any && databases.all(|Database { deletion_protection, .. }| *deletion_protection)
    };
    match kind {
        "aws_db_instance" => all(|kind| matches!(kind, DatabaseKind::Instance(_))),
        "aws_rds_cluster" => all(|kind| matches!(kind, DatabaseKind::Cluster(_))),
        "aws_docdb_cluster" => {
            model.document_database.as_ref().is_some_and(|database| database.deletion_protection)
        }
        kind => model.protected && holds_data(kind),
    }
}
