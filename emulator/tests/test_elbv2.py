"""Load balancers, listeners, rules and target groups."""

from __future__ import annotations

import json
from typing import Any

import pytest
from apps import balancer, certificate, client, forward, group, listener, targets, way_out
from conftest import Clients, Emulated
from helpers import code, network

Network = tuple[Any, str, list[str]]


@pytest.fixture
def place(aws: Clients) -> Network:
    """A client and a network."""
    vpc, subnets = network(aws("ec2"))
    return client(aws, "elbv2"), vpc, subnets


def attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {a["Key"]: a["Value"] for a in answer["Attributes"]}


def test_a_load_balancer_is_active_and_has_awss_defaults(place: Network) -> None:
    elbv2, vpc, subnets = place
    arn = balancer(elbv2, subnets)
    (found,) = elbv2.describe_load_balancers(Names=["main"])["LoadBalancers"]
    assert found["State"]["Code"] == "active"
    assert found["CanonicalHostedZoneId"] == "Z215JYRZR1TBD5"
    assert found["DNSName"].startswith("internal-main-")
    assert len(found["SecurityGroups"]) == 1
    had = attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert had["idle_timeout.timeout_seconds"] == "60"
    assert had["routing.http.drop_invalid_header_fields.enabled"] == "false"
    changed = [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=changed)
    has = attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert has == had | {"idle_timeout.timeout_seconds": "30"}


def test_a_load_balancer_is_refused_what_aws_refuses(place: Network, aws: Clients) -> None:
    elbv2, vpc, subnets = place
    create = elbv2.create_load_balancer
    common = {"Subnets": subnets, "Scheme": "internal"}
    assert code(create, Name="internal-x", **common) == "ValidationError"
    assert code(create, Name="x" * 33, **common) == "ValidationError"
    one = {"Subnets": subnets[:1], "Scheme": "internal"}
    assert code(create, Name="one", **one) == "ValidationError"
    wrong = code(create, Name="group", SecurityGroups=["sg-0123456789abcdef0"], **common)
    assert wrong == "InvalidSecurityGroup"
    assert code(create, Name="public", Subnets=subnets) == "InvalidSubnet"
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    assert aws("ec2").describe_network_interfaces()["NetworkInterfaces"] == []
    way_out(aws("ec2"), vpc)
    balancer(elbv2, subnets, "public", Scheme="internet-facing")
    assert code(create, Name="public", **common) == "DuplicateLoadBalancerName"


def test_its_interfaces_keep_the_subnets_until_it_is_gone(place: Network, aws: Clients) -> None:
    elbv2, vpc, subnets = place
    arn, ec2 = balancer(elbv2, subnets, SecurityGroups=[group(aws("ec2"), vpc)]), aws("ec2")
    found = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert {i["Description"] for i in found} == {"ELB app/main/" + arn.rpartition("/")[2]}
    assert code(ec2.delete_subnet, SubnetId=subnets[0]) == "DependencyViolation"
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    ec2.delete_subnet(SubnetId=subnets[0])


def test_a_protected_load_balancer_stays(place: Network) -> None:
    elbv2, _, subnets = place
    arn = balancer(elbv2, subnets)
    for value, refused in (("true", "OperationNotPermitted"), ("false", None)):
        protection = [{"Key": "deletion_protection.enabled", "Value": value}]
        elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=protection)
        if refused:
            assert code(elbv2.delete_load_balancer, LoadBalancerArn=arn) == refused
        else:
            elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    missing = code(elbv2.describe_load_balancers, LoadBalancerArns=[arn])
    assert missing == "LoadBalancerNotFound"


def test_logs_need_a_bucket_that_lets_them_in(place: Network, aws: Clients, account: str) -> None:
    elbv2, _, subnets = place
    s3, bucket = aws("s3"), f"logs-{account}"
    arn = balancer(elbv2, subnets)
    logs = [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "access_logs.s3.bucket", "Value": bucket},
    ]
    wanted = {"LoadBalancerArn": arn, "Attributes": logs}
    refused = "InvalidConfigurationRequest"
    assert code(elbv2.modify_load_balancer_attributes, **wanted) == refused
    location = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    assert code(elbv2.modify_load_balancer_attributes, **wanted) == refused
    statement = {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    elbv2.modify_load_balancer_attributes(**wanted)
    has = attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn))
    assert has["access_logs.s3.bucket"] == bucket
    s3.delete_bucket(Bucket=bucket)


def test_attributes_that_aws_does_not_know_are_refused(place: Network) -> None:
    elbv2, vpc, subnets = place
    wrong = [{"Key": "no.such.key", "Value": "1"}]
    refused = code(
        elbv2.modify_load_balancer_attributes,
        LoadBalancerArn=balancer(elbv2, subnets),
        Attributes=wrong,
    )
    assert refused == "ValidationError"
    arn = targets(elbv2, vpc)
    refused = code(elbv2.modify_target_group_attributes, TargetGroupArn=arn, Attributes=wrong)
    assert refused == "ValidationError"
    has = attributes(elbv2.describe_target_group_attributes(TargetGroupArn=arn))
    assert has["deregistration_delay.timeout_seconds"] == "300"
    assert has["target_group_health.dns_failover.minimum_healthy_targets.count"] == "1"


