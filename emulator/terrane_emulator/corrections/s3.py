"""S3: a bucket policy's conditions count, so does the owner that a caller expects, an
element has AWS's name, and access logs may go where a policy also speaks of everybody.

AWS applies a statement only if its conditions hold; moto applies every statement. A policy
that denies what doesn't come over TLS would so deny everything. Requests reach the emulator
over plain HTTP on loopback, standing in for HTTPS, so statements that ask for
`aws:SecureTransport` to be false never apply; other conditions are left to moto.
"""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused


@replaces(FakeBucket, "get_permission")
def _get_permission(original: Any, bucket: FakeBucket, action: str, resource: str) -> Any:
    written = bucket.policy
    bucket.policy = over_tls(written)
    try:
        return original(bucket, action, resource)
    finally:
        bucket.policy = written


def over_tls(policy: bytes | None) -> bytes | None:
    """What of a policy applies to requests that come over TLS."""
    if policy is None:
        return None
    document = json.loads(policy)
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    document["Statement"] = [s for s in statements if not _wants_plain_http(s)]
    return json.dumps(document).encode() if document["Statement"] else None


def _wants_plain_http(statement: dict[str, Any]) -> bool:
    wanted = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return str(wanted).lower() == "false"


@replaces(FakeBucket, "_log_permissions_enabled_policy")
def _may_deliver_logs(
    original: Any, _: FakeBucket, target_bucket: FakeBucket, **kwargs: Any
) -> Any:
    """moto stumbles over statements for everybody, whose principal is a mere `*`."""
    written = target_bucket.policy
    document = json.loads(written or '{"Statement": []}')
    named = [s for s in document["Statement"] if isinstance(s.get("Principal"), dict)]
    target_bucket.policy = json.dumps({**document, "Statement": named}).encode()
    try:
        return original(target_bucket=target_bucket, **kwargs)
    finally:
        target_bucket.policy = written


@replaces(S3Response, "get_bucket_versioning")
def _get_bucket_versioning(original: Any, response: S3Response) -> Any:
    """AWS's element is called VersioningConfiguration; strict readers insist."""
    status, headers, body = original(response)
    return status, headers, body.replace("GetBucketVersioningResponse", "VersioningConfiguration")


@replaces(S3Response, "_bucket_response")
def _bucket_response(original: Any, response: S3Response, request: Any, full_url: str) -> Any:
    """AWS refuses a call on a bucket that isn't the account's that the caller expects.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    expected = request.headers.get("x-amz-expected-bucket-owner")
    name = response.parse_bucket_name_from_url(request, full_url)
    _, owner = s3_backends.bucket_accounts.get(name, ("", expected))
    if expected and owner != expected:
        raise Refused("AccessDenied", "Access Denied", 403)
    return original(response, request, full_url)
