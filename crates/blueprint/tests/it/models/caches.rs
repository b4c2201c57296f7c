//! Caches.

use std::collections::BTreeMap;

use terrane_domain::*;

pub(super) fn cache(id: &str, environment_key: bool) -> Cache {
    Cache {
        id: id.to_owned(),
        engine: CacheEngine::Valkey,
        version: "8.0".to_owned(),
        family: "valkey8".to_owned(),
        node_type: "cache.t4g.micro".to_owned(),
        topology: CacheTopology::Single { replicas: 1 },
        multi_az: true,
        parameters: [("maxmemory-policy", "allkeys-lru"), ("timeout", "300")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        users: Some(CacheUsers {
            group_id: id.to_owned(),
            user_id: format!("{id}-app"),
            default_user_id: None,
        }),
        environment_key,
        snapshot_retention_days: 7,
        final_snapshot: Some(FinalSnapshot::PerIncarnation { prefix: format!("{id}-final") }),
        log_group: format!("/aws/elasticache/{id}/slow"),
        log_retention_days: 30,
    }
}

pub(super) fn queue() -> Cache {
    let id = "dev-anna-4f2a91c0-queue";
    Cache {
        engine: CacheEngine::Redis,
        version: "7.1".to_owned(),
        family: "redis7".to_owned(),
        topology: CacheTopology::Single { replicas: 0 },
        multi_az: false,
        parameters: BTreeMap::new(),
        users: Some(CacheUsers {
            group_id: id.to_owned(),
            user_id: format!("{id}-app"),
            default_user_id: Some(format!("{id}-off")),
        }),
        snapshot_retention_days: 0,
        final_snapshot: None,
        ..cache(id, false)
    }
}

pub(super) fn sharded_cache() -> Cache {
    Cache {
        topology: CacheTopology::Sharded { shards: 3, replicas_per_shard: 1 },
        users: None,
        ..cache("dev-anna-4f2a91c0-shards", true)
    }
}
