//! `apps_iam.tf`: for each app the role that it has and the role with which ECS starts it.
//!
//! WHY two: what it takes to start an app (its image, its secrets, its log) is nothing that the app itself needs.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html>

use terrane_domain::InfraModel;

use super::{
    super::{data::arn, kms, policies::service_trust},
    grants,
    task::LOG_GROUP,
};
use crate::hcl::{Block, Expr, File, Reference, Resource, each_key, each_value, local, template};

pub(in crate::files) const TASK_ROLE: Resource = Resource::per_key("aws_iam_role", "app_task");
pub(in crate::files) const EXECUTION_ROLE: Resource = Resource::per_key("aws_iam_role", "app_execution");
pub(super) const EXECUTION_POLICY: Resource = Resource::per_key("aws_iam_role_policy", "app_execution");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "app_trust");
const EXECUTION: Resource = Resource::data_per_key("aws_iam_policy_document", "app_execution");

pub(super) fn file(model: &InfraModel) -> File {
    let source = arn!["ecs", "*",];
    let role = |resource: Resource, name: &'static str, description: &'static str| {
        Block::of(resource)
            .arg("for_each", local("apps"))
            .arg("name", each_value(name))
            .arg("description", template![description, each_key()])
            .arg("assume_role_policy", TRUST.attr("json"))
            .tags(resource)
    };
    let start = Block::of(EXECUTION_POLICY)
        .arg("for_each", local("apps"))
        .arg("name", "start")
        .arg("role", EXECUTION_ROLE.attr("id"))
        .arg("policy", EXECUTION.attr("json"));
    let file = File::new("apps_iam.tf", "What apps may do, and what ECS may do to start them.")
        .block(role(TASK_ROLE, "task_role", "What may be done by the app "))
        .block(role(EXECUTION_ROLE, "execution_role", "Lets ECS start the app "))
        .block(start)
        .block(execution(model))
        .block(Block::of(TRUST).block(service_trust("ecs-tasks.amazonaws.com", source)));
    grants::add_to(file, model)
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
        .block(Block::dynamic(local("app_repository_arns").at(each_key()), repository))
        .block(Block::dynamic(local("app_secret_arns").at(each_key()), secret));
    match kms::arn(model) {
        Some(key) => block.block(grants::with_key(key, &["kms:Decrypt"], "secretsmanager")),
        None => block,
    }
}
