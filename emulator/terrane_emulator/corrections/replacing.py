"""How a correction gets into moto."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def replaces(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let the decorated function stand in for the method `name` of `owner`.

    It gets the original method first, then what the method was called with.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        original = getattr(owner, name)

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        setattr(owner, name, replacement)
        return function

    return decorate


def adds(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the decorated function a method of `owner`, under its own name.

    For calls that moto lacks: it finds them by name, `CreateUserGroup` in
    `create_user_group` of the service's response class.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(owner, function.__name__, function)
        return function

    return decorate
