//! `caches.tf`: ElastiCache for Valkey and Redis OSS in the isolated subnets.
//!
//! WHY no password: the provider has no write-only argument for one (neither `auth_token` nor `passwords` of a user), so
//! it would stand in Terraform's state. What is left is the network alone, with which every client works, or users that
//! IAM vouches for, whose clients make a token of 15 minutes themselves.
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html>

use terrane_domain::{Cache, CacheField, CacheTopology, InfraModel, Key, Reference as Wish};

use super::{
    doors::Door,
    kms, network,
    part::{Part, by_key, first_path, of_each},
    stores::{self, key_if, name_of, snapshot},
};
use crate::{
    hcl::{Block, Expr, File, For, Object, Reference, Resource, each_value, local, template},
    render::RenderError,
};

const GROUP: Resource = Resource::per_key("aws_elasticache_replication_group", "main");
const SUBNET_GROUP: Resource = Resource::one("aws_elasticache_subnet_group", "main");
const PARAMETER_GROUP: Resource = Resource::per_key("aws_elasticache_parameter_group", "main");
const SECURITY_GROUP: Resource = Resource::per_key("aws_security_group", "cache");
const FROM_APP: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "cache_from_app");
const FROM_CLUSTER: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "cache_from_cluster");
const FROM_VPC: Resource = Resource::per_key("aws_vpc_security_group_ingress_rule", "cache");
const SLOW_LOG: Resource = Resource::per_key("aws_cloudwatch_log_group", "cache_slow");
const USER: Resource = Resource::per_key("aws_elasticache_user", "app");
const DEFAULT_USER: Resource = Resource::per_key("aws_elasticache_user", "default");
const USER_GROUP: Resource = Resource::per_key("aws_elasticache_user_group", "main");

const INCARNATION: Resource = Resource::per_key("terraform_data", "cache");

const PORT: u16 = 6379;

const DOOR: Door = Door {
    group: SECURITY_GROUP,
    from_app: FROM_APP,
    from_cluster: FROM_CLUSTER,
    from_vpc: FROM_VPC,
    for_each: Some("caches"),
    clients: "cache_clients",
    leads_here: |_, wish| matches!(wish, Wish::Cache { .. }),
    name: || name_of("cache"),
    description: "Cache",
    protocol: "Valkey or Redis",
    port: PORT,
};

pub(super) fn check(model: &InfraModel) -> Result<(), RenderError> {
    network::require(model, first_path("caches", &model.caches, |_| true))?;
    kms::require(model, first_path("caches", &model.caches, |cache| cache.environment_key))
}

/// What a reference to a cache stands for; `None` if there is no such cache, or nothing of that kind.
pub(super) fn field(model: &InfraModel, key: &Key, field: CacheField) -> Option<Expr> {
    let cache = model.caches.get(key)?;
    let of_group = |attribute| GROUP.at(key, attribute);
    let sharded = matches!(cache.topology, CacheTopology::Sharded { .. });
    let host =
        || of_group(if sharded { "configuration_endpoint_address" } else { "primary_endpoint_address" });
    let port = || of_group("port");
    let user = || cache.users.as_ref().map(|_| USER.at(key, "user_name"));
    match field {
        CacheField::Host => Some(host()),
        CacheField::ReaderHost if sharded => Some(host()),
        CacheField::ReaderHost => Some(of_group("reader_endpoint_address")),
        CacheField::Port => Some(port()),
        CacheField::Username => Some(user().unwrap_or_else(|| "".into())),
        CacheField::Url => Some(match user() {
            Some(user) => Expr::call("format", ["rediss://%s@%s:%d".into(), user, host(), port()]),
            None => Expr::call("format", ["rediss://%s:%d".into(), host(), port()]),
        }),
    }
}

/// The id of a cache, with which those of its nodes begin.
pub(super) fn id(key: &Key) -> Reference {
    GROUP.whole().at(key).attr("replication_group_id")
}

/// What an app needs to be let into: the cache and the user as which it comes. `None` if the cache knows no users.
pub(super) fn sign_in_arns(model: &InfraModel, key: &Key) -> Option<Expr> {
    model.caches.get(key)?.users.as_ref()?;
    Some(Expr::list([GROUP.at(key, "arn"), USER.at(key, "arn")]))
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    if model.caches.is_empty() {
        return None;
    }
    let network = model.network.as_ref()?;
    let own_key = model.encryption_key.is_some();
    let users = Users::of(model);

    let about = "ElastiCache, reachable from inside the VPC only. Its contents can be lost: it holds copies.";
    let incarnations =
        model.caches.values().any(|cache| stores::is_per_incarnation(cache.final_snapshot.as_ref()));
    let file = File::new("caches.tf", about).block(replication_group(own_key, users, incarnations));
    let file = if incarnations { file.noted(ABOUT_INCARNATIONS, incarnation(own_key)) } else { file };
    let file = file.block(stores::subnet_group(SUBNET_GROUP, "-caches", network)).block(parameter_group());
    let file = DOOR.add_to(file, model, network).block(stores::log_group(
        SLOW_LOG,
        Some("caches"),
        each_value("log_group"),
        each_value("log_retention_days"),
        kms::arn(model),
    ));
    let file = users.add_to(file);
    let part = Part::of(file).local("caches", by_key(&model.caches, |cache| entry(cache, users, own_key)));
    let part = DOOR.locals(part, model);
    Some(part.output("caches", "Caches by name", of_each(GROUP, "cache", output())))
}

