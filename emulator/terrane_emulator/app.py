"""The WSGI application: what happens to a call before and after moto sees it.

Calls reach moto one at a time. moto walks dictionaries that other calls change, and
parallel Terraform runs met "dictionary changed size during iteration"; Python would
run them one at a time anyway. Delays are spent outside the lock.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

# AttachRolePolicy with a policy of AWS's own fails without them; read at import.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.wrappers import Request, Response  # noqa: E402

import terrane_emulator.corrections  # noqa: E402, F401
from terrane_emulator import calls, control, faults, tags  # noqa: E402
from terrane_emulator.errors import Refused, render  # noqa: E402

WSGI = Callable[..., Iterable[bytes]]


class Emulator:
    """moto behind Terrane's checks and switches."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.RLock()
        self._seen: Counter[tuple[str, str]] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """One HTTP request."""
        _take_in_body(environ)
        request = Request(environ)
        if request.path.startswith(control.PREFIX):
            with self._one_at_a_time:
                response = control.answer(request, self._seen)
        else:
            calls.adopt_presigned(environ)
            response = self._answer(calls.identify(request), environ)
        return response(environ, start_response)

    def _answer(self, call: calls.Call, environ: dict[str, Any]) -> Response:
        self._seen[call.service, call.action] += 1
        try:
            lost = faults.before(call)
            with self._one_at_a_time:
                tags.check(call)
                response = self._ask_moto(call, environ)
            if lost is not None:
                raise lost
            return response
        except Refused as error:
            return render(call, error)

    def _ask_moto(self, call: calls.Call, environ: dict[str, Any]) -> Response:
        environ["wsgi.input"].seek(0)
        try:
            response = Response.from_app(self._moto, environ, buffered=True)
        except tags.TooManyTags:
            raise tags.too_many(call) from None
        except NotImplementedError as error:
            raise _lacking(call, str(error)) from error
        except Refused:
            raise
        except Exception as error:
            traceback.print_exc()
            raise Refused("InternalFailure", f"moto failed: {error!r}", 500) from error
        if response.status_code == 404 and response.data.lower().startswith(b"<!doctype html"):
            raise _lacking(call, "no such URL")
        return response


def _lacking(call: calls.Call, reason: str) -> Refused:
    """501, which SDKs don't retry, unlike the 500 that moto would answer."""
    message = f"The emulator lacks {call.service}:{call.action} ({reason})."
    print(message, file=sys.stderr, flush=True)
    return Refused("NotImplemented", message, 501)


def _take_in_body(environ: dict[str, Any]) -> None:
    """Read the whole body first: it is needed twice, and never under the lock."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length:
        body = environ["wsgi.input"].read(int(length))
    elif environ.get("wsgi.input_terminated"):  # a chunked body
        body = environ["wsgi.input"].read()
    else:
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
