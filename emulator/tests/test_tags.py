"""AWS's tag rules, on the calls that write tags."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apps import targets
from conftest import Clients
from helpers import POLICY, code, database, network, trust

MANY = {f"key-{n}": "value" for n in range(51)}


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def vpc(aws: Clients, tags: dict[str, str]) -> None:
    specification = [{"ResourceType": "vpc", "Tags": listed(tags)}]
    aws("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=specification)


def tagged_vpc(aws: Clients, tags: dict[str, str]) -> None:
    vpc_id, _ = network(aws("ec2"))
    aws("ec2").create_tags(Resources=[vpc_id], Tags=listed(tags))


def db(aws: Clients, tags: dict[str, str]) -> None:
    database(aws("rds"), Tags=listed(tags))


def tagged_db(aws: Clients, tags: dict[str, str]) -> None:
    rds = aws("rds")
    rds.add_tags_to_resource(ResourceName=database(rds)["DBInstanceArn"], Tags=listed(tags))


def bucket(aws: Clients, tags: dict[str, str]) -> None:
    s3, name = aws("s3"), "tagged-bucket"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    try:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": listed(tags)})
    finally:
        s3.delete_bucket(Bucket=name)


def repository(aws: Clients, tags: dict[str, str]) -> None:
    aws("ecr").create_repository(repositoryName="app", tags=listed(tags))


def role(aws: Clients, tags: dict[str, str]) -> None:
    aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust(), Tags=listed(tags))


def policy(aws: Clients, tags: dict[str, str]) -> None:
    aws("iam").create_policy(PolicyName="p", PolicyDocument=POLICY, Tags=listed(tags))


def key(aws: Clients, tags: dict[str, str]) -> None:
    aws("kms").create_key(Tags=[{"TagKey": k, "TagValue": v} for k, v in tags.items()])


def log_group(aws: Clients, tags: dict[str, str]) -> None:
    aws("logs").create_log_group(logGroupName="/terrane/x", tags=tags)


def secret(aws: Clients, tags: dict[str, str]) -> None:
    aws("secretsmanager").create_secret(Name="s", SecretString="x", Tags=listed(tags))


def topic(aws: Clients, tags: dict[str, str]) -> None:
    aws("sns").create_topic(Name="t", Tags=listed(tags))


def cache_parameters(aws: Clients, tags: dict[str, str]) -> None:
    aws("elasticache").create_cache_parameter_group(
        CacheParameterGroupName="pg",
        CacheParameterGroupFamily="valkey8",
        Description="d",
        Tags=listed(tags),
    )


def vault(aws: Clients, tags: dict[str, str]) -> None:
    aws("backup").create_backup_vault(BackupVaultName="vault", BackupVaultTags=tags)


def target_group(aws: Clients, tags: dict[str, str]) -> None:
    vpc_id, _ = network(aws("ec2"))
    targets(aws("elbv2"), vpc_id, Tags=listed(tags))


def cluster(aws: Clients, tags: dict[str, str]) -> None:
    both = [{"key": key, "value": value} for key, value in tags.items()]
    aws("ecs").create_cluster(clusterName="c", tags=both)


def application(aws: Clients, tags: dict[str, str]) -> None:
    aws("codedeploy").create_application(applicationName="a", tags=listed(tags))


def http_api(aws: Clients, tags: dict[str, str]) -> None:
    aws("apigatewayv2").create_api(Name="a", ProtocolType="HTTP", Tags=tags)


def certificate(aws: Clients, tags: dict[str, str]) -> None:
    aws("acm").request_certificate(DomainName="example.com", Tags=listed(tags))


def namespace(aws: Clients, tags: dict[str, str]) -> None:
    aws("servicediscovery").create_http_namespace(Name="n", Tags=listed(tags))


WRITERS = [
    pytest.param(vpc, "InvalidParameterValue", "TagLimitExceeded", id="ec2 create"),
    pytest.param(tagged_vpc, "InvalidParameterValue", "TagLimitExceeded", id="ec2 tag"),
    pytest.param(db, "InvalidParameterValue", "InvalidParameterValue", id="rds create"),
    pytest.param(tagged_db, "InvalidParameterValue", "InvalidParameterValue", id="rds tag"),
    pytest.param(bucket, "InvalidTag", "BadRequest", id="s3"),
    pytest.param(repository, "InvalidTagParameterException", "TooManyTagsException", id="ecr"),
    pytest.param(role, "InvalidInput", "LimitExceeded", id="iam role"),
    pytest.param(policy, "InvalidInput", "LimitExceeded", id="iam policy"),
    pytest.param(key, "TagException", "LimitExceededException", id="kms"),
    pytest.param(log_group, "InvalidParameterException", "TooManyTagsException", id="logs"),
    pytest.param(secret, "InvalidParameterException", "InvalidParameterException", id="secrets"),
    pytest.param(topic, "InvalidParameter", "TagLimitExceeded", id="sns"),
    pytest.param(
        cache_parameters, "InvalidParameterValue", "TagQuotaPerResourceExceeded", id="elasticache"
    ),
    pytest.param(vault, "InvalidParameterValueException", "LimitExceededException", id="backup"),
    pytest.param(target_group, "ValidationError", "TooManyTags", id="elbv2"),
    pytest.param(cluster, "InvalidParameterException", "InvalidParameterException", id="ecs"),
    pytest.param(
        application, "InvalidTagsToAddException", "TagLimitExceededException", id="codedeploy"
    ),
    pytest.param(http_api, "BadRequestException", "BadRequestException", id="apigatewayv2"),
    pytest.param(certificate, "InvalidTagException", "TooManyTagsException", id="acm"),
    pytest.param(namespace, "InvalidInput", "TooManyTagsException", id="servicediscovery"),
]
BAD = {
    "brackets in the value": {"terrane:address": 'aws_vpc.main["a"]'},
    "a comma in the key": {"a,b": "c"},
    "a line break": {"a": "one\ntwo"},
    "a long key": {"k" * 129: "v"},
    "a long value": {"k": "v" * 257},
    "a reserved prefix": {"aws:owner": "me"},
    "a reserved prefix in capitals": {"AWS:owner": "me"},
}


@pytest.mark.parametrize(("write", "bad", "many"), WRITERS)
def test_every_service_refuses_bad_tags_with_its_own_code(
    aws: Clients, write: Callable[..., None], bad: str, many: str
) -> None:
    assert code(write, aws=aws, tags=BAD["brackets in the value"]) == bad
    assert code(write, aws=_other(aws), tags=MANY) == many


def _other(aws: Clients) -> Clients:
    """The same account: names that were refused before are still free, databases excepted."""
    rds = aws("rds")
    for instance in rds.describe_db_instances()["DBInstances"]:
        name = instance["DBInstanceIdentifier"]
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    return aws


@pytest.mark.parametrize(("write", "bad", "many"), WRITERS)
def test_every_service_takes_what_aws_allows(
    aws: Clients, write: Callable[..., None], bad: str, many: str
) -> None:
    write(aws, {"terrane:address": "aws_vpc.main/a-1", "Größe 2": "_.:/=+-@ ok", "empty": ""})


@pytest.mark.parametrize("tags", BAD.values(), ids=BAD.keys())
def test_each_rule_refuses_and_creates_nothing(aws: Clients, tags: dict[str, str]) -> None:
    assert code(log_group, aws=aws, tags=tags) == "InvalidParameterException"
    assert aws("logs").describe_log_groups()["logGroups"] == []


def test_the_limit_counts_tags_that_are_there_already(aws: Clients) -> None:
    kms, rds = aws("kms"), aws("rds")
    fifty = dict(list(MANY.items())[:50])
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": k, "TagValue": v} for k, v in fifty.items()])
    arn = database(rds, Tags=listed(fifty))["DBInstanceArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=listed({"key-0": "changed"}))
    more = [{"TagKey": "one", "TagValue": "more"}]
    assert code(kms.tag_resource, KeyId=key_id, Tags=more) == "LimitExceededException"
    refused = code(rds.add_tags_to_resource, ResourceName=arn, Tags=listed({"one": "more"}))
    assert refused == "InvalidParameterValue"


def test_bad_tags_of_an_object_in_a_header_are_refused(aws: Clients) -> None:
    s3 = aws("s3")
    location = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="header-tags", CreateBucketConfiguration=location)
    put = {"Bucket": "header-tags", "Key": "k", "Body": b"x"}
    assert code(s3.put_object, Tagging="a=%5Bb%5D", **put) == "InvalidTag"
    s3.put_object(Tagging="a=b", **put)
