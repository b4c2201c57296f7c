//! Caches: their size, their shards and who may connect.

use super::{Conflict, LifecyclePolicy, Resolver};
use crate::{
    Cache, CacheTopology, CacheUsers, Key,
    facts::caches::{MAX_NODES, REDIS_VERSIONS, VALKEY_VERSIONS},
    profile::cache_node_type,
    spec::{CacheAuthentication, CacheEngine, CacheSize, CacheSpec, Path},
};

/// Source: ElastiCache user guide, "Engine specific parameters": a family for each major version.
fn family(engine: CacheEngine, version: &str) -> String {
    format!("{engine}{}", version.split('.').next().unwrap_or(version))
}

impl Resolver<'_> {
    pub(super) fn cache(
        &mut self,
        key: &Key,
        spec: &CacheSpec,
        path: &Path,
        policy: LifecyclePolicy,
    ) -> Cache {
        let defaults = self.defaults;
        let engine = self.or_default(&path.key("engine"), spec.engine, CacheEngine::Valkey);
        let version = self.cache_version(engine, spec, path);
        let node_type = self.node_type(spec, path);
        let (topology, multi_az) = self.cache_topology(spec, path);
        let authentication = self.or_default(
            &path.key("authentication"),
            spec.authentication,
            // IAM is safer, but most clients can't make its tokens; and a password, the way in between, would stand in
            // Terraform's state: the provider has no write-only argument for it.
            CacheAuthentication::Network,
        );
        let snapshot_retention_days = self.or_profile(
            &path.key("snapshot_retention_days"),
            spec.snapshot_retention_days,
            defaults.cache_snapshot_retention_days,
        );
        Cache {
            id: self.names.cache(key),
            engine,
            family: family(engine, &version),
            version,
            node_type,
            topology,
            multi_az,
            parameters: spec.parameters.clone(),
            users: (authentication == CacheAuthentication::Iam).then(|| CacheUsers {
                group_id: self.names.cache(key),
                user_id: self.names.cache_user(key),
                default_user_id: (engine == CacheEngine::Redis).then(|| self.names.cache_default_user(key)),
            }),
            environment_key: self.own_key(&path.key("encryption"), spec.encryption),
            snapshot_retention_days,
            // What is worth a copy every day is worth a last one.
            final_snapshot: match snapshot_retention_days {
                0 => None,
                _ => self.final_snapshot(format!("{}-final", self.names.cache(key)), policy),
            },
            log_group: self.names.cache_log_group(key),
            log_retention_days: self.log_retention(
                &path.key("log_retention_days"),
                spec.log_retention_days,
                defaults.log_retention_days,
            ),
        }
    }

    fn cache_version(&mut self, engine: CacheEngine, spec: &CacheSpec, path: &Path) -> String {
        let (name, offered, default) = match engine {
            CacheEngine::Valkey => ("Valkey", VALKEY_VERSIONS, "8.0"),
            CacheEngine::Redis => ("Redis", REDIS_VERSIONS, "7.1"),
        };
        let at = path.key("version");
        let version = self.or_default(&at, spec.version.clone(), default.to_owned());
        if !offered.contains(&version.as_str()) {
            let message =
                format!("\"{version}\" is no version of {name}; ElastiCache offers {}", offered.join(", "));
            self.conflict(Conflict::new(at, message).with(path.key("engine")));
        }
        version
    }

    fn node_type(&mut self, spec: &CacheSpec, path: &Path) -> String {
        let given = match &spec.size {
            Some(CacheSize::Exact { node_type }) => return node_type.clone(),
            Some(CacheSize::Named(size)) => Some(*size),
            None => None,
        };
        self.of_size(&path.key("size"), "node_type", (given, self.defaults.cache_size), cache_node_type)
    }

    /// Shards, replicas, and whether a replica takes over by itself.
    fn cache_topology(&mut self, spec: &CacheSpec, path: &Path) -> (CacheTopology, bool) {
        let at_availability = path.key("high_availability");
        let at_replicas = path.key("replicas_per_shard");
        let available =
            self.or_profile(&at_availability, spec.high_availability, self.defaults.high_availability);
        let because = format!("because high_availability {available}");
        let replicas = self.or_because(&at_replicas, spec.replicas_per_shard, u8::from(available), &because);
        // Source: ElastiCache user guide, "Minimizing downtime by using Multi-AZ": it needs automatic failover, and
        // that needs a replica.
        if available && replicas == 0 {
            let message =
                "0 leaves no replica that could take over, which high_availability needs; use 1 or more";
            self.conflict(Conflict::new(at_replicas.clone(), message).with(at_availability));
        }
        let topology = match spec.shards {
            None => CacheTopology::Single { replicas },
            Some(shards) => CacheTopology::Sharded { shards, replicas_per_shard: replicas },
        };
        if topology.nodes() > MAX_NODES {
            let message = format!("makes {} nodes; a cache has at most {MAX_NODES}", topology.nodes());
            self.conflict(Conflict::new(path.key("shards"), message).with(at_replicas));
        }
        (topology, available)
    }
}
