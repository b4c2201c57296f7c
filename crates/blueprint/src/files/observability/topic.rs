//! `alarm_topic.tf`: an SNS topic that tells people of alarms.

use terrane_domain::AlarmTopic;

use crate::{
    files::{
        data::{CALLER, arn},
        kms,
        part::Part,
        policies::condition,
    },
    hcl::{Block, Expr, File, Object, Reference, Resource, local},
};

pub(super) const TOPIC: Resource = Resource::one("aws_sns_topic", "alarms");
const POLICY: Resource = Resource::one("aws_sns_topic_policy", "alarms");
const MAIL: Resource = Resource::per_key("aws_sns_topic_subscription", "alarm_mail");

const EMAILS: &str = "alarm_emails";
const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

pub(super) fn add_to(part: Part, topic: &AlarmTopic) -> Part {
    let file = File::new("alarm_topic.tf", "Who is told when an alarm goes off and when it is over.")
        .block(
            Block::of(TOPIC)
                .arg("name", &topic.name)
                .note("CloudWatch may not use alias/aws/sns, so with that key no alarm would get through.")
                .arg("kms_master_key_id", kms::KEY.attr("arn"))
                .tags(TOPIC),
        )
        .block(Block::of(POLICY).arg("arn", TOPIC.attr("arn")).arg("policy", Expr::json(policy())));
    let part = if topic.emails.is_empty() {
        part.file(file)
    } else {
        let mail = Block::of(MAIL)
            .arg("for_each", Expr::call("toset", [local(EMAILS)]))
            .arg("topic_arn", TOPIC.attr("arn"))
            .arg("protocol", "email")
            .arg("endpoint", Reference::variable("each").attr("value"));
        let about = "Nothing is sent until somebody has confirmed the mail in which AWS asks for it.";
        part.file(file.noted(about, mail)).local(EMAILS, Expr::list(&topic.emails))
    };
    part.output("alarm_topic_arn", "SNS topic that hears of alarms", TOPIC.attr("arn"))
}

fn alarms_of_this_account() -> Expr {
    arn!["cloudwatch", "alarm:*",]
}

/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>
///
/// Not as a data source: Terraform puts off reading one that refers to something that is about to change, so that new tags
/// of the topic would show as a change of its policy.
fn policy() -> Object {
    let source = Object::new()
        .field("ArnLike", Object::new().entry("aws:SourceArn", alarms_of_this_account()))
        .field("StringEquals", Object::new().entry("aws:SourceAccount", CALLER.attr("account_id")));
    let publish = Object::new()
        .field("Sid", "AlarmsOfThisAccountPublish")
        .field("Effect", "Allow")
        .field("Principal", Object::new().field("Service", CLOUDWATCH))
        .field("Action", "sns:Publish")
        .field("Resource", TOPIC.attr("arn"))
        .field("Condition", source);
    let plain = Object::new().field("Bool", Object::new().entry("aws:SecureTransport", "false"));
    let deny = Object::new()
        .field("Sid", "DenyPlainHttp")
        .field("Effect", "Deny")
        .field("Principal", Object::new().field("AWS", "*"))
        .field("Action", "sns:Publish")
        .field("Resource", TOPIC.attr("arn"))
        .field("Condition", plain);
    Object::new().field("Version", "2012-10-17").field("Statement", Expr::list([publish, deny]))
}

/// For the policy of the environment's key: without it a topic under the key hears of no alarm.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>
pub(in crate::files) fn kms_statement() -> Block {
    Block::new("statement")
        .note("Alarms go through a topic that is encrypted with the key.")
        .arg("sid", "CloudWatchAlarms")
        .arg("actions", Expr::list(["kms:Decrypt", "kms:GenerateDataKey*"]))
        .arg("resources", Expr::list(["*"]))
        .block(Block::new("principals").arg("type", "Service").arg("identifiers", Expr::list([CLOUDWATCH])))
        .block(condition("StringEquals", "aws:SourceAccount", CALLER.attr("account_id").into()))
        .block(condition("ArnLike", "aws:SourceArn", alarms_of_this_account()))
}
