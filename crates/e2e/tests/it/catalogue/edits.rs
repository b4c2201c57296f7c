//! What is edited in an example, and which resources may change by it.

use serde_json::{Value, json};
use terrane_domain::{EnvironmentSpec, parse_value};

/// Sections of things with names of the user's own.
const NAMED: [&str; 5] = ["apps", "buckets", "caches", "databases", "registries"];

/// An edit of a section.
struct Edit {
    /// The section; of named things the first is edited.
    section: &'static str,
    /// The key below it.
    path: &'static [&'static str],
    /// What it is set to: nothing that a profile sets and no example has.
    value: fn() -> Value,
    /// The types of resource of which at least one has to change, and none other may.
    changes: &'static [&'static str],
}

const EDITS: &[Edit] = &[
    Edit {
        section: "network",
        path: &["flow_logs"],
        value: || json!({ "retention_days": 3 }),
        changes: &["aws_cloudwatch_log_group", "aws_flow_log", "aws_iam_role", "aws_iam_role_policy"],
    },
    Edit {
        section: "kubernetes",
        path: &["logs", "retention_days"],
        value: || json!(3),
        changes: &["aws_cloudwatch_log_group"],
    },
    Edit {
        section: "network",
        path: &["ipv6"],
        value: || json!(true),
        changes: &[
            "aws_egress_only_internet_gateway",
            "aws_lb",
            "aws_network_acl",
            "aws_route",
            "aws_subnet",
            "aws_vpc",
            "aws_vpc_security_group_egress_rule",
            "aws_vpc_security_group_ingress_rule",
        ],
    },
    Edit {
        section: "buckets",
        path: &["lifecycle", "abort_uploads_after_days"],
        value: || json!(3),
        changes: &["aws_s3_bucket_lifecycle_configuration"],
    },
    Edit {
        section: "registries",
        path: &["keep_last"],
        value: || json!(7),
        changes: &["aws_ecr_lifecycle_policy"],
    },
    Edit {
        section: "databases",
        path: &["backup_retention_days"],
        value: || json!(3),
        changes: &["aws_db_instance", "aws_rds_cluster"],
    },
    Edit {
        section: "observability",
        path: &["alarms", "thresholds"],
        value: || json!({ "cpu_percent": 77 }),
        changes: &["aws_cloudwatch_metric_alarm"],
    },
    Edit {
        section: "secrets",
        path: &["version"],
        value: || json!(7),
        changes: &["aws_secretsmanager_secret_version"],
    },
    Edit {
        section: "governance",
        path: &["backup", "retention_days"],
        value: || json!(777),
        changes: &["aws_backup_plan"],
    },
];

/// An edited file and, for each edit in it, the types of which some have to change.
pub struct Edited {
    pub file: Value,
    /// Empty if only a tag was edited: then everything that carries tags has to change, and nothing has to be made.
    pub changes: Vec<&'static [&'static str]>,
}

/// Makes every edit that the file takes; for a file that takes none, a tag.
pub fn edit(file: &Value) -> Edited {
    let mut edited = Edited { file: file.clone(), changes: Vec::new() };
    for edit in EDITS {
        let Some(next) = with(&edited.file, edit) else { continue };
        if read(&next).is_some() {
            edited.file = next;
            edited.changes.push(edit.changes);
        }
    }
    if edited.changes.is_empty() {
        edited.file["tags"]["edited"] = json!("once");
    }
    edited
}

/// `None` if the file hasn't got the section.
fn with(file: &Value, edit: &Edit) -> Option<Value> {
    let mut file = file.clone();
    let mut place = file.get_mut(edit.section)?;
    if NAMED.contains(&edit.section) {
        place = place.as_object_mut()?.values_mut().next()?;
    }
    let (last, above) = edit.path.split_last()?;
    for key in above {
        place = place.as_object_mut()?.entry(*key).or_insert_with(|| json!({}));
    }
    place.as_object_mut()?.insert((*last).to_owned(), (edit.value)());
    Some(file)
}

fn read(file: &Value) -> Option<EnvironmentSpec> {
    parse_value(file).ok()
}

#[test]
fn an_example_is_edited_where_it_has_something_to_edit() {
    let file = json!({
        "name": "dev", "cloud": { "region": "eu-west-1" }, "network": {}, "buckets": { "a": {}, "b": {} },
        "kubernetes": { "node_groups": { "general": {} } },
    });
    let edited = edit(&file);
    assert_eq!(edited.changes.len(), 4);
    assert_eq!(
        edited.file["kubernetes"],
        json!({ "node_groups": { "general": {} }, "logs": { "retention_days": 3 } })
    );
    assert_eq!(
        edited.file["buckets"],
        json!({ "a": { "lifecycle": { "abort_uploads_after_days": 3 } }, "b": {} })
    );
    assert_eq!(edited.file["network"], json!({ "flow_logs": { "retention_days": 3 }, "ipv6": true }));
    let empty = json!({ "name": "dev", "cloud": { "region": "eu-west-1" } });
    assert_eq!(edit(&empty).file["tags"]["edited"], "once");
}
