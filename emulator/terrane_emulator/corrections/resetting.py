"""A reset drops accounts; it doesn't fill them anew first.

moto begins each backend from scratch, default VPC, policies and all, and throws the result
away. With a hundred accounts that took ten seconds.
"""

from __future__ import annotations

from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BaseBackend

from terrane_emulator.corrections.replacing import replaces


@replaces(AccountSpecificBackend, "reset")
def _reset(_: Any, backends: AccountSpecificBackend[Any]) -> None:
    for backend in backends.values():
        # A few have something of their own to close.
        if type(backend).reset is not BaseBackend.reset:
            backend.reset()
