"""KMS: the keys behind `alias/aws/...` belong to AWS.

moto makes them when they are first needed, as AWS does, but calls them customer keys;
on AWS they can't be deleted and don't count as something that an account owns.
"""

from __future__ import annotations

from typing import Any

from moto.kms.models import KmsBackend

from terrane_emulator.corrections.replacing import replaces


@replaces(KmsBackend, "_generate_default_keys")
def _generate_default_keys(original: Any, backend: KmsBackend, alias_name: str) -> str | None:
    key_id = original(backend, alias_name)
    if key_id is not None:
        backend.keys[key_id].key_manager = "AWS"
    return key_id
