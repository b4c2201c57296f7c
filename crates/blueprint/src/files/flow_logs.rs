//! `flow_logs.tf`: who talked to whom in the VPC.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>

use terrane_domain::InfraModel;

use super::{data::arn, kms, network, part::Part, policies::service_trust};
use crate::hcl::{Block, Expr, File, Resource, template};

const FLOW_LOG: Resource = Resource::one("aws_flow_log", "main");
const LOG_GROUP: Resource = Resource::one("aws_cloudwatch_log_group", "flow_logs");
const ROLE: Resource = Resource::one("aws_iam_role", "flow_logs");
const ROLE_POLICY: Resource = Resource::one("aws_iam_role_policy", "flow_logs");
const TRUST: Resource = Resource::data("aws_iam_policy_document", "flow_logs_trust");
const WRITE: Resource = Resource::data("aws_iam_policy_document", "flow_logs_write");

pub(super) fn part(model: &InfraModel) -> Option<Part> {
    let network = model.network.as_ref()?;
    let logs = network.flow_logs.as_ref()?;
    let source = arn!["ec2", "vpc-flow-log/*",];
    let file = File::new("flow_logs.tf", "Who talked to whom in the VPC: accepted and refused connections.")
        .block(
            Block::of(FLOW_LOG)
                .arg("vpc_id", network::vpc_id(network))
                .arg("traffic_type", "ALL")
                .arg("log_destination_type", "cloud-watch-logs")
                .arg("log_destination", LOG_GROUP.attr("arn"))
                .arg("iam_role_arn", ROLE.attr("arn"))
                .named_tags(FLOW_LOG, &network.name)
                .note("Until the role may write, records are lost.")
                .arg("depends_on", Expr::list([ROLE_POLICY.whole()])),
        )
        .block(
            Block::of(LOG_GROUP)
                .arg("name", &logs.log_group)
                .arg("retention_in_days", logs.retention_days)
                .arg_if_some("kms_key_id", kms::arn(model))
                .tags(LOG_GROUP),
        )
        .block(
            Block::of(ROLE)
                .arg("name", &logs.role_name)
                .arg("description", "Lets VPC flow logs write to their log group")
                .arg("assume_role_policy", TRUST.attr("json"))
                .tags(ROLE),
        )
        .block(
            Block::of(ROLE_POLICY)
                .arg("name", "write-flow-logs")
                .arg("role", ROLE.attr("id"))
                .arg("policy", WRITE.attr("json")),
        )
        .block(Block::of(TRUST).block(service_trust("vpc-flow-logs.amazonaws.com", source)))
        .block(write_policy());
    Some(Part::of(file))
}

fn write_policy() -> Block {
    Block::of(WRITE)
        .block(
            Block::new("statement")
                .note("Not logs:CreateLogGroup: the group is made above, with an end to its retention.")
                .arg(
                    "actions",
                    Expr::list(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]),
                )
                .arg("resources", Expr::list([template![LOG_GROUP.attr("arn"), ":*"]])),
        )
        .block(
            Block::new("statement")
                .note("A listing, which can't be narrowed to one group.")
                .arg("actions", Expr::list(["logs:DescribeLogGroups"]))
                .arg("resources", Expr::list(["*"])),
        )
}
