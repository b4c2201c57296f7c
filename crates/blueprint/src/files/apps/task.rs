//! What a copy of an app is: image, size, variables, logs.

use terrane_domain::InfraModel;

use super::{
    super::{data::REGION, kms},
    access::{EXECUTION_ROLE, TASK_ROLE},
    variables,
};
use crate::hcl::{Block, Expr, File, For, Object, Reference, Resource, each_key, each_value, local};

pub(in crate::files) const TASK: Resource = Resource::per_key("aws_ecs_task_definition", "app");
pub(super) const LOG_GROUP: Resource = Resource::per_key("aws_cloudwatch_log_group", "app");

/// With `skip_destroy`, because a change makes a new revision and Terraform would first deregister the one that still
/// serves. ECS takes nobody back to such a one: not its circuit breaker, not CodeDeploy, and where CodeDeploy deploys, it
/// would be the serving one until somebody deploys.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html>
///
/// The price: every revision stays registered until the environment is destroyed; then the engine deregisters them. It
/// costs nothing and holds no secret. `create_before_destroy` would leave none, but the window stays that CodeDeploy goes by, and Terraform would
/// hand it down to the databases and registries that a task names, and two of those can't have one name.
/// <https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy>
pub(super) fn add_to(file: File, model: &InfraModel) -> File {
    let size = Block::new("runtime_platform")
        .arg("operating_system_family", "LINUX")
        .arg("cpu_architecture", each_value("architecture"));
    let file = file
        .block(
            Block::of(TASK)
                .arg("for_each", local("apps"))
                .arg("family", each_value("name"))
                .arg("requires_compatibilities", Expr::list(["FARGATE"]))
                .arg("network_mode", "awsvpc")
                .arg("cpu", each_value("cpu_units"))
                .arg("memory", each_value("memory_mib"))
                .arg("task_role_arn", TASK_ROLE.attr("arn"))
                .arg("execution_role_arn", EXECUTION_ROLE.attr("arn"))
                .arg("container_definitions", Expr::call("jsonencode", [Expr::list([container()])]))
                .note("A revision stays when it is replaced: what serves it can go on, and a deployment can go back to it.")
                .arg("skip_destroy", true)
                .block(size)
                .tags(TASK),
        )
        .block(
            Block::of(LOG_GROUP)
                .arg("for_each", local("apps"))
                .arg("name", each_value("log_group"))
                .arg("retention_in_days", model.observability.log_retention_days)
                .arg_if_some("kms_key_id", kms::arn(model))
                .tags(LOG_GROUP),
        );
    variables::entries(file, model)
}

fn container() -> Object {
    let value = || Reference::variable("value");
    let listed = |map: &'static str, name: &'static str, value: Expr| {
        let variable = Object::new().field("name", Reference::variable("key")).field(name, value);
        Expr::from(For::list("value", local(map).at(each_key()), variable).with_key())
    };
    let port = Object::new().field("containerPort", Reference::variable("port")).field("protocol", "tcp");
    let logs = Object::new().field("logDriver", "awslogs").field(
        "options",
        Object::new()
            .entry("awslogs-group", LOG_GROUP.attr("name"))
            .entry("awslogs-region", REGION.attr("id"))
            .entry("awslogs-stream-prefix", each_key())
            // An app doesn't stand still while its logs can't be written.
            // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
            .entry("mode", "non-blocking")
            .entry("max-buffer-size", "25m"),
    );
    Object::new()
        .field("name", each_key())
        .field("image", local("app_images").at(each_key()))
        .field("essential", true)
        .field("command", each_value("command"))
        .field("portMappings", For::list("port", each_value("port").splat(), port))
        .field("environment", listed("app_variables", "value", Expr::call("tostring", [value()])))
        .field("secrets", listed("app_secrets", "valueFrom", value().into()))
        .field("logConfiguration", logs)
        // Passes signals on and collects orphans, which few images do.
        .field("linuxParameters", Object::new().field("initProcessEnabled", true))
}
