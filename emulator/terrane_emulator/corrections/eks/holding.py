"""Clusters and what is in them: CREATING while a hold lasts, ACTIVE otherwise."""

from __future__ import annotations

from typing import Any

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.faults import Holdable


def holdable(model: type, kind: str) -> None:
    """Let the `status` of a model's objects obey holds for `kind`."""

    @replaces(model, "__init__")
    def begin(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        self.holdable = Holdable(kind)
        original(self, *args, **kwargs)

    def get(self: Any) -> str:
        return "CREATING" if self.holdable.is_held else "ACTIVE"

    # moto's constructors set it.
    model.status = property(get, lambda self, value: None)  # type: ignore[attr-defined]