/// Which users any cache has; decides which resources and which entries of the map there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Users {
    any: bool,
    any_default: bool,
}

impl Users {
    fn of(model: &InfraModel) -> Self {
        let users = || model.caches.values().filter_map(|cache| cache.users.as_ref());
        Self {
            any: users().next().is_some(),
            any_default: users().any(|users| users.default_user_id.is_some()),
        }
    }

    fn add_to(self, file: File) -> File {
        if !self.any {
            return file;
        }
        let user = Block::of(USER)
            .arg("for_each", caches_with("user_id"))
            .note("With IAM they have to be the same.")
            .arg("user_id", each_value("user_id"))
            .arg("user_name", each_value("user_id"))
            .arg("engine", each_value("engine"))
            .arg("access_string", "on ~* &* +@all -@admin")
            .block(Block::new("authentication_mode").arg("type", "iam"))
            .tags(USER);
        let file = file.noted("Who connects as this user shows a token that IAM vouches for.", user);
        let members = if self.any_default {
            let has_none = Expr::from(each_value("default_user_id")).equals(Expr::null());
            let both = Expr::list([DEFAULT_USER.attr("user_id"), USER.attr("user_id")]);
            Expr::choose(has_none, Expr::list([USER.attr("user_id")]), both)
        } else {
            Expr::list([USER.attr("user_id")])
        };
        let group = Block::of(USER_GROUP)
            .arg("for_each", caches_with("user_id"))
            .arg("user_group_id", each_value("user_group_id"))
            .arg("engine", each_value("engine"))
            .arg("user_ids", members)
            .tags(USER_GROUP)
            .note("AWS deletes a group only when no cache uses it any more, so caches have to be changed first.")
            .block(Block::new("lifecycle").arg("create_before_destroy", true));
        if !self.any_default {
            return file.block(group);
        }
        let default = Block::of(DEFAULT_USER)
            .arg("for_each", caches_with("default_user_id"))
            .arg("user_id", each_value("default_user_id"))
            .arg("user_name", "default")
            .arg("engine", each_value("engine"))
            .arg("access_string", "off ~keys* -@all")
            .arg("no_password_required", true)
            .tags(DEFAULT_USER);
        file.noted("A group of Redis users wants one of this name; it can't do anything.", default)
            .block(group)
    }
}

/// The caches in whose entry a field is set.
fn caches_with(field: &'static str) -> For {
    let cache = || Reference::variable("cache");
    For::map("cache", local("caches"), cache()).when(Expr::from(cache().attr(field)).differs(Expr::null()))
}

fn entry(cache: &Cache, users: Users, own_key: bool) -> Object {
    let (single, shards, replicas) = match cache.topology {
        CacheTopology::Single { replicas } => (Some(1 + replicas), None, None),
        CacheTopology::Sharded { shards, replicas_per_shard } => {
            (None, Some(shards), Some(replicas_per_shard))
        }
    };
    // AWS wants failover for every cache with shards, and it costs nothing where there is a replica.
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
    let failover = shards.is_some() || cache.topology.replicas() > 0;
    let mut object = Object::new()
        .field("id", &cache.id)
        .field("engine", cache.engine.as_str())
        .field("version", &cache.version)
        .field("family", &cache.family)
        .field("node_type", &cache.node_type)
        .field("nodes", single)
        .field("shards", shards)
        .field("replicas_per_shard", replicas)
        .field("automatic_failover", failover)
        .field("multi_az", cache.multi_az)
        .field("parameters", parameters(cache))
        .field("snapshot_retention_days", cache.snapshot_retention_days)
        .field("final_snapshot", snapshot(cache.final_snapshot.as_ref()))
        .field("log_group", &cache.log_group)
        .field("log_retention_days", cache.log_retention_days);
    if own_key {
        object = object.field("own_key", cache.environment_key);
    }
    if users.any {
        let of_cache = cache.users.as_ref();
        object = object
            .field("user_group_id", of_cache.map(|users| &users.group_id))
            .field("user_id", of_cache.map(|users| &users.user_id));
    }
    if users.any_default {
        let of_cache = cache.users.as_ref();
        object = object.field("default_user_id", of_cache.and_then(|users| users.default_user_id.as_ref()));
    }
    object
}

