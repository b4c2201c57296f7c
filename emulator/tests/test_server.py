"""Calls are named, counted, and refused where the emulator has nothing."""

from __future__ import annotations

import threading

import pytest
from conftest import Clients, Emulated
from helpers import refusal, trust
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from terrane_emulator.calls import identify


def signed(service: str, method: str, url: str, **headers: str) -> Request:
    scope = f"AKID/20261121/eu-central-1/{service}/aws4_request"
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"
    return Request(EnvironBuilder(url, method=method, headers=headers).get_environ())


@pytest.mark.parametrize(
    ("request_", "service", "action"),
    [
        (signed("s3", "GET", "/"), "s3", "ListBuckets"),
        (signed("s3", "PUT", "/b"), "s3", "CreateBucket"),
        (signed("s3", "PUT", "/b?tagging"), "s3", "PutBucketTagging"),
        (signed("s3", "PUT", "/b?lifecycle"), "s3", "PutBucketLifecycleConfiguration"),
        (signed("s3", "PUT", "/b/a/k"), "s3", "PutObject"),
        (signed("s3", "PUT", "/b/k", **{"x-amz-copy-source": "/c/k"}), "s3", "CopyObject"),
        (signed("s3", "PUT", "/b/k?partNumber=1&uploadId=u"), "s3", "UploadPart"),
        (signed("s3", "GET", "/b?list-type=2"), "s3", "ListObjectsV2"),
        (signed("s3", "GET", "/b/k?versionId=1"), "s3", "GetObject"),
        (signed("eks", "GET", "/clusters/x/node-groups/y"), "eks", "DescribeNodegroup"),
        (signed("eks", "POST", "/clusters"), "eks", "CreateCluster"),
        (
            signed("kms", "POST", "/", **{"X-Amz-Target": "TrentService.CreateKey"}),
            "kms",
            "CreateKey",
        ),
        (signed("sts", "GET", "/?Action=GetCallerIdentity"), "sts", "GetCallerIdentity"),
        (signed("elasticloadbalancing", "GET", "/?Action=DescribeTags"), "elbv2", "DescribeTags"),
        (signed("nonsense", "GET", "/x"), "nonsense", "Unknown"),
        (Request(EnvironBuilder("/").get_environ()), "unknown", "Unknown"),
    ],
)
def test_a_call_is_named_as_botocore_names_it(request_: Request, service: str, action: str) -> None:
    call = identify(request_)
    assert (call.service, call.action) == (service, action)


def test_calls_are_counted_and_a_reset_empties_everything(emulated: Emulated, account: str) -> None:
    bucket = {
        "Bucket": "made-twice",
        "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"},
    }
    emulated.assume(account)("s3").create_bucket(**bucket)
    assert emulated.switch("GET", "calls")["s3"]["CreateBucket"] >= 1
    emulated.switch("POST", "reset")
    assert emulated.switch("GET", "calls") == {}
    assert emulated.switch("GET", "inventory") == []
    emulated.assume(account)("s3").create_bucket(**bucket)


def test_a_call_that_moto_lacks_is_refused_at_once(aws: Clients) -> None:
    error = refusal(aws("eks").list_eks_anywhere_subscriptions)
    assert error.response["Error"]["Code"] == "NotImplemented"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_many_clients_at_once_get_every_object(emulated: Emulated, account: str) -> None:
    def work() -> None:
        ec2 = emulated.assume(account)("ec2")
        for _ in range(4):
            ec2.create_vpc(CidrBlock="10.0.0.0/16")
            ec2.describe_vpcs()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(emulated.switch("GET", f"inventory?account={account}")) == 32


def test_a_role_takes_aws_policies(aws: Clients) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
    arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]


def test_the_tagging_api_finds_tagged_objects(aws: Clients) -> None:
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "terrane:environment", "Value": "env_1"}]}]
    aws("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)
    wanted = [{"Key": "terrane:environment", "Values": ["env_1"]}]
    found = aws("resourcegroupstaggingapi").get_resources(TagFilters=wanted)
    assert len(found["ResourceTagMappingList"]) == 1
