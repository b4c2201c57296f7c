//! What ElastiCache offers, read in November 2026.

/// Versions of Valkey, newest last.
/// Source: ElastiCache user guide, "Supported engines and versions".
pub(crate) const VALKEY_VERSIONS: &[&str] = &["7.2", "8.0", "8.1"];

/// Versions of Redis OSS from which IAM authentication works, newest last: Redis left its open license behind 7.2, and
/// what is older than 7.0 is close to the end of its support.
/// Source: ElastiCache user guide, "Supported engines and versions" and "Authenticating with IAM".
pub(crate) const REDIS_VERSIONS: &[&str] = &["7.0", "7.1"];

/// Most shards and most replicas of one.
/// Source: ElastiCache API reference, `CreateReplicationGroup`, `NumNodeGroups` and `ReplicasPerNodeGroup`.
pub(crate) const MAX_SHARDS: i64 = 500;
pub(crate) const MAX_REPLICAS_PER_SHARD: i64 = 5;

/// Nodes of one cache without a quota raised.
/// Source: ElastiCache user guide, "Quotas", nodes per cluster (cluster mode enabled).
pub(crate) const MAX_NODES: u32 = 90;

/// What a parameter may be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterValue {
    /// A whole number from a least to a most.
    Number(i64, i64),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Any of these letters, none twice.
    Letters(&'static str),
}

const YES_NO: ParameterValue = ParameterValue::OneOf(&["yes", "no"]);
const COUNT: ParameterValue = ParameterValue::Number(0, i64::MAX);

/// Parameters that a group may change and that every version above has.
/// Source: ElastiCache user guide, "Engine specific parameters".
#[rustfmt::skip]
pub(crate) const PARAMETERS: &[(&str, ParameterValue)] = &[
    ("activedefrag",              YES_NO),
    ("active-defrag-threshold-lower", ParameterValue::Number(1, 100)),
    ("active-defrag-threshold-upper", ParameterValue::Number(1, 100)),
    ("activerehashing",           YES_NO),
    ("close-on-replica-write",    YES_NO),
    ("databases",                 ParameterValue::Number(1, 1_200_000)),
    ("hash-max-listpack-entries", COUNT),
    ("hash-max-listpack-value",   COUNT),
    ("latency-tracking",          YES_NO),
    ("lazyfree-lazy-eviction",    YES_NO),
    ("lazyfree-lazy-expire",      YES_NO),
    ("lazyfree-lazy-server-del",  YES_NO),
    ("lazyfree-lazy-user-del",    YES_NO),
    ("lfu-decay-time",            COUNT),
    ("lfu-log-factor",            ParameterValue::Number(1, i64::MAX)),
    ("maxmemory-policy",          ParameterValue::OneOf(&["volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random", "allkeys-random", "volatile-ttl", "noeviction"])),
    ("maxmemory-samples",         ParameterValue::Number(1, i64::MAX)),
    ("notify-keyspace-events",    ParameterValue::Letters("KEg$lshzxeAtdmn")),
    ("reserved-memory-percent",   ParameterValue::Number(0, 100)),
    ("set-max-intset-entries",    COUNT),
    ("slowlog-log-slower-than",   ParameterValue::Number(-1, i64::MAX)),
    ("slowlog-max-len",           COUNT),
    ("tcp-keepalive",             COUNT),
    ("timeout",                   ParameterValue::Number(0, 2_147_483_647)),
    ("tracking-table-max-keys",   ParameterValue::Number(1, 100_000_000)),
    ("zset-max-listpack-entries", COUNT),
    ("zset-max-listpack-value",   COUNT),
];

/// Settings of Redis that ElastiCache keeps for itself, and what to write instead.
#[rustfmt::skip]
pub(crate) const KEPT_PARAMETERS: &[(&str, &str)] = &[
    ("appendonly",      "ElastiCache keeps data by snapshots; use snapshot_retention_days"),
    ("appendfsync",     "ElastiCache keeps data by snapshots; use snapshot_retention_days"),
    ("save",            "ElastiCache keeps data by snapshots; use snapshot_retention_days"),
    ("cluster-enabled", "follows from shards"),
    ("maxmemory",       "follows from size; use reserved-memory-percent to leave room"),
    ("requirepass",     "a password would be in Terraform's state; use authentication: iam"),
    ("port",            "ElastiCache doesn't let it be changed"),
    ("bind",            "ElastiCache doesn't let it be changed"),
    ("tls-port",        "TLS is always on"),
];

/// Families of node types that can't be had, and what to take instead.
/// Source: ElastiCache API reference, `CacheNode` ("Previous generation": no new clusters); ElastiCache user guide,
/// "Supported node types" (the same of T2).
const PREVIOUS_FAMILIES: &[(&str, &str)] = &[
    ("t1", "t4g"),
    ("t2", "t4g"),
    ("m1", "m7g"),
    ("m3", "m7g"),
    ("c1", "m7g"),
    ("m2", "r7g"),
    ("r3", "r7g"),
];

/// Why no cache can be made of nodes of a type, with what to take instead.
pub(crate) fn node_type_fault(node_type: &str) -> Option<String> {
    let family = node_type.split('.').nth(1)?;
    // Source: ElastiCache API reference, `CreateReplicationGroup`, `DataTieringEnabled`: must be true for this family.
    if family == "r6gd" {
        return Some(
            "keeps a part of the data on disks, and data tiering can't be asked for here; use the family cache.r7g"
                .to_owned(),
        );
    }
    let (_, newer) = PREVIOUS_FAMILIES.iter().find(|(previous, _)| *previous == family)?;
    Some(format!("is of a generation of which ElastiCache makes no new caches; use the family cache.{newer}"))
}

/// How many cores a node has, if there are at most two; then AWS advises to watch the whole machine.
/// Source: ElastiCache user guide, "Which metrics should I monitor?" and "Supported node types".
pub(crate) fn cores_are_few(node_type: &str) -> Option<u8> {
    let mut parts = node_type.split('.').skip(1);
    match (parts.next()?, parts.next()?) {
        (_, "micro" | "small" | "medium" | "large") => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_nodes_have_few_cores() {
        for (node_type, cores) in [
            ("cache.t4g.micro", Some(2)),
            ("cache.r7g.large", Some(2)),
            ("cache.r7g.xlarge", None),
            ("cache.m7g.16xlarge", None),
        ] {
            assert_eq!(cores_are_few(node_type), cores, "{node_type}");
        }
    }
}
