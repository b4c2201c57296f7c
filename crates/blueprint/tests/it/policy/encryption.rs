//! Everything that stores something is encrypted, and this is where it says so.

use hcl::Value;
use terrane_blueprint::RESOURCE_TYPES;

use crate::unfolded::{Contents, Module, Object};

/// A type that stores something, what proves that it is encrypted, and how to tell.
type Store = (&'static str, &'static str, fn(&Object, &Module) -> bool);

const STORES: &[Store] = &[
    ("aws_backup_vault", "own key where there is one; AWS encrypts always", |o, m| {
        with_own_key(o, m, "kms_key_arn")
    }),
    ("aws_cloudtrail", "kms_key_id", |o, _| o.body.get("kms_key_id").is_some()),
    ("aws_cloudwatch_log_group", "own key where there is one; AWS encrypts always", |o, m| {
        with_own_key(o, m, "kms_key_id")
    }),
    ("aws_db_instance", "storage_encrypted = true", |o, _| o.body.is("storage_encrypted", true)),
    ("aws_docdb_cluster", "storage_encrypted = true", |o, _| o.body.is("storage_encrypted", true)),
    (
        "aws_dynamodb_table",
        "server_side_encryption where there is an own key; AWS encrypts always",
        |o, m| {
            !has_own_key(m) || o.body.blocks("server_side_encryption").any(|block| block.is("enabled", true))
        },
    ),
    ("aws_ebs_volume", "encrypted = true", |o, _| o.body.is("encrypted", true)),
    ("aws_ecr_repository", "encryption_configuration", |o, _| {
        o.body.blocks("encryption_configuration").next().is_some()
    }),
    ("aws_efs_file_system", "encrypted = true", |o, _| o.body.is("encrypted", true)),
    (
        "aws_eks_cluster",
        "encryption_config for secrets where there is an own key; AWS encrypts always",
        |o, m| {
            !has_own_key(m)
                || o.body.blocks("encryption_config").any(|block| block.get("resources").is_some())
        },
    ),
    (
        "aws_elasticache_replication_group",
        "at_rest_encryption_enabled and transit_encryption_enabled = true",
        |o, _| {
            says_true(&o.body, "at_rest_encryption_enabled")
                && says_true(&o.body, "transit_encryption_enabled")
        },
    ),
    ("aws_elasticache_serverless_cache", "AWS encrypts always", |_, _| true),
    ("aws_instance", "root_block_device and ebs_block_device encrypted = true", |o, _| {
        let disks = || o.body.blocks("root_block_device").chain(o.body.blocks("ebs_block_device"));
        disks().next().is_some() && disks().all(|disk| disk.is("encrypted", true))
    }),
    ("aws_kms_key", "enable_key_rotation = true", |o, _| o.body.is("enable_key_rotation", true)),
    (
        "aws_launch_template",
        "each disk encrypted = true, and at least one named: an image's own may not be",
        |o, _| {
            let disks = || o.body.blocks("block_device_mappings").flat_map(|mapping| mapping.blocks("ebs"));
            disks().next().is_some() && disks().all(|disk| says_true(disk, "encrypted"))
        },
    ),
    ("aws_rds_cluster", "storage_encrypted = true", |o, _| o.body.is("storage_encrypted", true)),
    ("aws_route53_zone", "public by nature: there is nothing to encrypt", |_, _| true),
    ("aws_s3_bucket", "a server_side_encryption_configuration of its own", is_encrypted_bucket),
    ("aws_secretsmanager_secret", "own key where there is one; AWS encrypts always", |o, m| {
        with_own_key(o, m, "kms_key_id")
    }),
    ("aws_sns_topic", "kms_master_key_id", |o, _| o.body.get("kms_master_key_id").is_some()),
    ("aws_sqs_queue", "sqs_managed_sse_enabled or kms_master_key_id", |o, _| {
        o.body.is("sqs_managed_sse_enabled", true) || o.body.get("kms_master_key_id").is_some()
    }),
    ("aws_ssm_parameter", "type = SecureString", |o, _| o.body.text("type") == "SecureString"),
    ("mongodbatlas_advanced_cluster", "Atlas encrypts always", |_, _| true),
    ("mongodbatlas_cluster", "Atlas encrypts always", |_, _| true),
];

