//! What the schema can't say, section by section.
//!
//! A new section needs nothing here: it is drawn from the schema, and what the reader refuses is left out again. Add
//! a function when too much is left out, which `every_key_of_the_schema_is_in_some_file` shows: a line in [`SECTIONS`]
//! and a function that is given the path below the section (`*` for a name that the user chooses or a place in a list)
//! and the sections drawn before, and gives a value, `null` to leave the key out, or `None` to leave it to the
//! schema.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

type Hint = fn(&str, &mut Dice, &Map<String, Value>) -> Option<Value>;

/// The sections about which more is known than their schema says.
const SECTIONS: &[(&str, Hint)] = &[
    ("cloud", cloud),
    ("network", network),
    ("kubernetes", kubernetes),
    ("buckets", buckets),
    ("databases", databases),
    ("caches", caches),
    ("document_database", document_database),
    ("apps", apps),
    ("observability", observability),
    ("secrets", secrets),
    ("governance", governance),
    ("lifecycle", lifecycle),
    ("labels", labels),
    ("state", state),
];

/// A value for the key at `path`, if anything is known about it. `file` holds the sections that are drawn already.
pub(crate) fn hint(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    let (section, rest) = path.split_once('.')?;
    let (_, hint) = SECTIONS.iter().find(|(name, _)| *name == section)?;
    hint(rest, dice, file)
}

/// One account, whether by itself or inside of the role.
fn cloud(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "account_id" => Some(json!("222222222222")),
        "role_arn" => one(
            dice,
            &["arn:aws:iam::222222222222:role/TerraneProvisioner", "arn:aws:iam::222222222222:role/a/b/c"],
        ),
        _ => None,
    }
}

/// A range that holds the zones, and zones of the region. A network that was there before seldom, because it rules out
/// all that is said of one that is made.
fn network(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "existing" if dice.chance(60) => Some(Value::Null),
        "existing" => dice
            .pick(&[
                json!({
                    "vpc_id": "vpc-0a1b2c3d4e5f60718",
                    "private_subnet_ids": ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
                    "public_subnet_ids": ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
                    "isolated_subnet_ids": ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"],
                }),
                json!({
                    "vpc_id": "vpc-0a1b2c3d",
                    "private_subnet_ids": ["subnet-0a1b2c31", "subnet-0a1b2c32", "subnet-0a1b2c33"],
                }),
            ])
            .cloned(),
        "cidr" => {
            one(dice, &["10.0.0.0/16", "10.200.0.0/18", "172.16.8.0/21", "192.168.0.0/20", "100.64.0.0/16"])
        }
        "availability_zones" if dice.chance(50) => one(dice, &[2, 3]),
        "availability_zones" => {
            let region = file.get("cloud")?.get("region")?.as_str()?;
            let letters = dice.pick(&[["a", "b"], ["c", "a"], ["b", "c"]])?;
            Some(letters.iter().map(|letter| format!("{region}{letter}")).collect())
        }
        _ => None,
    }
}

/// Machines of one architecture, with what they need, and doors for some.
fn kubernetes(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "endpoint.private" => Some(json!(true)),
        "endpoint.public_cidrs" => Some(json!(["203.0.113.0/24"])),
        "access.*.principal" => one(
            dice,
            &["arn:aws:iam::222222222222:role/Developers", "arn:aws:iam::222222222222:user/anna"],
        ),
        "node_groups" => dice
            .pick(&[
                json!({
                    "general": {
                        "instance_types": ["m7i.large", "m6i.large"], "min": 1, "max": 4, "desired": 2,
                        "capacity": "spot", "disk": "50 GiB", "labels": { "pool": "general" },
                    }
                }),
                json!({
                    "gpu": {
                        "instance_types": ["g6.xlarge"], "accelerator": "nvidia", "min": 0, "max": 8, "image": "al2023",
                        "taints": { "nvidia.com/gpu": { "value": "true", "effect": "no_schedule" } },
                    }
                }),
                json!({ "arm": { "instance_types": ["m7g.large"], "image": "bottlerocket" }, "b": {} }),
            ])
            .cloned(),
        _ => None,
    }
}

/// Storage between what RDS sells and where it ends, and instance classes that exist.
fn databases(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "*.restore_from" => Some(json!({ "snapshot": "before-the-move" })),
        "*.storage" => one(dice, &["20 GiB", "100 GiB", "1 TiB"]),
        "*.max_storage" => one(dice, &["2 TiB", "1200 GiB", "64 TiB"]),
        "*.size.instance_class" => one(dice, &["db.t4g.medium", "db.r7g.2xlarge", "db.m7i.large"]),
        _ => None,
    }
}

