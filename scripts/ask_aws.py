"""Asks the AWS API which parts of an environment exist, and prints them with Terrane's tags.

    ask_aws.py ENVIRONMENT_ID                 prints a table; exit 0
    ask_aws.py ENVIRONMENT_ID --expect vpc nat_gateway ...   exit 1 unless each kind exists
    ask_aws.py ENVIRONMENT_ID --expect-nothing               exit 1 unless nothing exists

Plain describe calls through boto3, independent of Terrane: endpoint, region and credentials come from AWS_* variables.
"""

import argparse
import sys
from collections.abc import Iterator

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

TAG = "terrane:environment"

Found = tuple[str, str, dict[str, str]]


def tags_of(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    return {pair.get("Key", pair.get("key", "")): pair.get("Value", pair.get("value", "")) for pair in pairs or []}


def ec2(config: Config) -> Iterator[Found]:
    client = boto3.client("ec2", config=config)
    kinds = [
        ("vpc", "describe_vpcs", "Vpcs", "VpcId"),
        ("subnet", "describe_subnets", "Subnets", "SubnetId"),
        ("route_table", "describe_route_tables", "RouteTables", "RouteTableId"),
        ("internet_gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("nat_gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
        ("elastic_ip", "describe_addresses", "Addresses", "AllocationId"),
        ("security_group", "describe_security_groups", "SecurityGroups", "GroupId"),
        ("vpc_endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        ("flow_log", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ]
    for kind, call, collection, identifier in kinds:
        for item in getattr(client, call)()[collection]:
            # A deleted NAT gateway stays listed for a while.
            if item.get("State") not in ("deleted", "deleting"):
                yield kind, item[identifier], tags_of(item.get("Tags"))


def s3(config: Config) -> Iterator[Found]:
    client = boto3.client("s3", config=config.merge(Config(s3={"addressing_style": "path"})))
    for bucket in client.list_buckets()["Buckets"]:
        try:
            tags = client.get_bucket_tagging(Bucket=bucket["Name"])["TagSet"]
        except ClientError:
            tags = []
        yield "bucket", bucket["Name"], tags_of(tags)


def ecr(config: Config) -> Iterator[Found]:
    client = boto3.client("ecr", config=config)
    for repository in client.describe_repositories()["repositories"]:
        tags = client.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
        yield "registry", repository["repositoryName"], tags_of(tags)


def rds(config: Config) -> Iterator[Found]:
    client = boto3.client("rds", config=config)
    for instance in client.describe_db_instances()["DBInstances"]:
        yield "database", instance["DBInstanceIdentifier"], tags_of(instance.get("TagList"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Shows what of an environment exists in AWS.")
    parser.add_argument("environment", help="the environment's id, env_...")
    parser.add_argument("--expect", nargs="*", default=[], metavar="KIND")
    parser.add_argument("--expect-nothing", action="store_true")
    arguments = parser.parse_args()

    config = Config(retries={"max_attempts": 2})
    found = [
        (kind, identifier, tags)
        for ask in (ec2, s3, ecr, rds)
        for kind, identifier, tags in ask(config)
        if tags.get(TAG) == arguments.environment
    ]
    for kind, identifier, tags in found:
        print(f"  {kind:<17} {identifier:<44} {tags.get('terrane:address', '')}")
    if not found:
        print("  nothing")

    missing = set(arguments.expect) - {kind for kind, _, _ in found}
    if missing:
        print(f"missing: {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    if arguments.expect_nothing and found:
        print(f"{len(found)} left over", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
