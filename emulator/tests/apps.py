"""Building blocks for tests of what applications are made of."""

from __future__ import annotations

import json
from typing import Any

from conftest import Clients
from helpers import network
from shapes import watch

CODEDEPLOY = {"Service": ["ecs-tasks.amazonaws.com", "codedeploy.amazonaws.com"]}


def client(aws: Clients, service: str) -> Any:
    """A client whose answers are compared with AWS's model of them."""
    return watch(aws(service))


def way_out(ec2: Any, vpc: str) -> str:
    """An internet gateway for the VPC."""
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return gateway


def group(ec2: Any, vpc: str, name: str = "app") -> str:
    """A security group."""
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]


def balancer(elbv2: Any, subnets: list[str], name: str = "main", **settings: Any) -> str:
    """ARN of an internal load balancer."""
    wanted = {"Name": name, "Subnets": subnets, "Scheme": "internal", **settings}
    return elbv2.create_load_balancer(**wanted)["LoadBalancers"][0]["LoadBalancerArn"]


def targets(elbv2: Any, vpc: str, name: str = "app", **settings: Any) -> str:
    """ARN of a target group for addresses."""
    wanted = {"Name": name, "Protocol": "HTTP", "Port": 8080, "VpcId": vpc, "TargetType": "ip"}
    return elbv2.create_target_group(**wanted, **settings)["TargetGroups"][0]["TargetGroupArn"]


def forward(*groups: str) -> list[dict[str, Any]]:
    """An action that forwards to target groups, in equal parts."""
    weighted = [{"TargetGroupArn": arn, "Weight": 1} for arn in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}]


def listener(elbv2: Any, arn: str, port: int, *groups: str, **settings: Any) -> str:
    """ARN of a listener that forwards to target groups."""
    wanted = {"Protocol": "HTTP", "DefaultActions": forward(*groups), **settings}
    answer = elbv2.create_listener(LoadBalancerArn=arn, Port=port, **wanted)
    return answer["Listeners"][0]["ListenerArn"]


def zone(route53: Any, name: str = "example.com", **settings: Any) -> str:
    """Id of a hosted zone."""
    answer = route53.create_hosted_zone(Name=name, CallerReference=name, **settings)
    return answer["HostedZone"]["Id"]


def change(route53: Any, zone_id: str, action: str, name: str, **record: Any) -> None:
    """Change one record; a CNAME with a minute to live unless `record` says otherwise."""
    values = [{"Value": v} for v in record.pop("values", ["target.example.com"])]
    wanted = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": values, **record}
    changes = [{"Action": action, "ResourceRecordSet": wanted}]
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def publish_proof(aws: Clients, certificate: str, zone_id: str) -> None:
    """Write the records that a certificate waits for."""
    described = aws("acm").describe_certificate(CertificateArn=certificate)["Certificate"]
    for option in described["DomainValidationOptions"]:
        record = option["ResourceRecord"]
        change(aws("route53"), zone_id, "UPSERT", record["Name"], values=[record["Value"]])


def certificate(aws: Clients, name: str = "app.example.com") -> str:
    """ARN of a certificate that is issued."""
    arn = aws("acm").request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
    publish_proof(aws, arn, zone(aws("route53"), name.partition(".")[2]))
    return arn


def role(iam: Any, name: str = "app") -> str:
    """ARN of a role that ECS tasks and CodeDeploy may take."""
    statement = {"Effect": "Allow", "Principal": CODEDEPLOY, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]


def task(ecs: Any, execution_role: str, **settings: Any) -> str:
    """ARN of a Fargate task definition with one container, `app` on port 8080."""
    container = {
        "name": "app",
        "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1",
        "portMappings": [{"containerPort": 8080}],
    }
    wanted = {
        "family": "app",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": execution_role,
        "containerDefinitions": [container],
        **settings,
    }
    return ecs.register_task_definition(**wanted)["taskDefinition"]["taskDefinitionArn"]


class Stage:
    """A network, a cluster `main` and a task definition: what a service needs."""

    def __init__(self, aws: Clients) -> None:
        self.ecs, self.elbv2, self.ec2 = (client(aws, name) for name in ("ecs", "elbv2", "ec2"))
        self.vpc, self.subnets = network(self.ec2)
        self.group = group(self.ec2, self.vpc)
        self.role = role(aws("iam"))
        self.ecs.create_cluster(clusterName="main", capacityProviders=["FARGATE", "FARGATE_SPOT"])
        self.task = task(self.ecs, self.role)

    def settings(self, **settings: Any) -> dict[str, Any]:
        """The request for a service `app` on Fargate, with `settings` on top."""
        place = {"subnets": self.subnets, "securityGroups": [self.group]}
        wanted = {
            "cluster": "main",
            "serviceName": "app",
            "taskDefinition": self.task,
            "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": place},
            **settings,
        }
        return {member: value for member, value in wanted.items() if value is not None}

    def service(self, **settings: Any) -> dict[str, Any]:
        """Create that service."""
        return self.ecs.create_service(**self.settings(**settings))["service"]

    def described(self, name: str = "app") -> dict[str, Any]:
        """The service now."""
        return self.ecs.describe_services(cluster="main", services=[name])["services"][0]

    def served(self, name: str = "app", port: int = 80) -> tuple[list[dict[str, Any]], str]:
        """The `loadBalancers` of a service behind a load balancer of its own, and a listener."""
        arn = targets(self.elbv2, self.vpc, name)
        front = listener(self.elbv2, balancer(self.elbv2, self.subnets, name), port, arn)
        return [{"targetGroupArn": arn, "containerName": "app", "containerPort": 8080}], front
