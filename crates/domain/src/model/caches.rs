//! ElastiCache replication groups.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{OnDestroy, snapshot::FinalSnapshot};
use crate::CacheEngine;

/// An ElastiCache replication group. Always encrypted at rest, and spoken to over TLS only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cache {
    /// Replication group id, at most 40 characters.
    pub id: String,
    /// Valkey or Redis OSS.
    pub engine: CacheEngine,
    /// For example `8.0`; patches are applied by AWS in the maintenance window.
    pub version: String,
    /// Family of its parameter group, for example `valkey8`.
    pub family: String,
    /// For example `cache.t4g.micro`.
    pub node_type: String,
    /// Shards and their replicas.
    pub topology: CacheTopology,
    /// Replicas stand in other zones, and one takes over by itself.
    pub multi_az: bool,
    /// Settings of the engine that differ from its defaults, without `cluster-enabled`.
    pub parameters: BTreeMap<String, String>,
    /// The users that may connect; `None` lets in whoever gets to it through the network.
    pub users: Option<CacheUsers>,
    /// Encrypt with the environment's key; otherwise AWS's.
    pub environment_key: bool,
    /// Days for which daily snapshots are kept; 0 takes none.
    pub snapshot_retention_days: u8,
    /// The snapshot that is taken when it is destroyed; `None` takes none.
    pub final_snapshot: Option<FinalSnapshot>,
    /// Name of the log group of the slow log.
    pub log_group: String,
    /// One of the retentions that CloudWatch knows.
    pub log_retention_days: u16,
}

impl Cache {
    /// Says what becomes of its contents when it is destroyed. One that is never copied leaves nothing then either.
    pub(super) fn unprotect(&mut self, data: OnDestroy<'_>) {
        self.final_snapshot =
            self.final_snapshot.as_ref().and_then(|_| FinalSnapshot::at_the_end(&self.id, data));
    }
}

/// Shards and their replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheTopology {
    /// One shard, cluster mode off: every client works.
    Single {
        /// 0 to 5.
        replicas: u8,
    },
    /// Cluster mode: keys are spread over shards, and clients have to know how.
    Sharded {
        /// 1 to 500.
        shards: u16,
        /// 0 to 5.
        replicas_per_shard: u8,
    },
}

impl CacheTopology {
    /// Copies of each shard beside its primary.
    pub const fn replicas(self) -> u8 {
        match self {
            Self::Single { replicas } => replicas,
            Self::Sharded { replicas_per_shard, .. } => replicas_per_shard,
        }
    }

    /// Nodes in all.
    pub const fn nodes(self) -> u32 {
        let shards = match self {
            Self::Single { .. } => 1,
            Self::Sharded { shards, .. } => shards as u32,
        };
        shards * (1 + self.replicas() as u32)
    }
}

/// Who may connect to a cache, by role-based access control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CacheUsers {
    /// User group id, at most 40 characters.
    pub group_id: String,
    /// Id and name of the user that identities of IAM connect as; at most 40 characters.
    pub user_id: String,
    /// Id of a user `default` that can do nothing: Redis wants one in each group, Valkey does not.
    pub default_user_id: Option<String>,
}
