//! `apps_iam.tf`: for each app the role that it has and the role with which ECS starts it.
//!
//! WHY two: what it takes to start an app (its image, its secrets, its log) is nothing that the app itself needs.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html>

use terrane_domain::InfraModel;

use super::{
    super::{
        data::{CALLER, PARTITION, REGION},
        kms,
        policies::{condition, service_trust},
    },
    dynamic,
    task::LOG_GROUP,
    variables,
};
use crate::hcl::{Block, Expr, File, For, Reference, Resource, each_key, each_value, local, template};

pub(in crate::files) const TASK_ROLE: Resource = Resource::per_key("aws_iam_role", "app_task");
pub(in crate::files) const EXECUTION_ROLE: Resource = Resource::per_key("aws_iam_role", "app_execution");
pub(super) const EXECUTION_POLICY: Resource = Resource::per_key("aws_iam_role_policy", "app_execution");
const TASK_POLICY: Resource = Resource::per_key("aws_iam_role_policy", "app_task");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "app_trust");
const EXECUTION: Resource = Resource::data_per_key("aws_iam_policy_document", "app_execution");
const TASK: Resource = Resource::data_per_key("aws_iam_policy_document", "app_task");

pub(super) fn file(model: &InfraModel) -> File {
    let source = template![
        "arn:",
        PARTITION.attr("partition"),
        ":ecs:",
        REGION.attr("id"),
        ":",
        CALLER.attr("account_id"),
        ":*",
    ];
    let role = |resource: Resource, name: &'static str, description: &'static str| {
        Block::of(resource)
            .arg("for_each", local("apps"))
            .arg("name", each_value(name))
            .arg("description", template![description, each_key()])
            .arg("assume_role_policy", TRUST.attr("json"))
            .tags(resource)
    };
    let policy =
        |resource: Resource, for_each: Expr, name: &'static str, role: Resource, document: Resource| {
            Block::of(resource)
                .arg("for_each", for_each)
                .arg("name", name)
                .arg("role", role.attr("id"))
                .arg("policy", document.attr("json"))
        };
    let file = File::new("apps_iam.tf", "What apps may do, and what ECS may do to start them.")
        .block(role(TASK_ROLE, "task_role", "What may be done by the app "))
        .block(role(EXECUTION_ROLE, "execution_role", "Lets ECS start the app "))
        .block(policy(EXECUTION_POLICY, local("apps").into(), "start", EXECUTION_ROLE, EXECUTION))
        .block(execution(model))
        .block(Block::of(TRUST).block(service_trust("ecs-tasks.amazonaws.com", source)));
    if !variables::any_reads(model) {
        return file;
    }
    let arns = || Reference::variable("arns");
    let reading = || {
        let any = Expr::call("length", [arns()]).differs(0_u8);
        For::map("arns", local("app_own_secret_arns"), arns()).when(any)
    };
    let task = Block::of(TASK).arg("for_each", reading()).block(
        Block::new("statement")
            .arg("actions", Expr::list(["secretsmanager:GetSecretValue"]))
            .arg("resources", Reference::variable("each").attr("value")),
    );
    let task = match kms::arn(model) {
        Some(key) => task.block(decrypt(key)),
        None => task,
    };
    file.noted(
        "For those that read a secret by themselves.",
        policy(TASK_POLICY, reading().into(), "read-secrets", TASK_ROLE, TASK),
    )
    .block(task)
}

fn execution(model: &InfraModel) -> Block {
    let repository = Block::new("statement")
        .arg(
            "actions",
            Expr::list([
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ]),
        )
        .arg("resources", Expr::list([Reference::variable("statement").attr("value")]));
    let secret = Block::new("statement")
        .arg("actions", Expr::list(["secretsmanager:GetSecretValue"]))
        .arg("resources", Expr::list([Reference::variable("statement").attr("value")]));
    let block = Block::of(EXECUTION)
        .arg("for_each", local("apps"))
        .block(
            Block::new("statement")
                .arg("actions", Expr::list(["logs:CreateLogStream", "logs:PutLogEvents"]))
                .arg("resources", Expr::list([template![LOG_GROUP.attr("arn"), ":*"]])),
        )
        .block(
            Block::new("statement")
                .note("A login for the whole registry; what may be pulled is said below.")
                .arg("actions", Expr::list(["ecr:GetAuthorizationToken"]))
                .arg("resources", Expr::list(["*"])),
        )
        .block(dynamic("statement", local("app_repository_arns").at(each_key()), repository))
        .block(dynamic("statement", local("app_secret_arns").at(each_key()), secret));
    match kms::arn(model) {
        Some(key) => block.block(decrypt(key)),
        None => block,
    }
}

/// Secrets that are encrypted with the environment's key.
fn decrypt(key: Reference) -> Block {
    Block::new("statement")
        .note("Through Secrets Manager only.")
        .arg("actions", Expr::list(["kms:Decrypt"]))
        .arg("resources", Expr::list([key]))
        .block(condition(
            "StringEquals",
            "kms:ViaService",
            template!["secretsmanager.", REGION.attr("id"), ".amazonaws.com"],
        ))
}