def test_a_target_group_belongs_to_whoever_forwards_to_it_now(place: Network) -> None:
    elbv2, vpc, subnets = place
    one, two = (balancer(elbv2, subnets, name) for name in ("one", "two"))
    arn, other = targets(elbv2, vpc), targets(elbv2, vpc, "other")

    def users() -> list[str]:
        (found,) = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        return found["LoadBalancerArns"]

    assert users() == []
    front = listener(elbv2, one, 80, arn)
    assert users() == [one]
    taken = {"LoadBalancerArn": two, "Port": 80, "Protocol": "HTTP"}
    refused = code(elbv2.create_listener, DefaultActions=forward(arn), **taken)
    assert refused == "TargetGroupAssociationLimit"
    assert code(elbv2.delete_target_group, TargetGroupArn=arn) == "ResourceInUse"
    elbv2.modify_listener(ListenerArn=front, DefaultActions=forward(other))
    assert users() == []
    listener(elbv2, two, 80, arn)
    elbv2.delete_load_balancer(LoadBalancerArn=two)
    elbv2.delete_target_group(TargetGroupArn=arn)


def test_weights_and_rules_come_back(place: Network) -> None:
    elbv2, vpc, subnets = place
    blue, green = targets(elbv2, vpc, "blue"), targets(elbv2, vpc, "green")
    front = listener(elbv2, balancer(elbv2, subnets), 80, blue, green)
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
    wanted = {"ListenerArn": front, "Conditions": [condition], "Actions": forward(green)}
    (rule,) = elbv2.create_rule(Priority=10, **wanted)["Rules"]
    assert code(elbv2.create_rule, Priority=10, **wanted) == "PriorityInUse"
    assert code(elbv2.create_rule, Priority=50001, **wanted) == "ValidationError"
    actions = forward(blue, green)
    actions[0]["ForwardConfig"]["TargetGroups"][0]["Weight"] = 9
    elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=actions)
    (found,) = elbv2.describe_rules(RuleArns=[rule["RuleArn"]])["Rules"]
    weights = [t["Weight"] for t in found["Actions"][0]["ForwardConfig"]["TargetGroups"]]
    assert (weights, found["Priority"]) == ([9, 1], "10")
    rules = elbv2.describe_rules(ListenerArn=front)["Rules"]
    assert [r["Priority"] for r in rules] == ["10", "default"]


def test_https_needs_a_certificate_that_is_issued(place: Network, aws: Clients) -> None:
    elbv2, vpc, subnets = place
    acm = client(aws, "acm")
    arn, tg = balancer(elbv2, subnets), targets(elbv2, vpc)
    https = {"LoadBalancerArn": arn, "Port": 443, "Protocol": "HTTPS"}
    https["DefaultActions"] = forward(tg)
    assert code(elbv2.create_listener, **https) == "ValidationError"
    pending = acm.request_certificate(DomainName="x.example.org", ValidationMethod="DNS")
    https["Certificates"] = [{"CertificateArn": pending["CertificateArn"]}]
    assert code(elbv2.create_listener, **https) == "UnsupportedCertificate"
    first, second = certificate(aws), certificate(aws, "b.example.net")
    policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    settings = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": first}]}
    front = listener(elbv2, arn, 443, tg, SslPolicy=policy, **settings)
    elbv2.add_listener_certificates(ListenerArn=front, Certificates=[{"CertificateArn": second}])

    (found,) = elbv2.describe_listeners(ListenerArns=[front])["Listeners"]
    assert (found["SslPolicy"], found["Certificates"]) == (policy, [{"CertificateArn": first}])
    for used in (first, second):
        described = acm.describe_certificate(CertificateArn=used)["Certificate"]
        assert described["InUseBy"] == [arn]
        assert code(acm.delete_certificate, CertificateArn=used) == "ResourceInUseException"
    elbv2.modify_listener(ListenerArn=front, SslPolicy="ELBSecurityPolicy-2016-08")
    elbv2.modify_listener(ListenerArn=front, Certificates=[{"CertificateArn": second}])
    elbv2.delete_listener(ListenerArn=front)
    acm.delete_certificate(CertificateArn=first)
    acm.delete_certificate(CertificateArn=second)


def test_a_port_has_one_listener_and_its_attributes(place: Network) -> None:
    elbv2, vpc, subnets = place
    arn, tg = balancer(elbv2, subnets), targets(elbv2, vpc)
    front = listener(elbv2, arn, 80, tg)
    again = {"LoadBalancerArn": arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": forward(tg)}
    assert code(elbv2.create_listener, **again) == "DuplicateListener"
    has = attributes(elbv2.describe_listener_attributes(ListenerArn=front))
    assert has["routing.http.response.server.enabled"] == "true"


def test_tags_go_beyond_ten_and_go_with_the_object(place: Network) -> None:
    elbv2, _, subnets = place
    arn = balancer(elbv2, subnets)
    for n in range(20):
        elbv2.add_tags(ResourceArns=[arn], Tags=[{"Key": f"key-{n}", "Value": "v"}])
    (found,) = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    assert len(found["Tags"]) == 20
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    (found,) = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    assert found["Tags"] == []


def test_a_held_load_balancer_is_provisioning(place: Network, emulated: Emulated) -> None:
    elbv2, _, subnets = place
    emulated.switch("PUT", "faults", {"hold": [{"kind": "elbv2:load-balancer"}]})
    balancer(elbv2, subnets)

    def state() -> str:
        return elbv2.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"]

    assert state() == "provisioning"
    emulated.switch("DELETE", "faults")
    assert state() == "active"
