//! What databases and caches are called in CloudWatch, and where their alarms go off: maps in `locals.tf` whose keys begin
//! with the name in the environment file. A key of a user has no dot, so what follows one is ours.
//!
//! What they are called is asked of the resources: so an alarm comes after what it is about and goes before it, and nobody
//! hears of a database that is being made or taken down.

use terrane_domain::{Alarms, Cache, CacheCpu, CacheLimits, CacheTopology, DatabaseKind, InfraModel, Key};

use crate::{
    files::{caches, databases, part::Part},
    hcl::{Expr, For, Object, Reference, local, template},
};

pub(super) const DATABASES: &str = "database_instances";
pub(super) const CACHES: &str = "cache_nodes";

pub(super) fn locals(part: Part, model: &InfraModel) -> Part {
    let alarms = model.observability.alarms.as_ref();
    let part =
        if model.databases.is_empty() { part } else { part.local(DATABASES, databases(model, alarms)) };
    let shown = model.observability.dashboard.is_some() && !model.caches.is_empty();
    if shown || caches_have_alarms(model) { part.local(CACHES, caches(model, alarms)) } else { part }
}

/// Caches that only an older file had have no limits, and are about to go.
pub(super) fn caches_have_alarms(model: &InfraModel) -> bool {
    let alarms = model.observability.alarms.as_ref();
    alarms.is_some_and(|alarms| model.caches.keys().any(|key| alarms.caches.contains_key(key)))
}

/// Every DB instance: `main`, its replica `main.replica-1`, and those of a cluster, `orders.1`.
fn databases(model: &InfraModel, alarms: Option<&Alarms>) -> Object {
    let instances = model.databases.iter().flat_map(|(key, database)| {
        let named: Vec<(String, Expr)> = match &database.kind {
            DatabaseKind::Instance(instance) => {
                let replica = |number| (format!("{key}.replica-{number}"), databases::replica(key, number));
                let replicas = (1..=instance.replicas.len()).map(replica);
                std::iter::once((key.to_string(), databases::INSTANCE.at(key, "identifier")))
                    .chain(replicas)
                    .collect()
            }
            DatabaseKind::Cluster(cluster) => {
                let numbers = 1..=cluster.instances.len();
                numbers.map(|number| (format!("{key}.{number}"), databases::member(key, number))).collect()
            }
        };
        named.into_iter().map(move |(name, identifier)| (key, name, identifier))
    });
    instances.fold(Object::new(), |object, (key, name, identifier)| {
        let instance = Object::new().field("identifier", identifier);
        let instance = match alarms {
            None => instance,
            Some(alarms) => {
                let limits = alarms.databases.get(key);
                instance
                    .field("connections", limits.and_then(|limits| limits.connections))
                    .field("free_storage_bytes", limits.and_then(|limits| limits.free_storage_bytes))
            }
        };
        object.entry(name, instance)
    })
}

/// Every node: `sessions.1`, and with shards `queue.1.2`, the second of the first.
fn caches(model: &InfraModel, alarms: Option<&Alarms>) -> Object {
    let nodes = model
        .caches
        .iter()
        .flat_map(|(key, cache)| nodes(key, cache).into_iter().map(move |(name, node)| (key, name, node)));
    nodes.fold(Object::new(), |object, (key, name, node)| {
        let entry = Object::new().field("id", template![caches::id(key), node]);
        let entry = match alarms {
            None => entry,
            Some(alarms) => {
                let limits = alarms.caches.get(key);
                entry
                    .field("cpu_metric", limits.map(cpu_metric))
                    .field("cpu_percent", limits.map(|limits| limits.cpu_percent))
                    .field("memory_percent", limits.and_then(|limits| limits.memory_percent))
                    .field("evictions_per_minute", limits.and_then(|limits| limits.evictions_per_minute))
            }
        };
        object.entry(name, entry)
    })
}

const fn cpu_metric(limits: &CacheLimits) -> &'static str {
    match limits.cpu {
        CacheCpu::Host => "CPUUtilization",
        CacheCpu::Engine => "EngineCPUUtilization",
    }
}

/// ElastiCache numbers what it makes: the name of each node, and how its id ends.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.CreatingReplGroup.NoExistingCluster.Classic.html>
fn nodes(key: &Key, cache: &Cache) -> Vec<(String, String)> {
    let replicas = u16::from(cache.topology.replicas());
    let of_shard = 1..=1 + replicas;
    match cache.topology {
        CacheTopology::Single { .. } => {
            of_shard.map(|node| (format!("{key}.{node}"), format!("-{node:03}"))).collect()
        }
        CacheTopology::Sharded { shards, .. } => (1..=shards)
            .flat_map(|shard| of_shard.clone().map(move |node| (shard, node)))
            .map(|(shard, node)| (format!("{key}.{shard}.{node}"), format!("-{shard:04}-{node:03}")))
            .collect(),
    }
}

/// `for_each` over the entries of a map in which a field is set.
pub(super) fn those_with(map: &'static str, field: &'static str) -> Expr {
    let one = || Reference::variable("one");
    For::map("one", local(map), one()).when(Expr::from(one().attr(field)).differs(Expr::null())).into()
}
