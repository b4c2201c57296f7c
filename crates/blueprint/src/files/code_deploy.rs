//! `code_deploy.tf`: blue/green deployments of the apps that ask for them.
//!
//! A deployment is started by whoever has a new image: the output `deployments` names the application, the group and the
//! task definition. Terraform describes how it is done and never what is being served.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html>

use terrane_domain::{BlueGreen, Deploy, EcsApp, InfraModel, TrafficShift};

use super::{
    apps::{self, GREEN_TARGET_GROUP, TARGET_GROUP},
    data::arn,
    ecs, observability,
    part::Part,
    policies::{condition, service_trust},
};
use crate::hcl::{Block, Expr, File, Object, Reference, Resource, each_key, each_value, local, template};

const APPLICATION: Resource = Resource::one("aws_codedeploy_app", "main");
const GROUP: Resource = Resource::per_key("aws_codedeploy_deployment_group", "app");
const ROLE: Resource = Resource::per_key("aws_iam_role", "code_deploy");
const POLICY: Resource = Resource::per_key("aws_iam_role_policy", "code_deploy");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "code_deploy_trust");
const PERMISSIONS: Resource = Resource::data_per_key("aws_iam_policy_document", "code_deploy");

/// How long the old version stays, ready to take the traffic back.
const TERMINATION_WAIT_MINUTES: u8 = 15;

/// Something of the deployment of the app that `each` is about.
pub(super) fn setting(name: &'static str) -> Reference {
    local("app_deployments").at(each_key()).attr(name)
}

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let apps = apps::blue_green(model)?;
    let file = File::new(
        "code_deploy.tf",
        "Blue/green deployments: both versions run side by side while traffic moves from one to the other.",
    )
    .block(Block::of(APPLICATION).arg("name", local("name")).arg("compute_platform", "ECS").tags(APPLICATION))
    .block(group(model, apps.clone()))
    .block(
        Block::of(ROLE)
            .arg("for_each", apps.clone())
            .arg("name", setting("role"))
            .arg("description", template!["Lets CodeDeploy deploy the app ", each_key()])
            .arg("assume_role_policy", TRUST.attr("json"))
            .tags(ROLE),
    )
    .block(
        Block::of(POLICY)
            .arg("for_each", apps.clone())
            .arg("name", "deploy")
            .arg("role", ROLE.attr("id"))
            .arg("policy", PERMISSIONS.attr("json")),
    )
    .block(permissions(model, apps))
    .block(Block::of(TRUST).block(service_trust(
        "codedeploy.amazonaws.com",
        arn!["codedeploy", "deploymentgroup:", local("name"), "/*",],
    )));
    let (mut settings, mut outputs) = (Object::new(), Object::new());
    for (key, _, ecs) in apps::on_ecs(model) {
        let Some(deploy) = blue_green_of(ecs) else { continue };
        settings = settings.entry(key, entry(deploy, any_rolls_back(model)));
        let output = Object::new()
            .field("application", APPLICATION.attr("name"))
            .field("deployment_group", GROUP.at(key, "deployment_group_name"))
            .field("task_definition_arn", apps::TASK.at(key, "arn"));
        outputs = outputs.entry(key, output);
    }
    let part = Part::of(file).local("app_deployments", settings);
    Some(part.output("deployments", "What a deployment by CodeDeploy is started with, by app", outputs))
}

fn blue_green_of(app: &EcsApp) -> Option<&BlueGreen> {
    match &app.deploy {
        Deploy::BlueGreen(deploy) => Some(deploy),
        Deploy::Rolling => None,
    }
}

fn any_rolls_back(model: &InfraModel) -> bool {
    let deploys = apps::on_ecs(model).filter_map(|(_, _, ecs)| blue_green_of(ecs));
    model.observability.alarms.is_some() && deploys.into_iter().any(|deploy| deploy.rollback_on_alarm)
}

fn entry(deploy: &BlueGreen, any_rolls_back: bool) -> Object {
    // https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    let config = match deploy.shift {
        TrafficShift::AllAtOnce => "CodeDeployDefault.ECSAllAtOnce",
        TrafficShift::LinearEveryMinute => "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
        TrafficShift::LinearEveryThreeMinutes => "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
        TrafficShift::CanaryFiveMinutes => "CodeDeployDefault.ECSCanary10Percent5Minutes",
        TrafficShift::CanaryFifteenMinutes => "CodeDeployDefault.ECSCanary10Percent15Minutes",
    };
    let object = Object::new()
        .field("config", config)
        .field("green_target_group", &deploy.green_target_group)
        .field("role", &deploy.role);
    if any_rolls_back { object.field("rollback_on_alarm", deploy.rollback_on_alarm) } else { object }
}

