"""The inventory sees what was made and nothing else."""

from __future__ import annotations

from typing import Any

from conftest import Clients, Emulated
from helpers import POLICY, code, database, network, trust

TAG = {"Key": "terrane:environment", "Value": "env_1"}


def kinds(emulated: Emulated, account: str) -> list[str]:
    rows = emulated.switch("GET", f"inventory?account={account}")
    return [f"{row['service']}:{row['type']}" for row in rows]


def tag(resource: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource, "Tags": [TAG]}]


def test_a_used_account_that_owns_nothing_is_empty(
    emulated: Emulated, account: str, aws: Clients
) -> None:
    aws("ec2").describe_vpcs()
    aws("iam").list_policies()
    aws("kms").describe_key(KeyId="alias/aws/rds")
    database(aws("rds"))
    aws("rds").delete_db_instance(DBInstanceIdentifier="main", SkipFinalSnapshot=True)
    assert kinds(emulated, account) == []


def test_every_object_is_listed_with_tags_and_state(
    emulated: Emulated, account: str, aws: Clients
) -> None:
    ec2, rds, iam, kms, s3 = (aws(name) for name in ("ec2", "rds", "iam", "kms", "s3"))
    vpc, subnets = network(ec2)
    ec2.create_route_table(VpcId=vpc, TagSpecifications=tag("route-table"))
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_egress_only_internet_gateway(
        VpcId=vpc, TagSpecifications=tag("egress-only-internet-gateway")
    )
    ec2.create_network_acl(VpcId=vpc, TagSpecifications=tag("network-acl"))
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(
        SubnetId=subnets[0], AllocationId=address, TagSpecifications=tag("natgateway")
    )
    ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3")
    key = kms.create_key(Tags=[{"TagKey": TAG["Key"], "TagValue": TAG["Value"]}])["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(), Tags=[TAG])
    iam.create_policy(PolicyName="p", PolicyDocument=POLICY, Tags=[TAG])
    name = f"inventory-{account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [TAG]})
    aws("ecr").create_repository(repositoryName="app", tags=[TAG])
    aws("logs").create_log_group(logGroupName="/x", tags={TAG["Key"]: TAG["Value"]})
    rds.create_db_subnet_group(
        DBSubnetGroupName="sn", DBSubnetGroupDescription="d", SubnetIds=subnets, Tags=[TAG]
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="pg", DBParameterGroupFamily="postgres17", Description="d", Tags=[TAG]
    )
    database(rds, "gone", Tags=[TAG], CopyTagsToSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="gone", FinalDBSnapshotIdentifier="final")
    database(rds, Tags=[TAG])

    assert kinds(emulated, account) == [
        "iam:policy",
        "iam:role",
        "ec2:egress-only-internet-gateway",
        "ec2:elastic-ip",
        "ec2:internet-gateway",
        "ec2:nat-gateway",
        "ec2:network-acl",
        "ec2:network-interface",
        "ec2:route-table",
        "ec2:security-group",
        "ec2:subnet",
        "ec2:subnet",
        "ec2:vpc",
        "ec2:vpc-endpoint",
        "ecr:repository",
        "kms:alias",
        "kms:key",
        "logs:log-group",
        "rds:db",
        "rds:parameter-group",
        "rds:snapshot",
        "rds:subnet-group",
        "s3:bucket",
        "secretsmanager:secret",
    ]
    rows = emulated.switch("GET", f"inventory?account={account}&region=eu-central-1")
    by_kind = {row["type"]: row for row in rows}
    assert "role" not in by_kind
    assert by_kind["key"]["state"] == "PendingDeletion"
    assert by_kind["db"] == {
        "service": "rds",
        "type": "db",
        "id": "main",
        "tags": {TAG["Key"]: TAG["Value"]},
        "state": "available",
        "account": account,
        "region": "eu-central-1",
    }
    tagged = {row["type"] for row in rows if row["tags"].get(TAG["Key"]) == TAG["Value"]}
    assert tagged >= {"nat-gateway", "route-table", "key", "bucket", "repository", "log-group"}
    assert tagged >= {"db", "snapshot", "subnet-group", "parameter-group"}


def test_a_deleted_nat_gateway_takes_its_interface_along(
    emulated: Emulated, account: str, aws: Clients
) -> None:
    ec2 = aws("ec2")
    vpc, subnets = network(ec2)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    attachment = {"InternetGatewayId": gateway, "VpcId": vpc}
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]
    assert code(ec2.delete_subnet, SubnetId=subnets[0]) == "DependencyViolation"
    assert code(ec2.detach_internet_gateway, **attachment) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    ec2.release_address(AllocationId=address)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    assert code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.detach_internet_gateway(**attachment)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_vpc(VpcId=vpc)
    assert kinds(emulated, account) == []


def test_a_table_is_listed(emulated: Emulated, account: str, aws: Clients) -> None:
    aws("dynamodb").create_table(
        TableName="locks",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        Tags=[TAG],
    )
    rows = emulated.switch("GET", f"inventory?account={account}")
    found = [(row["service"], row["type"], row["id"], row["tags"]) for row in rows]
    assert found == [("dynamodb", "table", "locks", {TAG["Key"]: TAG["Value"]})]
    aws("dynamodb").delete_table(TableName="locks")
    assert kinds(emulated, account) == []
