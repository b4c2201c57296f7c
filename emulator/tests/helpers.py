"""Building blocks that several tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)


def refusal(call: Callable[..., Any], **kwargs: Any) -> ClientError:
    """The error that a call ends with; fails the test if it succeeds."""
    with pytest.raises(ClientError) as caught:
        call(**kwargs)
    return caught.value


def code(call: Callable[..., Any], **kwargs: Any) -> str:
    """The code of the error that a call ends with."""
    return refusal(call, **kwargs).response["Error"]["Code"]


def trust(**condition: Any) -> str:
    """A trust policy with a condition on the caller."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def network(ec2: Any) -> tuple[str, list[str]]:
    """A VPC with two subnets."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}"
        )["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    return vpc, subnets


def database(rds: Any, name: str = "main", **settings: Any) -> dict[str, Any]:
    """A small Postgres."""
    return rds.create_db_instance(
        **{
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "EngineVersion": "17",
            "AllocatedStorage": 20,
            "MasterUsername": "app_admin",
            "ManageMasterUserPassword": True,
            **settings,
        }
    )["DBInstance"]
