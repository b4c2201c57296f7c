"""S3: bucket policies, and the owner that a caller expects."""

from __future__ import annotations

import json

from conftest import Clients, Emulated
from helpers import code

HERE = {"LocationConstraint": "eu-central-1"}


def deny(bucket: str, **condition: object) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        **({"Condition": condition} if condition else {}),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_that_demands_tls_lets_requests_through(aws: Clients) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="tls-only-test", CreateBucketConfiguration=HERE)
    policy = deny("tls-only-test", Bool={"aws:SecureTransport": "false"})
    s3.put_bucket_policy(Bucket="tls-only-test", Policy=policy)
    s3.put_object(Bucket="tls-only-test", Key="k", Body=b"v")
    assert s3.get_object(Bucket="tls-only-test", Key="k")["Body"].read() == b"v"
    assert s3.get_bucket_policy(Bucket="tls-only-test")["Policy"] == policy


def test_a_policy_that_denies_everything_still_does(aws: Clients) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="closed-test", CreateBucketConfiguration=HERE)
    s3.put_object(Bucket="closed-test", Key="k", Body=b"v")
    s3.put_bucket_policy(Bucket="closed-test", Policy=deny("closed-test"))
    assert code(s3.head_object, Bucket="closed-test", Key="k") == "403"


def test_versioning_is_told_in_the_element_that_aws_uses(emulated: Emulated, aws: Clients) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="versioned-test", CreateBucketConfiguration=HERE)
    s3.put_bucket_versioning(Bucket="versioned-test", VersioningConfiguration={"Status": "Enabled"})
    bodies: list[bytes] = []
    s3.meta.events.register(
        "before-parse.s3.GetBucketVersioning",
        lambda response_dict, **_: bodies.append(response_dict["body"]),
    )
    assert s3.get_bucket_versioning(Bucket="versioned-test")["Status"] == "Enabled"
    assert b"<VersioningConfiguration" in bodies[0]


def test_a_bucket_of_another_account_than_expected_is_refused(aws: Clients, account: str) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="owned-test", CreateBucketConfiguration=HERE)
    s3.head_bucket(Bucket="owned-test", ExpectedBucketOwner=account)
    other = {"Bucket": "owned-test", "ExpectedBucketOwner": "222222222222"}
    assert code(s3.head_bucket, **other) == "403"
    assert code(s3.get_bucket_policy, **other) == "AccessDenied"
    missing = {"Bucket": "no-such-bucket-test", "ExpectedBucketOwner": "222222222222"}
    assert code(s3.head_bucket, **missing) == "404"


def test_access_logs_go_where_the_logging_service_may_write(aws: Clients) -> None:
    s3 = aws("s3")
    for bucket in ("logged-test", "logs-test"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=HERE)
    logging = {"LoggingEnabled": {"TargetBucket": "logs-test", "TargetPrefix": "logged/"}}
    policy = json.loads(deny("logs-test", Bool={"aws:SecureTransport": "false"}))
    s3.put_bucket_policy(Bucket="logs-test", Policy=json.dumps(policy))
    asked = {"Bucket": "logged-test", "BucketLoggingStatus": logging}
    assert code(s3.put_bucket_logging, **asked) == "InvalidTargetBucketForLogging"
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::logs-test/*",
        }
    )
    s3.put_bucket_policy(Bucket="logs-test", Policy=json.dumps(policy))
    s3.put_bucket_logging(**asked)
    assert (
        s3.get_bucket_logging(Bucket="logged-test")["LoggingEnabled"] == logging["LoggingEnabled"]
    )
