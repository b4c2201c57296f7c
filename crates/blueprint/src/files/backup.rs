//! `backup.tf`: copies of databases and buckets in a vault of AWS Backup.
//!
//! The services make backups too, but those go with the thing that they are of. What is in the vault stays when somebody
//! deletes a database and its snapshots.

use terrane_domain::{Backup, BackupSchedule, DatabaseKind, InfraModel};

use super::{buckets, data::arn, databases, documents, kms, part::Part};
use crate::hcl::{Block, Expr, File, For, Object, Reference, Resource, local, template};

const VAULT: Resource = Resource::one("aws_backup_vault", "main");
const PLAN: Resource = Resource::one("aws_backup_plan", "main");
const SELECTION: Resource = Resource::one("aws_backup_selection", "main");
const ROLE: Resource = Resource::one("aws_iam_role", "backup");
const ROLE_POLICY: Resource = Resource::one("aws_iam_role_policy", "backup");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "backup_trust");

/// Entries of `locals.tf`: ARNs of what is copied.
const DATABASES: &str = "backed_up_databases";
const BUCKETS: &str = "backed_up_buckets";

/// Within an hour of the time that the schedule says, and over before the day begins in most offices of Europe; what a
/// bucket holds may take longer the first time.
const START_WITHIN_MINUTES: u16 = 60;
const COMPLETE_WITHIN_MINUTES: u16 = 720;

/// What is copied, by kind.
struct Sources {
    databases: Vec<Expr>,
    buckets: Vec<Expr>,
}

impl Sources {
    fn of(model: &InfraModel) -> Self {
        let mut databases: Vec<Expr> = Vec::new();
        for (key, database) in &model.databases {
            databases.push(match database.kind {
                DatabaseKind::Instance(_) => databases::INSTANCE.at(key, "arn"),
                DatabaseKind::Cluster(_) => databases::CLUSTER.at(key, "arn"),
            });
        }
        databases.extend(model.document_database.as_ref().map(|_| documents::CLUSTER.attr("arn").into()));
        // S3 copies only what keeps its versions.
        // https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
        let versioned = model.buckets.iter().filter(|(_, bucket)| bucket.versioning);
        Self { databases, buckets: versioned.map(|(key, _)| buckets::BUCKET.at(key, "arn")).collect() }
    }
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let backup = model.governance.backup.as_ref()?;
    let sources = Sources::of(model);
    let (any_database, any_bucket) = (!sources.databases.is_empty(), !sources.buckets.is_empty());
    let file =
        File::new("backup.tf", "Copies of databases and buckets, which stay when their source is gone.")
            .block(
                Block::of(VAULT)
                    .arg("name", &backup.vault)
                    .arg_if_some("kms_key_arn", kms::arn(model))
                    .arg("force_destroy", backup.force_destroy)
                    .tags(VAULT),
            )
            .block(plan(backup));
    let file =
        if any_database || any_bucket { file.block(selection(any_database, any_bucket)) } else { file };
    let file = file
        .block(
            Block::of(ROLE)
                .arg("name", &backup.role_name)
                .arg(
                    "description",
                    "Lets AWS Backup copy databases and buckets; restoring takes another role",
                )
                .arg("assume_role_policy", TRUST.attr("json"))
                .tags(ROLE),
        )
        .block(
            Block::of(ROLE_POLICY)
                .arg("name", "copy")
                .arg("role", ROLE.attr("id"))
                .note("What AWS's own policies for backups allow, on what is copied only; listings can't be narrowed.")
                .arg("policy", policy(model, any_database, any_bucket)),
        )
        .block(Block::of(TRUST).block(trust()));
    let mut part = Part::of(file);
    if any_database {
        part = part.local(DATABASES, Expr::list(sources.databases));
    }
    if any_bucket {
        part = part.local(BUCKETS, Expr::list(sources.buckets));
    }
    Some(part.output("backup_vault", "Name of the vault with the copies", VAULT.attr("name")))
}

/// As that of AWS's own role for backups: which conditions AWS Backup would meet is not documented, and whoever makes it
/// use a role has to be allowed to pass that role.
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html>
fn trust() -> Block {
    Block::new("statement").arg("actions", Expr::list(["sts:AssumeRole"])).block(
        Block::new("principals")
            .arg("type", "Service")
            .arg("identifiers", Expr::list(["backup.amazonaws.com"])),
    )
}

