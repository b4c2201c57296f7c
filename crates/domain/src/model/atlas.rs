//! A cluster of MongoDB Atlas.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Key, OnDestroy};
use crate::spec::AtlasAccess;

/// A cluster of MongoDB Atlas in AWS, in the environment's region. Whoever logs in does it as a principal of IAM: it has
/// no passwords. The apps that refer to it may read and write its database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtlasCluster {
    /// Name of the cluster; up to 23 characters.
    pub name: String,
    /// The project in which it stands.
    pub project: AtlasProject,
    /// Major version of MongoDB, for example `8.0`.
    pub version: String,
    /// For example `M10`.
    pub instance_size: String,
    /// The region as Atlas calls it, for example `EU_WEST_1`.
    pub region: String,
    /// Days for which daily snapshots are kept; 1 to 35.
    pub backup_retention_days: u8,
    /// Atlas refuses to delete it.
    pub deletion_protection: bool,
    /// Snapshots stay when it is destroyed.
    pub retain_backups: bool,
    /// The one database that users may touch.
    pub database: String,
    /// Principals that log in beside the apps that refer to it.
    pub users: BTreeMap<Key, AtlasUser>,
}

/// The project of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AtlasProject {
    /// One that exists.
    Existing {
        /// Its id.
        project_id: String,
    },
    /// One of the environment's own.
    Own {
        /// The organisation in which it is made.
        org_id: String,
        /// Its name; up to 64 characters.
        name: String,
    },
}

/// A principal of IAM that may log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtlasUser {
    /// ARN of a role or a user.
    pub principal: String,
    /// What it may do.
    pub access: AtlasAccess,
}

impl AtlasCluster {
    /// Takes off what would keep it from being destroyed, and says what becomes of its snapshots.
    pub(super) fn unprotect(&mut self, data: OnDestroy<'_>) {
        self.deletion_protection = false;
        self.retain_backups = matches!(data, OnDestroy::Snapshot { .. });
    }
}
