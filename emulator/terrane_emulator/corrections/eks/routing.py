"""How a call of EKS reaches a function here.

moto's EKS reads each parameter by its name on the wire and knows a third of the calls.
Here a call is a function `create_addon(backend, given)` that gets the input under
botocore's names and returns the answer as botocore's output shape has it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.eks import urls
from moto.eks.models import EKSBackend, paginated_list
from moto.eks.responses import EKSResponse

from terrane_emulator.corrections.replacing import replaces

Given = dict[str, Any]
"""The members of a call's input that the caller gave."""
CallOf = Callable[[EKSBackend, Given], dict[str, Any]]

# Paths that moto has no route for; which call it is follows from botocore's model.
for _path in (
    "/clusters/(?P<name>[^/]+)/(?P<rest>.+)$",
    "/cluster-versions$",
    "/addons/(?P<rest>.+)$",
    "/access-policies$",
):
    urls.url_paths["{0}" + _path] = urls.response.dispatch


@replaces(EKSResponse, "setup_class")
def _setup_class(original: Any, response: Any, request: Any, *args: Any, **kwargs: Any) -> None:
    original(response, request, *args, **kwargs)
    if response._get_action():
        response.parse_parameters(request)
        response.params["accessKeyOfCaller"] = response.get_access_key()


def answers(function: CallOf) -> CallOf:
    """Let the decorated function answer the call of its name."""

    @functools.wraps(function)
    def method(response: Any) -> ActionResult:
        return ActionResult(function(response.eks_backend, response.params))

    setattr(EKSResponse, function.__name__, method)
    return function


def page(names: list[str], given: Given) -> tuple[list[str], str | None]:
    """One page of `names`, and the token of the next."""
    token = given.get("nextToken") or None
    return paginated_list(names, int(given.get("maxResults") or 100), token)
