//! What the schema can't say, section by section.
//!
//! A new section needs nothing here: it is drawn from the schema, and what the reader refuses is left out again. Add
//! a function when too much is left out, which `every_key_of_the_schema_is_in_some_file` shows: a line in [`SECTIONS`]
//! and a function that is given the path below the section (empty for all of it, `*` for a name that the user chooses or a
//! place in a list) and the sections drawn before, and gives a value, `null` to leave the key out, or `None` to leave it to
//! the schema.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// In both zones that [`dns`] draws.
const HOST: &str = "api.dev.acme.example";
const ZONE: &str = "dev.acme.example";

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
    ("ecs", ecs),
    ("apps", apps),
    ("dns", dns),
    ("observability", observability),
    ("secrets", secrets),
    ("governance", governance),
    ("lifecycle", lifecycle),
    ("labels", labels),
    ("state", state),
];

/// A value for the key at `path`, if anything is known about it. `file` holds the sections that are drawn already.
pub(crate) fn hint(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    let (section, rest) = path.split_once('.').unwrap_or((path, ""));
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

/// Storage between what RDS sells and where it ends, and instance classes that exist.
fn databases(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "*.restore_from.snapshot" => Some(json!("before-the-move")),
        "*.storage" => one(dice, &["20 GiB", "100 GiB", "1 TiB"]),
        "*.max_storage" => one(dice, &["2 TiB", "1200 GiB", "64 TiB"]),
        "*.size.instance_class" => one(dice, &["db.t4g.medium", "db.r7g.2xlarge", "db.m7i.large"]),
        _ => None,
    }
}

/// Origins and headers as browsers know them, and logs that go to the name that is drawn most easily.
fn buckets(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "" if dice.chance(70) => Some(json!({
            "logs": { "encryption": "aws" },
            "uploads": { "versioning": true, "access_logs": { "bucket": "logs", "prefix": "uploads/" } }
        })),
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
        "*.engine" => one(dice, &["valkey", "valkey", "valkey", "redis"]),
        "*.version" => Some(if dice.chance(70) { Value::Null } else { json!("8.0") }),
        "*.size.node_type" => one(dice, &["cache.t4g.small", "cache.r7g.large"]),
        "*.parameters" => Some(json!({ "maxmemory-policy": "allkeys-lru" })),
        _ => None,
    }
}

/// Instance classes that exist, a version of both engines, and the engine that goes with the rest.
fn document_database(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "size.instance_class" => one(dice, &["db.t4g.medium", "db.r6g.large"]),
        "" => dice
            .pick(&[
                Value::Null,
                Value::Null,
                Value::Null,
                json!({
                    "engine": "mongodb_atlas", "version": "7.0", "size": "medium", "backup_retention_days": 3,
                    "atlas": { "project_id": "5f0c1b2a3d4e5f6a7b8c9d0e" }
                }),
                json!({
                    "engine": "mongodb_atlas", "deletion_protection": true,
                    "atlas": {
                        "org_id": "5f0c1b2a3d4e5f6a7b8c9d0e", "instance_size": "M20", "database": "Orders_2",
                        "users": {
                            "ops": { "principal": "arn:aws:iam::222222222222:user/ops", "access": "read_write" },
                            "reporting": { "principal": "arn:aws:iam::222222222222:role/Reporting" }
                        }
                    }
                }),
            ])
            .filter(|section| section.is_object())
            .cloned(),
        "version" => Some(json!("8.0")),
        _ => None,
    }
}

