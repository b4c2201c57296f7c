"""The inventory sees what applications are made of, and nothing once it is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apps import Stage, certificate, forward, zone
from conftest import Clients, Emulated
from helpers import network

TAG = {"Key": "terrane:environment", "Value": "env_1"}
TAGS = {TAG["Key"]: TAG["Value"]}
Rows = list[tuple[str, bool]]


@pytest.fixture
def rows(emulated: Emulated, account: str) -> Callable[[], Rows]:
    """Kind of every object, and whether it carries the tag; networks and roles left out."""

    def take() -> Rows:
        found = emulated.switch("GET", f"inventory?account={account}")
        ours = [row for row in found if row["service"] not in ("ec2", "iam")]
        return [(f"{r['service']}:{r['type']}", TAGS.items() <= r["tags"].items()) for r in ours]

    return take


def test_ecs_and_its_surroundings(aws: Clients, rows: Callable[[], Rows]) -> None:
    stage = Stage(aws)
    tags = [{"key": TAG["Key"], "value": TAG["Value"]}]
    balancers, front = stage.served()
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a"]}}
    action = forward(balancers[0]["targetGroupArn"])
    rule = {"ListenerArn": front, "Priority": 1, "Conditions": [condition], "Actions": action}
    stage.elbv2.create_rule(Tags=[TAG], **rule)
    stage.service(tags=tags, loadBalancers=balancers)
    scaling = aws("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/main/app",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, Tags=TAGS, **target)
    scaling.put_scaling_policy(
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
            },
        },
        **target,
    )
    deploy = aws("codedeploy")
    deploy.create_application(applicationName="app", computePlatform="ECS", tags=[TAG])
    routing = {"type": "AllAtOnce"}
    config = {"deploymentConfigName": "own", "computePlatform": "ECS"}
    deploy.create_deployment_config(trafficRoutingConfig=routing, **config)
    assert rows() == [
        ("application-autoscaling:scalable-target", True),
        ("application-autoscaling:scaling-policy", False),
        ("cloudwatch:alarm", False),
        ("cloudwatch:alarm", False),
        ("codedeploy:application", True),
        ("codedeploy:deployment-config", False),
        ("ecs:cluster", False),
        ("ecs:service", True),
        ("ecs:task-definition", False),
        ("elbv2:listener", False),
        ("elbv2:listener-rule", True),
        ("elbv2:load-balancer", False),
        ("elbv2:target-group", False),
    ]
    deploy.delete_application(applicationName="app")
    deploy.delete_deployment_config(deploymentConfigName="own")
    scaling.deregister_scalable_target(**target)
    stage.ecs.delete_service(cluster="main", service="app", force=True)
    stage.ecs.deregister_task_definition(taskDefinition=stage.task)
    stage.ecs.delete_cluster(cluster="main")
    for found in stage.elbv2.describe_load_balancers()["LoadBalancers"]:
        stage.elbv2.delete_load_balancer(LoadBalancerArn=found["LoadBalancerArn"])
    stage.elbv2.delete_target_group(TargetGroupArn=balancers[0]["targetGroupArn"])
    assert rows() == []


def test_names_apis_and_topics(aws: Clients, rows: Callable[[], Rows]) -> None:
    arn = certificate(aws)
    acm, route53, sns = aws("acm"), aws("route53"), aws("sns")
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[TAG])
    place = zone(route53, "example.org")
    name = {"ResourceType": "hostedzone", "ResourceId": place.rpartition("/")[2]}
    route53.change_tags_for_resource(AddTags=[TAG], **name)
    topic = sns.create_topic(Name="t", Tags=[TAG])["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    gateway = aws("apigatewayv2")
    api = gateway.create_api(Name="a", ProtocolType="HTTP", Tags=TAGS)["ApiId"]
    gateway.create_stage(ApiId=api, StageName="v1", Tags=TAGS)
    vpc, subnets = network(aws("ec2"))
    link = gateway.create_vpc_link(Name="l", SubnetIds=subnets, Tags=TAGS)["VpcLinkId"]
    discovery = aws("servicediscovery")
    discovery.create_private_dns_namespace(Name="svc.local", Vpc=vpc, Tags=[TAG])
    aws("cloudwatch").put_dashboard(DashboardName="d", DashboardBody='{"widgets": []}')
    aws("logs").put_resource_policy(policyName="p", policyDocument="{}")
    assert sorted(rows()) == [
        ("acm:certificate", True),
        ("apigatewayv2:api", True),
        ("apigatewayv2:stage", True),
        ("apigatewayv2:vpc-link", True),
        ("cloudwatch:dashboard", False),
        ("logs:resource-policy", False),
        ("route53:hosted-zone", False),
        ("route53:hosted-zone", False),
        ("route53:hosted-zone", True),
        ("route53:record", False),
        ("servicediscovery:namespace", True),
        ("sns:subscription", False),
        ("sns:topic", True),
    ]
    sns.delete_topic(TopicArn=topic)
    gateway.delete_api(ApiId=api)
    gateway.delete_vpc_link(VpcLinkId=link)
    (namespace,) = discovery.list_namespaces()["Namespaces"]
    discovery.delete_namespace(Id=namespace["Id"])
    aws("cloudwatch").delete_dashboards(DashboardNames=["d"])
    aws("logs").delete_resource_policy(policyName="p")
    acm.delete_certificate(CertificateArn=arn)
    route53.delete_hosted_zone(Id=place)
    assert rows() == [("route53:hosted-zone", False), ("route53:record", False)]