/// Parts of the name of a type that stores something. What `RESOURCE_TYPES` says holds data does anyhow.
const STORING: [&str; 22] = [
    "backup_vault",
    "cloudtrail",
    "db_instance",
    "docdb_cluster",
    "dynamodb_table",
    "ebs_volume",
    "ecr_repository",
    "efs_file_system",
    "elasticache_cluster",
    "elasticache_replication",
    "elasticache_serverless",
    "eks_cluster",
    "kinesis",
    "launch_template",
    "log_group",
    "neptune",
    "opensearch",
    "rds_cluster",
    "redshift",
    "s3_bucket",
    "secretsmanager_secret",
    "sqs_queue",
];

/// Ends of the names of types that belong to a store and hold nothing themselves.
const PARTS: [&str; 24] = [
    "_access_block",
    "_acl",
    "_association",
    "_attachment",
    "_configuration",
    "_controls",
    "_endpoint",
    "_cluster_instance",
    "_group_policy",
    "_instance_automated_backups_replication",
    "_lifecycle_policy",
    "_lock_configuration",
    "_logging",
    "_metric",
    "_notification",
    "_parameter_group",
    "_policy",
    "_role_association",
    "_rotation",
    "_rule",
    "_subnet_group",
    "_version",
    "_versioning",
    "_subscription_filter",
];

pub fn stores(module: &Module) -> Vec<String> {
    let mut findings = Vec::new();
    for object in module.objects.iter().filter(|object| !object.is_data) {
        match STORES.iter().find(|(kind, ..)| *kind == object.kind) {
            Some((_, proof, holds)) if !holds(object, module) => {
                findings.push(format!("{} isn't proved to be encrypted: {proof}", object.address()));
            }
            Some(_) => {}
            None if may_store(&object.kind) => {
                findings.push(format!("{} may store something and has no line in STORES", object.kind));
            }
            None => {}
        }
    }
    findings
}

fn may_store(kind: &str) -> bool {
    let known = RESOURCE_TYPES.iter().any(|known| known.name == kind && known.holds_data);
    let named =
        STORING.iter().any(|part| kind.contains(part)) && !PARTS.iter().any(|part| kind.ends_with(part));
    known || named
}

fn has_own_key(module: &Module) -> bool {
    module.objects.iter().any(|object| !object.is_data && object.kind == "aws_kms_key")
}

fn with_own_key(object: &Object, module: &Module, argument: &str) -> bool {
    !has_own_key(module) || object.body.get(argument).is_some()
}

/// Some arguments of the provider are texts that mean a bool.
fn says_true(contents: &Contents, name: &str) -> bool {
    contents.get(name).is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
}