/// Pods without nodes, with a profile for those of the system; and seldom what needs nodes that somebody else makes.
fn kubernetes(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "auto_mode" => Some(json!(dice.chance(20))),
        "endpoint" => Some(json!({ "private": true, "public_cidrs": ["203.0.113.0/24"] })),
        "access.*.principal" => {
            Some(json!(format!("arn:aws:iam::222222222222:role/r{}", dice.between(0, 999))))
        }
        "access.*.policy" => one(dice, &["view", "edit", "admin"]),
        "access.*.namespaces" => Some(json!(["apps"])),
        "node_groups.*" if dice.chance(40) => Some(json!({
            "instance_types": ["g6.xlarge"], "accelerator": "nvidia", "capacity": "spot", "min": 0, "max": 4,
            "labels": { "pool": "gpu" }, "taints": { "nvidia.com/gpu": { "value": "true", "effect": "no_schedule" } }
        })),
        "node_groups.*.instance_types" => {
            dice.pick(&[json!(["m7i.large", "m6i.large"]), json!(["m7g.large"])]).cloned()
        }
        "addons" => dice
            .pick(&[
                json!(["metrics-server"]),
                json!(["metrics-server"]),
                json!(["metrics-server", "aws-ebs-csi-driver"]),
            ])
            .cloned(),
        "controllers" => dice
            .pick(&[
                json!(["aws-load-balancer-controller"]),
                json!(["aws-load-balancer-controller", "external-dns", "external-secrets"]),
                json!(["aws-load-balancer-controller", "cluster-autoscaler"]),
            ])
            .cloned(),
        "fargate" => dice
            .pick(&[
                json!({}),
                json!({ "profiles": { "all": { "selectors": [{ "namespace": "*" }] } } }),
                json!({ "profiles": {
                    "system": { "selectors": [{ "namespace": "kube-system" }, { "namespace": "external-*" }] },
                    "web": { "selectors": [{ "namespace": "apps" }, { "namespace": "w?b", "labels": { "run": "fargate" } }] }
                } }),
            ])
            .cloned(),
        _ => None,
    }
}

/// A share for each, or all on demand.
fn ecs(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "capacity" => {
            dice.pick(&[json!({ "fargate": 1, "fargate_spot": 3 }), json!({ "fargate": 1 })]).cloned()
        }
        _ => None,
    }
}