fn plan(backup: &Backup) -> Block {
    // Behind the windows of databases: RDS makes no copy an hour before its own backup or maintenance.
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
    let schedule = match backup.schedule {
        BackupSchedule::Daily => "cron(0 6 * * ? *)",
        BackupSchedule::Weekly => "cron(0 6 ? * SUN *)",
        BackupSchedule::Monthly => "cron(0 6 1 * ? *)",
    };
    let lifecycle = Block::new("lifecycle");
    let lifecycle = match backup.cold_storage_after_days {
        None => lifecycle,
        Some(days) => {
            lifecycle.note("AWS moves what it can, and lets the rest be.").arg("cold_storage_after", days)
        }
    };
    Block::of(PLAN)
        .arg("name", &backup.vault)
        .block(
            Block::new("rule")
                .arg("rule_name", backup.schedule.as_str())
                .arg("target_vault_name", VAULT.attr("name"))
                .note("In UTC, after the nightly windows of the databases.")
                .arg("schedule", schedule)
                .arg("start_window", START_WITHIN_MINUTES)
                .arg("completion_window", COMPLETE_WITHIN_MINUTES)
                .block(lifecycle.arg("delete_after", backup.retention_days)),
        )
        .tags(PLAN)
}

fn selection(any_database: bool, any_bucket: bool) -> Block {
    let resources = match (any_database, any_bucket) {
        (true, true) => Expr::call("concat", [local(DATABASES), local(BUCKETS)]),
        (true, false) => local(DATABASES).into(),
        (false, _) => local(BUCKETS).into(),
    };
    Block::of(SELECTION)
        .arg("name", "data")
        .arg("plan_id", PLAN.attr("id"))
        .arg("iam_role_arn", ROLE.attr("arn"))
        .arg("resources", resources)
        .note("AWS Backup looks at once whether it may use the role.")
        .arg("depends_on", Expr::list([ROLE_POLICY.whole()]))
}

/// What it takes to copy, out of the policies `AWSBackupServiceRolePolicyForBackup` and
/// `AWSBackupServiceRolePolicyForS3Backup`, which are for every service and every resource.
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html>
///
/// Not as a data source: Terraform puts off reading one that refers to something that is about to change, so that a
/// change of a database would show as a change of this policy.
fn policy(model: &InfraModel, any_database: bool, any_bucket: bool) -> Expr {
    let vault = Expr::list([VAULT.attr("arn")]);
    let mut statements = vec![allow(&["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"], vault)];
    if any_database {
        statements.extend(copy_databases());
    }
    if any_bucket {
        statements.extend(copy_buckets());
    }
    if let Some(key) = kms::arn(model) {
        let used = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
        statements.push(allow(&used, Expr::list([key.clone()])));
        // For services of AWS only, which work on while a copy is made.
        let for_aws = Object::new().field("Bool", Object::new().entry("kms:GrantIsForAWSResource", "true"));
        statements.push(allow(&["kms:CreateGrant"], Expr::list([key])).field("Condition", for_aws));
    }
    Expr::json(Object::new().field("Version", "2012-10-17").field("Statement", Expr::list(statements)))
}

fn allow(actions: &[&'static str], resources: Expr) -> Object {
    Object::new()
        .field("Effect", "Allow")
        .field("Action", Expr::list(actions.iter().copied()))
        .field("Resource", resources)
}

fn everything() -> Expr {
    Expr::list(["*"])
}

fn copy_databases() -> Vec<Object> {
    let snapshots = |kind: &'static str| arn!["rds", kind, ":awsbackup:*",];
    let own = || Expr::list([snapshots("snapshot"), snapshots("cluster-snapshot")]);
    let create = [
        "rds:AddTagsToResource",
        "rds:CreateDBClusterSnapshot",
        "rds:CreateDBSnapshot",
        "rds:ListTagsForResource",
    ];
    let keep = [
        "rds:CopyDBClusterSnapshot",
        "rds:CopyDBSnapshot",
        "rds:DeleteDBClusterSnapshot",
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:ModifyDBSnapshotAttribute",
    ];
    // Listings can't be narrowed.
    let list = [
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
    ];
    vec![
        allow(&create, Expr::call("concat", [Expr::from(local(DATABASES)), own()])),
        allow(&keep, own()),
        allow(&list, everything()),
    ]
}

fn copy_buckets() -> Vec<Object> {
    let objects = For::list("arn", local(BUCKETS), template![Reference::variable("arn"), "/*"]);
    let of_buckets = [
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketNotification",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetInventoryConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutBucketNotification",
        "s3:PutInventoryConfiguration",
    ];
    let of_objects = [
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
    ];
    // With rules of its own it learns what changed in a bucket since the last copy.
    let rules = arn!["events", "rule/AwsBackupManagedRule*",];
    let of_rules = [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:DisableRule",
        "events:EnableRule",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
    ];
    // A copy takes the tags of its bucket.
    let copies = arn!["backup", "recovery-point:*",];
    vec![
        allow(&of_buckets, local(BUCKETS).into()),
        allow(&of_objects, objects.into()),
        allow(&of_rules, Expr::list([rules])),
        allow(&["backup:TagResource"], Expr::list([copies])),
        allow(&["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"], everything()),
    ]
}
