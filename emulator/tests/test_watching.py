"""CloudWatch alarms and dashboards, log groups and SNS topics."""

from __future__ import annotations

import json
from typing import Any

from apps import client
from conftest import Clients
from helpers import code

ALARM = {
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Period": 60,
    "Statistic": "Average",
    "Threshold": 80.0,
}


def test_a_composite_alarm_keeps_its_children(aws: Clients) -> None:
    cloudwatch = client(aws, "cloudwatch")
    rule = 'ALARM("cpu") OR ALARM(memory)'
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    wanted = {"AlarmName": "any", "AlarmRule": rule, "AlarmActions": [topic]}
    assert code(cloudwatch.put_composite_alarm, **wanted) == "ValidationError"
    for name in ("cpu", "memory", "mute"):
        cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    periods = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 30}
    cloudwatch.put_composite_alarm(ActionsSuppressor="mute", **periods, **wanted)
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []
    kind = {"AlarmTypes": ["CompositeAlarm"]}
    answer = cloudwatch.describe_alarms(**kind)
    (found,) = answer["CompositeAlarms"]
    assert answer["MetricAlarms"] == []
    assert wanted.items() <= found.items()
    assert periods.items() <= found.items()
    assert found["ActionsSuppressor"] == "mute"
    for name in ("cpu", "mute"):
        assert code(cloudwatch.delete_alarms, AlarmNames=[name]) == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["any"])
    cloudwatch.delete_alarms(AlarmNames=["cpu", "memory", "mute"])
    missing = code(cloudwatch.delete_alarms, AlarmNames=["cpu"])
    assert missing == "ResourceNotFound"


def test_an_alarm_begins_without_data_and_keeps_its_state(aws: Clients) -> None:
    cloudwatch = client(aws, "cloudwatch")

    def state() -> str:
        return cloudwatch.describe_alarms(AlarmNames=["cpu"])["MetricAlarms"][0]["StateValue"]

    cloudwatch.put_metric_alarm(AlarmName="cpu", **ALARM)
    assert state() == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName="cpu", StateValue="ALARM", StateReason="test")
    cloudwatch.put_metric_alarm(AlarmName="cpu", **ALARM | {"Threshold": 90.0})
    assert state() == "ALARM"
    wrong = ALARM | {"AlarmActions": ["topic"]}
    assert code(cloudwatch.put_metric_alarm, AlarmName="x", **wrong) == "ValidationError"


def test_a_dashboard_needs_a_name_and_widgets(aws: Clients) -> None:
    cloudwatch = client(aws, "cloudwatch")
    body = json.dumps({"widgets": []})
    put = cloudwatch.put_dashboard
    refused = "InvalidParameterInput"
    assert code(put, DashboardName="a b", DashboardBody=body) == refused
    assert code(put, DashboardName="a", DashboardBody="{}") == refused
    put(DashboardName="a", DashboardBody=body)
    assert cloudwatch.get_dashboard(DashboardName="a")["DashboardBody"] == body


def key(aws: Clients, service: str | None) -> str:
    """ARN of a key that a service may use besides the account."""
    root = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "*"}}
    statements = [root | {"Principal": {"Service": service}}] if service else []
    account = aws("sts").get_caller_identity()["Account"]
    root["Principal"] = {"AWS": f"arn:aws:iam::{account}:root"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})
    return aws("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]


def test_a_log_group_takes_keys_that_let_the_service_in(aws: Clients) -> None:
    logs = client(aws, "logs")
    closed, open_ = key(aws, None), key(aws, "logs.eu-central-1.amazonaws.com")
    name = {"logGroupName": "/app"}
    refused = "InvalidParameterException"
    assert code(logs.create_log_group, kmsKeyId=closed, **name) == refused
    assert logs.describe_log_groups()["logGroups"] == []
    logs.create_log_group(kmsKeyId=open_, logGroupClass="INFREQUENT_ACCESS", **name)

    def found() -> dict[str, Any]:
        return logs.describe_log_groups()["logGroups"][0]

    assert (found()["kmsKeyId"], found()["logGroupClass"]) == (open_, "INFREQUENT_ACCESS")
    logs.disassociate_kms_key(**name)
    assert "kmsKeyId" not in found()
    assert code(logs.associate_kms_key, kmsKeyId=closed, **name) == refused
    logs.associate_kms_key(kmsKeyId=open_, **name)
    assert found()["kmsKeyId"] == open_


def test_a_log_group_is_refused_what_aws_refuses(aws: Clients) -> None:
    logs = client(aws, "logs")
    refused = "InvalidParameterException"
    assert code(logs.create_log_group, logGroupName="a b") == refused
    logs.create_log_group(logGroupName="/app", tags={"a": "b"})
    assert code(logs.put_retention_policy, logGroupName="/app", retentionInDays=2) == refused
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    logs.delete_log_group(logGroupName="/app")
    logs.create_log_group(logGroupName="/app")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_a_topic_shows_what_was_set(aws: Clients) -> None:
    sns = client(aws, "sns")
    topic = {"TopicArn": sns.create_topic(Name="t")["TopicArn"]}
    had = sns.get_topic_attributes(**topic)["Attributes"]
    assert "TracingConfig" not in had
    for name, value in (("SignatureVersion", "2"), ("TracingConfig", "Active")):
        sns.set_topic_attributes(AttributeName=name, AttributeValue=value, **topic)
    has = sns.get_topic_attributes(**topic)["Attributes"]
    assert (has["SignatureVersion"], has["TracingConfig"]) == ("2", "Active")
    wrong = {"AttributeName": "SignatureVersion", "AttributeValue": "3"}
    assert code(sns.set_topic_attributes, **topic, **wrong) == "InvalidParameter"


def test_mail_waits_for_its_reader_and_goes_with_the_topic(aws: Clients) -> None:
    sns = client(aws, "sns")
    topic = {"TopicArn": sns.create_topic(Name="t")["TopicArn"]}
    mail = {"Protocol": "email", "Endpoint": "ops@example.com", "ReturnSubscriptionArn": True}
    arn = {"SubscriptionArn": sns.subscribe(**topic, **mail)["SubscriptionArn"]}
    attributes = sns.get_subscription_attributes(**arn)["Attributes"]
    assert attributes["PendingConfirmation"].lower() == "true"
    assert code(sns.unsubscribe, **arn) == "InvalidParameter"
    sns.delete_topic(**topic)
    assert sns.list_subscriptions()["Subscriptions"] == []