fn is_encrypted_bucket(bucket: &Object, module: &Module) -> bool {
    let configures = |object: &&Object| {
        object.kind == "aws_s3_bucket_server_side_encryption_configuration"
            && (object.key.is_none() || object.key == bucket.key)
            && object.body.get("bucket").is_some_and(|name| bucket.is_named_in(&name.to_string()))
    };
    let mut rules = module.objects.iter().filter(configures).flat_map(|object| object.body.blocks("rule"));
    rules.any(|rule| {
        let algorithm = |block: &Contents| block.get("sse_algorithm").cloned();
        let defaults = rule.blocks("apply_server_side_encryption_by_default").find_map(algorithm);
        defaults.is_some_and(|named| [Value::from("AES256"), Value::from("aws:kms")].contains(&named))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{caught, passes};

    fn resource(kind: &str, body: &str) -> String {
        format!("resource \"{kind}\" \"x\" {{\n{body}\n}}\n")
    }

    #[test]
    fn a_store_that_is_not_encrypted_is_caught() {
        let encrypted = [
            ("aws_db_instance", "storage_encrypted = true"),
            ("aws_rds_cluster", "storage_encrypted = true"),
            ("aws_docdb_cluster", "storage_encrypted = true"),
            ("aws_ebs_volume", "encrypted = true"),
            ("aws_efs_file_system", "encrypted = true"),
            ("aws_ecr_repository", "encryption_configuration {}"),
            ("aws_kms_key", "enable_key_rotation = true"),
            ("aws_sns_topic", "kms_master_key_id = \"alias/aws/sns\""),
            ("aws_sqs_queue", "sqs_managed_sse_enabled = true"),
            ("aws_ssm_parameter", "type = \"SecureString\""),
            ("aws_cloudtrail", "kms_key_id = aws_kms_key.x.arn"),
            ("aws_instance", "root_block_device {\nencrypted = true\n}"),
            ("aws_launch_template", "block_device_mappings {\nebs {\nencrypted = \"true\"\n}\n}"),
            (
                "aws_elasticache_replication_group",
                "at_rest_encryption_enabled = \"true\"\ntransit_encryption_enabled = true",
            ),
        ];
        for (kind, body) in encrypted {
            passes(stores, &resource(kind, body));
            caught(stores, &resource(kind, ""), kind);
            let off = body.replace("true", "false").replace("_key_id", "_key").replace("Secure", "");
            if off != body {
                caught(stores, &resource(kind, &off), kind);
            }
        }
    }

    #[test]
    fn with_a_key_of_its_own_an_environment_uses_it() {
        let key = resource("aws_kms_key", "enable_key_rotation = true");
        for (kind, argument) in [
            ("aws_cloudwatch_log_group", "kms_key_id = aws_kms_key.x.arn"),
            ("aws_secretsmanager_secret", "kms_key_id = aws_kms_key.x.arn"),
            ("aws_backup_vault", "kms_key_arn = aws_kms_key.x.arn"),
            ("aws_eks_cluster", "encryption_config {\nresources = [\"secrets\"]\n}"),
            ("aws_dynamodb_table", "server_side_encryption {\nenabled = true\n}"),
        ] {
            passes(stores, &resource(kind, ""));
            caught(stores, &(resource(kind, "") + &key), kind);
            passes(stores, &(resource(kind, argument) + &key));
        }
    }

    #[test]
    fn a_bucket_needs_a_configuration_of_its_own() {
        let bucket = "resource \"aws_s3_bucket\" \"x\" {\n  for_each = { a = 1, b = 2 }\n}\n";
        let configuration = |keys: &str, algorithm: &str| {
            resource(
                "aws_s3_bucket_server_side_encryption_configuration",
                &format!(
                    "for_each = {keys}\nbucket = aws_s3_bucket.x[each.key].id\nrule {{\napply_server_side_encryption_by_default {{\nsse_algorithm = {algorithm}\n}}\n}}"
                ),
            )
        };
        caught(stores, bucket, "aws_s3_bucket.x[\"a\"]");
        caught(
            stores,
            &(bucket.to_owned() + &configuration("{ a = 1 }", "\"AES256\"")),
            "aws_s3_bucket.x[\"b\"]",
        );
        caught(stores, &(bucket.to_owned() + &configuration("{ a = 1, b = 2 }", "var.x")), "aws_s3_bucket.x");
        passes(stores, &(bucket.to_owned() + &configuration("{ a = 1, b = 2 }", "\"aws:kms\"")));
    }

    #[test]
    fn a_store_of_which_nothing_is_known_is_caught() {
        for kind in
            ["aws_redshift_cluster", "aws_kinesis_stream", "aws_opensearch_domain", "aws_elasticache_cluster"]
        {
            caught(stores, &resource(kind, ""), "has no line");
        }
        for kind in ["aws_db_subnet_group", "aws_s3_bucket_policy", "aws_rds_cluster_instance", "aws_vpc"] {
            passes(stores, &resource(kind, ""));
        }
        for known in RESOURCE_TYPES.iter().filter(|known| known.holds_data) {
            assert!(
                STORES.iter().any(|(kind, ..)| *kind == known.name),
                "{} has no line in STORES",
                known.name
            );
        }
        assert!(STORES.is_sorted_by_key(|(kind, ..)| *kind));
    }
}