/// Origins and headers as browsers know them, and logs that go to the name that is drawn most easily.
fn buckets(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "*.cors" => Some(json!([{
            "origins": ["https://app.acme.example"], "methods": ["GET", "PUT"], "headers": ["*"],
            "expose_headers": ["ETag"], "max_age_seconds": 600
        }])),
        "*.access_logs" | "*.acl" if dice.chance(70) => Some(Value::Null),
        "*.access_logs" => Some(json!({ "bucket": "main", "prefix": "logs/" })),
        "*.ownership" => one(dice, &["bucket_owner_preferred", "object_writer", "bucket_owner_enforced"]),
        _ => None,
    }
}

/// Node types that exist, and parameters that AWS lets one change.
fn caches(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "*.version" => Some(if dice.chance(70) { Value::Null } else { json!("8.0") }),
        "*.size.node_type" => one(dice, &["cache.t4g.small", "cache.r7g.large"]),
        "*.parameters" => Some(json!({ "maxmemory-policy": "allkeys-lru" })),
        _ => None,
    }
}

/// Instance classes that exist.
fn document_database(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "size.instance_class" => one(dice, &["db.t4g.medium", "db.r6g.large"]),
        _ => None,
    }
}

/// What goes together: an image that is there, a way in and the way of deploying that needs it.
fn apps(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    let first = |section: &str| file.get(section)?.as_object()?.keys().next().cloned();
    match path {
        "*.image" => Some(match first("registries").filter(|_| dice.chance(50)) {
            Some(registry) => json!({ "registry": registry, "tag": "1.4.2" }),
            None => json!("public.ecr.aws/acme/api:1.4.2"),
        }),
        "*.port" => Some(json!(8000)),
        "*.health" => Some(json!("/health")),
        "*.autoscaling" => dice
            .pick(&[
                json!({ "min": 1, "max": 4, "cpu_percent": 60, "memory_percent": 70 }),
                json!({ "max": 6, "requests_per_target": 500 }),
            ])
            .cloned(),
        "*.expose" => {
            let certificate = arn(file, "acm", "certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f");
            dice.pick(&[
                json!({ "load_balancer": {} }),
                json!({ "load_balancer": { "certificate_arn": certificate, "host": "api.acme.example" } }),
                json!({ "load_balancer": { "internal": true } }),
                json!({ "api_gateway": {} }),
            ])
            .cloned()
        }
        "*.deploy" => dice
            .pick(&[
                json!({ "rolling": {} }),
                json!({ "blue_green": { "shift": "all_at_once", "rollback_on_alarm": true } }),
            ])
            .cloned(),
        "*.secrets" => Some(match first("databases") {
            Some(database) => json!({ "DATABASE_URL": { "from": format!("databases.{database}.url") } }),
            None => match first("secrets") {
                Some(secret) => json!({ "SESSION_KEY": { "from": format!("secrets.{secret}.value") } }),
                None => json!({ "API_KEY": { "secret": "acme/llm", "key": "api_key" } }),
            },
        }),
        _ => None,
    }
}

/// A window that AWS has, and keys that differ.
fn secrets(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "*.recovery_days" => one(dice, &[0, 7, 30]),
        "*.keys" => dice.pick(&[json!(["access", "refresh"]), json!(["password"])]).cloned(),
        _ => None,
    }
}

/// A policy of the account, somebody who is told, and copies that are kept for long enough.
fn governance(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "permissions_boundary" => one(dice, &["arn:aws:iam::222222222222:policy/Boundary"]),
        "budget.emails" => Some(json!(["ops@acme.example"])),
        "budget.topic" => Some(json!(arn(file, "sns", "budget"))),
        "budget.alert_at_percent" => Some(json!([50, 90])),
        "backup.retention_days" => one(dice, &[120, 365]),
        "backup.cold_storage_after_days" => Some(json!(30)),
        _ => None,
    }
}

/// A topic in the region of the environment.
fn observability(path: &str, _: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "alarms.actions" => Some(json!([arn(file, "sns", "ops")])),
        _ => None,
    }
}

/// Something in the region of the environment.
fn arn(file: &Map<String, Value>, service: &str, what: &str) -> String {
    let region = file.get("cloud").and_then(|cloud| cloud["region"].as_str()).unwrap_or("eu-west-1");
    format!("arn:aws:{service}:{region}:222222222222:{what}")
}

/// At least an hour, at most ten years.
fn lifecycle(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "ttl" => one(dice, &["6h", "90 days", "1 day", "120 minutes"]),
        _ => None,
    }
}

/// Labels are for queries: letters and digits.
fn labels(_: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    one(dice, &["platform", "4711", "a-b"])
}

/// A bucket without dots, which break TLS, where the environment is, and a key of that region.
fn state(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "kms_key_arn" => Some(json!(arn(file, "kms", "key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"))),
        "bucket" => one(dice, &["acme-terraform-state", "s3b"]),
        "region" => file.get("cloud")?.get("region").cloned(),
        _ => None,
    }
}

fn one<T: Clone + Into<Value>>(dice: &mut Dice, values: &[T]) -> Option<Value> {
    dice.pick(values).cloned().map(Into::into)
}