fn parameters(cache: &Cache) -> Object {
    let sharded = matches!(cache.topology, CacheTopology::Sharded { .. });
    let object = if sharded { Object::new().entry("cluster-enabled", "yes") } else { Object::new() };
    cache.parameters.iter().fold(object, |object, (name, value)| object.entry(name, value))
}

fn output() -> Object {
    let field = |name| Expr::from(Reference::variable("cache").attr(name));
    // One of the two is there: a cache with shards has no single primary.
    let host = |name| Expr::call("coalesce", [field("configuration_endpoint_address"), field(name)]);
    Object::new()
        .field("host", host("primary_endpoint_address"))
        .field("reader_host", host("reader_endpoint_address"))
        .field("port", field("port"))
        .field("arn", field("arn"))
        .field("security_group_id", SECURITY_GROUP.via(Reference::variable("key"), "id"))
}

fn replication_group(own_key: bool, users: Users, incarnations: bool) -> Block {
    let slow_log = Block::new("log_delivery_configuration")
        .arg("destination", SLOW_LOG.attr("name"))
        .arg("destination_type", "cloudwatch-logs")
        .arg("log_format", "json")
        .arg("log_type", "slow-log");
    let user_groups = users.any.then(|| {
        let has_users = Expr::from(each_value("user_group_id")).differs(Expr::null());
        Expr::choose(has_users, Expr::list([USER_GROUP.attr("user_group_id")]), Expr::null())
    });
    Block::of(GROUP)
        .arg("for_each", local("caches"))
        .arg("replication_group_id", each_value("id"))
        .arg("description", name_of("cache"))
        .arg("engine", each_value("engine"))
        .arg("engine_version", each_value("version"))
        .arg("node_type", each_value("node_type"))
        .gap()
        .note("A count of nodes, or, in cluster mode, of shards and of the replicas of each.")
        .arg("num_cache_clusters", each_value("nodes"))
        .arg("num_node_groups", each_value("shards"))
        .arg("replicas_per_node_group", each_value("replicas_per_shard"))
        .arg("automatic_failover_enabled", each_value("automatic_failover"))
        .arg("multi_az_enabled", each_value("multi_az"))
        .gap()
        .arg("port", PORT)
        .arg("subnet_group_name", SUBNET_GROUP.attr("name"))
        .arg("security_group_ids", Expr::list([SECURITY_GROUP.attr("id")]))
        .arg("transit_encryption_enabled", true)
        .arg("transit_encryption_mode", "required")
        .arg("at_rest_encryption_enabled", true)
        .arg_if_some("kms_key_id", own_key.then(|| key_if(each_value("own_key"))))
        .arg_if_some("user_group_ids", user_groups)
        .gap()
        .arg("parameter_group_name", PARAMETER_GROUP.attr("name"))
        .note("What was planned and approved happens now, not in the next maintenance window.")
        .arg("apply_immediately", true)
        .arg("auto_minor_version_upgrade", true)
        .arg("maintenance_window", "sun:03:30-sun:04:30")
        .arg("snapshot_retention_limit", each_value("snapshot_retention_days"))
        .arg("snapshot_window", "02:00-03:00")
        .arg("final_snapshot_identifier", stores::final_snapshot(incarnations.then_some(INCARNATION)))
        .block(slow_log)
        .tags(GROUP)
}

const ABOUT_INCARNATIONS: &str = "Its id is part of the name of the last snapshot, which has to be new every time: snapshots outlive what they were\n\
     taken of.";

/// What can't be changed without a new cache.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html>
fn incarnation(own_key: bool) -> Block {
    let fields = ["id"].into_iter().chain(own_key.then_some("own_key"));
    Block::of(INCARNATION)
        .arg("for_each", local("caches"))
        .arg("triggers_replace", Expr::list(fields.map(each_value)))
}

fn parameter_group() -> Block {
    let parameter = Reference::variable("parameter");
    let content = Block::new("parameter")
        .arg("name", parameter.clone().attr("key"))
        .arg("value", parameter.attr("value"));
    Block::of(PARAMETER_GROUP)
        .arg("for_each", local("caches"))
        .note("The family is in the name, so that after a major upgrade both groups can exist for a while.")
        .arg("name", template![each_value("id"), "-", each_value("family")])
        .arg("family", each_value("family"))
        .arg("description", "What differs from the engine's defaults")
        .block(Block::dynamic(each_value("parameters"), content))
        .tags(PARAMETER_GROUP)
        .block(Block::new("lifecycle").arg("create_before_destroy", true))
}
