"""What tests of EKS stand on: a network, roles, and a cluster whose answers are checked."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from conftest import Clients
from helpers import network
from shapes import watch


@dataclass
class World:
    """An account with a VPC; `eks` fails on answers that AWS's model doesn't allow."""

    aws: Clients
    account: str
    eks: Any
    vpc: str
    subnets: list[str]

    def role(self, name: str, *services: str) -> str:
        """ARN of a role that AWS's services may assume; the first call of a name makes it."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam = self.aws("iam")
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)
        return iam.get_role(RoleName=name)["Role"]["Arn"]

    def cluster(self, name: str = "main", **settings: Any) -> dict[str, Any]:
        """A cluster with access entries; `role` and `subnets` as wanted."""
        role = settings.pop("role", None) or self.role(f"{name}-cluster", "eks")
        vpc = {"subnetIds": self.subnets, **settings.pop("vpc", {})}
        return self.eks.create_cluster(
            **{
                "name": name,
                "roleArn": role,
                "resourcesVpcConfig": vpc,
                "accessConfig": {"authenticationMode": "API"},
                "bootstrapSelfManagedAddons": False,
                **settings,
            }
        )["cluster"]

    def nodegroup(self, name: str = "general", **settings: Any) -> dict[str, Any]:
        """A node group of the cluster `main`."""
        role = settings.pop("role", None) or self.role(f"{name}-node", "ec2")
        return self.eks.create_nodegroup(
            **{
                "clusterName": "main",
                "nodegroupName": name,
                "nodeRole": role,
                "subnets": self.subnets,
                "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
                **settings,
            }
        )["nodegroup"]

    def described(self, name: str = "main") -> dict[str, Any]:
        """The cluster as DescribeCluster shows it."""
        return self.eks.describe_cluster(name=name)["cluster"]


def world(aws: Clients, account: str) -> World:
    """A fresh account with a VPC of two subnets."""
    vpc, subnets = network(aws("ec2"))
    return World(aws, account, watch(aws("eks")), vpc, subnets)
