//! Caches.

use super::Row;

/// A section added to a valid file, the path of its only problem, and the message.
#[rustfmt::skip]
pub(super) const SECTIONS: &[Row] = &[
    ("caches: { a: { engine: memcached } }", "caches.a.engine", "unknown value \"memcached\"; expected valkey or redis"),
    ("caches: { a: { version: 8.0 } }", "caches.a.version", "8.0 must be quoted: \"8.0\""),
    ("caches: { a: { version: \"6.2\" } }", "caches.a.version", "unknown version \"6.2\"; ElastiCache offers Valkey 7.2, 8.0 or 8.1 and Redis 7.0 or 7.1"),
    ("caches: { a: { engine: redis, version: \"8.0\" } }", "caches.a.version", "\"8.0\" is no version of Redis; ElastiCache offers 7.0, 7.1"),
    ("caches: { a: { size: cache.r7g.large } }", "caches.a.size", "an exact size is written { node_type: cache.r7g.large }"),
    ("caches: { a: { size: { node_type: db.r7g.large } } }", "caches.a.size.node_type", "\"db.r7g.large\" is not a node type of ElastiCache; expected one such as cache.r7g.large"),
    ("caches: { a: { high_availability: true, replicas_per_shard: 0 } }", "caches.a.replicas_per_shard", "0 leaves no replica that could take over, which high_availability needs; use 1 or more"),
    ("caches: { a: { replicas_per_shard: 6 } }", "caches.a.replicas_per_shard", "expected a whole number from 0 to 5, found 6"),
    ("caches: { a: { shards: 46, replicas_per_shard: 1 } }", "caches.a.shards", "makes 92 nodes; a cache has at most 90"),
    ("caches: { a: { parameters: { maxmemory-polcy: noeviction } } }", "caches.a.parameters.maxmemory-polcy", "is no parameter that can be set; did you mean \"maxmemory-policy\"?"),
    ("caches: { a: { parameters: { maxmemory-policy: lru } } }", "caches.a.parameters.maxmemory-policy", "expected volatile-lru, allkeys-lru, volatile-lfu, allkeys-lfu, volatile-random, allkeys-random, volatile-ttl or noeviction, found \"lru\""),
    ("caches: { a: { parameters: { timeout: -1 } } }", "caches.a.parameters.timeout", "expected a whole number from 0 to 2147483647, found \"-1\""),
    ("caches: { a: { parameters: { activedefrag: true } } }", "caches.a.parameters.activedefrag", "expected yes or no, found true"),
    ("caches: { a: { parameters: { notify-keyspace-events: KEE } } }", "caches.a.parameters.notify-keyspace-events", "expected some of the letters KEg$lshzxeAtdmn, none of them twice, found \"KEE\""),
    ("caches: { a: { parameters: { cluster-enabled: yes } } }", "caches.a.parameters.cluster-enabled", "can't be set: follows from shards"),
    ("caches: { a: { authentication: password } }", "caches.a.authentication", "unknown value \"password\"; expected network or iam"),
    ("caches: { a: { log_retention_days: 2 } }", "caches.a.log_retention_days", "expected 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, found 2"),
    ("caches: { a: { size: { node_type: cache.t1.micro } } }", "caches.a.size.node_type", "\"cache.t1.micro\" is of a generation of which ElastiCache makes no new caches; use the family cache.t4g"),
    ("caches: { a: { size: { node_type: cache.t2.micro } } }", "caches.a.size.node_type", "\"cache.t2.micro\" is of a generation of which ElastiCache makes no new caches; use the family cache.t4g"),
    ("caches: { a: { size: { node_type: cache.m1.small } } }", "caches.a.size.node_type", "\"cache.m1.small\" is of a generation of which ElastiCache makes no new caches; use the family cache.m7g"),
    ("caches: { a: { size: { node_type: cache.m3.large } } }", "caches.a.size.node_type", "\"cache.m3.large\" is of a generation of which ElastiCache makes no new caches; use the family cache.m7g"),
    ("caches: { a: { size: { node_type: cache.c1.xlarge } } }", "caches.a.size.node_type", "\"cache.c1.xlarge\" is of a generation of which ElastiCache makes no new caches; use the family cache.m7g"),
    ("caches: { a: { size: { node_type: cache.m2.xlarge } } }", "caches.a.size.node_type", "\"cache.m2.xlarge\" is of a generation of which ElastiCache makes no new caches; use the family cache.r7g"),
    ("caches: { a: { size: { node_type: cache.r3.large } } }", "caches.a.size.node_type", "\"cache.r3.large\" is of a generation of which ElastiCache makes no new caches; use the family cache.r7g"),
    ("caches: { a: { size: { node_type: cache.r6gd.xlarge } } }", "caches.a.size.node_type", "\"cache.r6gd.xlarge\" keeps a part of the data on disks, and data tiering can't be asked for here; use the family cache.r7g"),
];
