"""Switches for tests: delays, failures, throttling, and objects that take their time.

The state is one `Switches` object, replaced as a whole by each PUT, so that a reader
sees either the old set or the new one. `README.md` documents the JSON.
"""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from terrane_emulator.calls import Call
from terrane_emulator.errors import Refused

# What a service says when it throttles, https://docs.aws.amazon.com/sdkref/latest/guide/
# feature-retry-behavior.html; services not named here say ThrottlingException.
_THROTTLES = {
    "apigatewayv2": ("TooManyRequestsException", 429),
    "cloudwatch": ("Throttling", 400),
    "ec2": ("RequestLimitExceeded", 503),
    "elasticache": ("Throttling", 400),
    "elbv2": ("Throttling", 400),
    "iam": ("Throttling", 400),
    "rds": ("Throttling", 400),
    "route53": ("Throttling", 400),
    "s3": ("SlowDown", 503),
    "sns": ("Throttling", 400),
    "sts": ("Throttling", 400),
}


@dataclass
class Rule:
    """What happens to calls that match `service` and `action` (both globs)."""

    service: str = "*"
    action: str = "*"
    delay_ms: int = 0
    fail: dict[str, Any] | None = None
    """`status` (default 500), `code`, `message`."""
    throttle: bool = False
    executed: bool = False
    """Carry the call out, then answer with the failure: an answer lost on its way."""
    skip: int = 0
    """Let this many matching calls pass first."""
    times: int | None = None
    """How many calls the rule still applies to; None for ever."""

    def __post_init__(self) -> None:
        if unknown := set(self.fail or {}) - {"status", "code", "message"}:
            raise TypeError(f"fail has no member {', '.join(sorted(unknown))}")

    def matches(self, call: Call) -> bool:
        """Whether the rule is about this call; spent rules match nothing."""
        return (
            self.times != 0
            and fnmatchcase(call.service, self.service)
            and fnmatchcase(call.action, self.action)
        )

    def take(self) -> bool:
        """Count one matching call; False while calls are still to be skipped."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def error(self, call: Call) -> Refused | None:
        """The failure to answer with, if the rule has one."""
        if self.throttle:
            code, status = _THROTTLES.get(call.service, ("ThrottlingException", 400))
            return Refused(code, "Rate exceeded", status)
        if self.fail is None:
            return None
        return Refused(
            self.fail.get("code", "InternalFailure"),
            self.fail.get("message", "A failure that a test asked for."),
            self.fail.get("status", 500),
        )


@dataclass
class Hold:
    """Objects of `kind` (a glob, e.g. `rds:db`) stay in the making after their create."""

    kind: str
    seconds: float | None = None
    """None: until the hold is taken back."""


@dataclass
class Switches:
    """Everything that a test has switched on."""

    delay_ms: int = 0
    """For every call that changes something."""
    rules: list[Rule] = field(default_factory=list)
    hold: list[Hold] = field(default_factory=list)


_current = Switches()
_lock = threading.Lock()


def load(document: dict[str, Any]) -> None:
    """Replace the switches; raises TypeError for a member that doesn't exist."""
    global _current
    loaded = Switches(**document)
    loaded.rules = [Rule(**rule) for rule in loaded.rules]  # type: ignore[arg-type]
    loaded.hold = [Hold(**hold) for hold in loaded.hold]  # type: ignore[arg-type]
    with _lock:
        _current = loaded


def dump() -> dict[str, Any]:
    """The switches as JSON, with what is left of `skip` and `times`."""
    with _lock:
        return asdict(_current)


def before(call: Call) -> Refused | None:
    """Wait as told, raise a failure as told, or return the one to answer with afterwards."""
    delay, failure, afterwards = 0, None, None
    with _lock:
        if not call.is_read:
            delay += _current.delay_ms
        for rule in _current.rules:
            if rule.matches(call) and rule.take():
                delay += rule.delay_ms
                if (error := rule.error(call)) is not None and failure is None:
                    failure, afterwards = error, rule.executed
    time.sleep(delay / 1000)
    if failure is not None and not afterwards:
        raise failure
    return failure


class Holdable:
    """Whether one object is still in the making.

    The hold that applies is the one in force when the object is created; taking it
    back, or replacing the switches, releases the object.
    """

    def __init__(self, kind: str) -> None:
        self._born = time.monotonic()
        self._hold = next((h for h in _current.hold if fnmatchcase(kind, h.kind)), None)

    @property
    def is_held(self) -> bool:
        """True until the hold's time is over or it is taken back."""
        hold = self._hold
        if hold is None or not any(hold is active for active in _current.hold):
            return False
        return hold.seconds is None or time.monotonic() < self._born + hold.seconds
