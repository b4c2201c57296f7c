"""Secrets Manager: names have an alphabet, and a secret that waits for its end is in the way.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html and
API_DeleteSecret.html: "you can't create a new secret with the same name" until the recovery
window is over. Whoever raises an environment again right after taking it down meets this.
"""

from __future__ import annotations

import re
from typing import Any

from moto.secretsmanager.exceptions import (
    InvalidRequestException,
    SecretsManagerClientError,
)
from moto.secretsmanager.models import SecretsManagerBackend

from terrane_emulator.corrections.replacing import replaces

_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")


@replaces(SecretsManagerBackend, "create_secret")
def _create(original: Any, backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    if not _NAME.fullmatch(name):
        raise SecretsManagerClientError(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
            "following: -/_+=.@!",
        )
    # By its own name only: the store also finds a secret by ARN or by part of it.
    existing = next((s for s in backend.secrets.values() if s.name == name), None)
    if existing is not None and existing.is_deleted():
        raise InvalidRequestException(
            "You can't create this secret because a secret with this name is already scheduled "
            "for deletion."
        )
    return original(backend, name, *args, **kwargs)


@replaces(SecretsManagerBackend, "put_secret_value")
def _put(original: Any, backend: Any, secret_id: str, *args: Any, **kwargs: Any) -> Any:
    if secret_id in backend.secrets and backend.secrets[secret_id].is_deleted():
        raise InvalidRequestException(
            "You can't perform this operation on the secret because it was marked for deletion."
        )
    return original(backend, secret_id, *args, **kwargs)