fn group(model: &InfraModel, for_each: Expr) -> Block {
    let mut events = vec!["DEPLOYMENT_FAILURE"];
    if any_rolls_back(model) {
        events.push("DEPLOYMENT_STOP_ON_ALARM");
    }
    let block = Block::of(GROUP)
        .arg("for_each", for_each)
        .arg("app_name", APPLICATION.attr("name"))
        .arg("deployment_group_name", each_key())
        .arg("deployment_config_name", setting("config"))
        .arg("service_role_arn", ROLE.attr("arn"))
        .block(
            Block::new("deployment_style")
                .arg("deployment_type", "BLUE_GREEN")
                .arg("deployment_option", "WITH_TRAFFIC_CONTROL"),
        )
        .block(
            Block::new("ecs_service")
                .arg("cluster_name", ecs::CLUSTER.attr("name"))
                .arg("service_name", each_value("name")),
        )
        .block(
            Block::new("load_balancer_info").block(
                Block::new("target_group_pair_info")
                    .block(
                        Block::new("prod_traffic_route")
                            .arg("listener_arns", Expr::list([apps::listener(model)])),
                    )
                    .block(Block::new("target_group").arg("name", TARGET_GROUP.attr("name")))
                    .block(Block::new("target_group").arg("name", GREEN_TARGET_GROUP.attr("name"))),
            ),
        )
        .block(
            Block::new("blue_green_deployment_config")
                .block(Block::new("deployment_ready_option").arg("action_on_timeout", "CONTINUE_DEPLOYMENT"))
                .note("The old version stays so long, to go back to.")
                .block(
                    Block::new("terminate_blue_instances_on_deployment_success")
                        .arg("action", "TERMINATE")
                        .arg("termination_wait_time_in_minutes", TERMINATION_WAIT_MINUTES),
                ),
        )
        .block(
            Block::new("auto_rollback_configuration").arg("enabled", true).arg("events", Expr::list(events)),
        );
    let block = if any_rolls_back(model) {
        block.block(
            Block::new("alarm_configuration")
                .arg("enabled", setting("rollback_on_alarm"))
                .arg("alarms", observability::traffic_alarm_names(true)),
        )
    } else {
        block
    };
    let mut ready: Vec<Reference> =
        apps::present(model).filter(|kind| kind.by_code_deploy).map(|kind| kind.resource().whole()).collect();
    ready.push(POLICY.whole());
    block.tags(GROUP).arg("depends_on", Expr::list(ready))
}

/// What the managed policy AWSCodeDeployRoleForECS allows on everything, for one app.
/// <https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html>
fn permissions(model: &InfraModel, for_each: Expr) -> Block {
    let of_service = |kind: &'static str, rest: &'static str| {
        arn!["ecs", kind, "/", ecs::CLUSTER.attr("name"), "/", each_value("name"), rest,]
    };
    Block::of(PERMISSIONS)
        .arg("for_each", for_each)
        .block(
            Block::new("statement")
                .arg(
                    "actions",
                    Expr::list([
                        "ecs:CreateTaskSet",
                        "ecs:DeleteTaskSet",
                        "ecs:DescribeServices",
                        "ecs:UpdateServicePrimaryTaskSet",
                    ]),
                )
                .arg("resources", Expr::list([of_service("service", ""), of_service("task-set", "/*")])),
        )
        .block(
            Block::new("statement")
                .arg(
                    "actions",
                    Expr::list(["elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule"]),
                )
                .arg(
                    "resources",
                    Expr::list([apps::listener(model), Expr::from(apps::SHIFTED_RULE.attr("arn"))]),
                ),
        )
        .block(
            Block::new("statement")
                .note("Listings, which can't be narrowed.")
                .arg(
                    "actions",
                    Expr::list([
                        "cloudwatch:DescribeAlarms",
                        "elasticloadbalancing:DescribeListeners",
                        "elasticloadbalancing:DescribeRules",
                        "elasticloadbalancing:DescribeTargetGroups",
                    ]),
                )
                .arg("resources", Expr::list(["*"])),
        )
        .block(
            Block::new("statement")
                .note("The roles of the new tasks.")
                .arg("actions", Expr::list(["iam:PassRole"]))
                .arg("resources", Expr::list([apps::TASK_ROLE.attr("arn"), apps::EXECUTION_ROLE.attr("arn")]))
                .block(condition("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com".into())),
        )
}