/// What goes together: an image that is there, a way in and the way of deploying that needs it.
fn apps(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    let first = |section: &str| file.get(section)?.as_object()?.keys().next().cloned();
    match path {
        "" if !file.contains_key("kubernetes") && !file.contains_key("ecs") => Some(json!({})),
        "*.runtime" => match (file.contains_key("kubernetes"), file.contains_key("ecs")) {
            (true, false) => Some(json!("kubernetes")),
            (false, true) => Some(json!("ecs")),
            _ => one(dice, &["ecs", "kubernetes"]),
        },
        "*.architecture" if !file.contains_key("ecs") => Some(json!("x86_64")),
        "*.resources" if file.contains_key("ecs") => Some(json!({ "cpu": "250m", "memory": "512Mi" })),
        "*.resources" => Some(json!({
            "cpu": "100m", "memory": "256Mi", "limits": { "cpu": "500m", "memory": "512Mi" }
        })),
        "*.image" => Some(match first("registries").filter(|_| dice.chance(50)) {
            Some(registry) => json!({ "registry": registry, "tag": "1.4.2" }),
            // Without NAT only ECR of the same region is reached.
            None if file.get("network").is_some_and(|section| section["nat"] == "none") => {
                let region =
                    file.get("cloud").and_then(|cloud| cloud["region"].as_str()).unwrap_or("eu-west-1");
                json!(format!("222222222222.dkr.ecr.{region}.amazonaws.com/acme/api:1.4.2"))
            }
            None => json!("public.ecr.aws/acme/api:1.4.2"),
        }),
        "*.port" => Some(json!(8000)),
        "*.health" => Some(json!("/health")),
        "*.autoscaling" if !file.contains_key("ecs") => {
            Some(json!({ "min": 3, "max": 6, "cpu_percent": 60 }))
        }
        "*.autoscaling" => dice
            .pick(&[
                json!({ "min": 1, "max": 4, "cpu_percent": 60, "memory_percent": 70 }),
                json!({ "max": 6, "requests_per_target": 500 }),
            ])
            .cloned(),
        "*.expose" => {
            let certificate = arn(file, "acm", "certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f");
            let on_kubernetes = [
                json!({ "ingress": { "host": "api.acme.example", "tls": true } }),
                json!({ "ingress": {} }),
                json!({ "gateway": { "host": "api.acme.example" } }),
                json!({ "load_balancer": { "certificate_arn": certificate, "internal": true } }),
            ];
            if !file.contains_key("ecs") {
                return dice.pick(&on_kubernetes).cloned();
            }
            let named = json!({ "api_gateway": { "host": HOST, "certificate_arn": certificate } });
            dice.pick(&[
                json!({ "load_balancer": {} }),
                json!({ "load_balancer": { "certificate_arn": certificate, "host": HOST, "tls": true } }),
                json!({ "load_balancer": { "internal": true, "host": HOST } }),
                json!({ "api_gateway": { "host": HOST } }),
                json!({ "api_gateway": {} }),
                named.clone(),
                named,
            ])
            .cloned()
        }
        "*.deploy" if !file.contains_key("ecs") => Some(json!({ "rolling": {} })),
        // Spot is for apps that ECS deploys.
        "*.deploy" if asks_for_spot(file) => Some(json!({ "rolling": {} })),
        "*.deploy" => dice
            .pick(&[
                json!({ "rolling": {} }),
                json!({ "blue_green": { "shift": "all_at_once", "rollback_on_alarm": true } }),
            ])
            .cloned(),
        "*.secrets" if is_atlas(file) && dice.chance(50) => {
            Some(json!({ "MONGODB_URI": { "from": "document_database.url" } }))
        }
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

fn asks_for_spot(file: &Map<String, Value>) -> bool {
    file.get("ecs").is_some_and(|section| section["capacity"]["fargate_spot"].is_number())
}

fn is_atlas(file: &Map<String, Value>) -> bool {
    file.get("document_database").is_some_and(|section| section["engine"] == "mongodb_atlas")
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
        "budget.emails" => dice
            .pick(&[json!(["ops@acme.example"]), json!(["Team+Night@mail.acme.example", "a@b.example"])])
            .cloned(),
        "budget.topic" => Some(json!(arn(file, "sns", "budget"))),
        "budget.alert_at_percent" => Some(json!([50, 90])),
        "backup.retention_days" => one(dice, &[120, 365]),
        "backup.cold_storage_after_days" => Some(json!(30)),
        _ => None,
    }
}

/// Zones that hold the host of the apps, and one above them.
fn dns(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    match path {
        "" => dice
            .pick(&[
                json!({ "zone": "acme.example" }),
                json!({ "zone": ZONE, "create": true }),
                json!({ "zone": ZONE, "create": true, "parent": "acme.example" }),
            ])
            .cloned(),
        _ => None,
    }
}

/// A topic in the region of the environment, or one of its own.
fn observability(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "alarms" => dice
            .pick(&[
                json!(false),
                json!({ "actions": [arn(file, "sns", "ops")], "emails": ["ops@acme.example"] }),
                json!({ "topic": {} }),
                json!({ "thresholds": {
                    "cpu_percent": 70, "memory_percent": 90, "connections_percent": 60, "free_storage_percent": 20,
                    "evictions_per_minute": 10, "errors_per_minute": 5, "latency_seconds": 1
                } }),
            ])
            .cloned(),
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
fn labels(path: &str, dice: &mut Dice, _: &Map<String, Value>) -> Option<Value> {
    if path.is_empty() {
        return None;
    }
    one(dice, &["platform", "4711", "a-b"])
}

/// A bucket where the environment is, and a key of that region.
fn state(path: &str, dice: &mut Dice, file: &Map<String, Value>) -> Option<Value> {
    match path {
        "" => dice
            .pick(&[
                json!({ "bucket": "acme-terraform-state", "region": "eu-west-1", "lock": "s3" }),
                json!({ "bucket": "acme.terraform.state" }),
                json!({ "lock": "dynamodb", "lock_table": "terraform-locks" }),
                json!({ "kms_key_arn": arn(file, "kms", "key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f") }),
            ])
            .cloned(),
        _ => None,
    }
}

fn one<T: Clone + Into<Value>>(dice: &mut Dice, values: &[T]) -> Option<Value> {
    dice.pick(values).cloned().map(Into::into)
}
