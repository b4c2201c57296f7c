"""IAM: AWS's own policies, parsed once for all accounts.

moto builds 1,500 policies from JSON for every account and partition, which costs each
fresh account most of a second and 27 MB. They can't be changed, only the count of
attachments is an account's own, so a shallow copy per account will do.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

from terrane_emulator.corrections.replacing import replaces

_parsed: dict[str, list[AWSManagedPolicy]] = {}


@replaces(IAMBackend, "_init_aws_policies")
def _init_aws_policies(original: Any, backend: IAMBackend) -> list[AWSManagedPolicy]:
    if backend.partition not in _parsed:
        _parsed[backend.partition] = original(backend)
    policies = [copy.copy(policy) for policy in _parsed[backend.partition]]
    for policy in policies:
        policy.account_id = backend.account_id
    return policies
