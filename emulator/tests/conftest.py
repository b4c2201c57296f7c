"""One emulator for all tests; each test gets an AWS account of its own."""

from __future__ import annotations

import itertools
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from terrane_emulator.server import bind

REGION = "eu-central-1"
Clients = Callable[[str], Any]
_accounts = itertools.count(200000000001)


class Emulated:
    """A running emulator: its switchboard, and clients for an account."""

    def __init__(self, url: str) -> None:
        self.url = url
        # One session for all: each would read the services' models anew.
        self._session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=REGION)

    def switch(self, method: str, path: str, body: Any = None) -> Any:
        """Use the switchboard under `/_terrane/`; errors are raised."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_terrane/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def assume(self, account: str, role: str = "terrane", **trust: str) -> Clients:
        """Clients by service name that act in `account`, as a role there."""
        arn = f"arn:aws:iam::{account}:role/{role}"
        sts = self._client("sts")
        answer = sts.assume_role(RoleArn=arn, RoleSessionName="test", **trust)["Credentials"]
        keys = {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }
        return lambda service: self._client(service, **keys)

    def home(self, service: str) -> Any:
        """A client that signs with an access key that nobody made."""
        return self._client(service)

    def _client(self, service: str, **keys: str) -> Any:
        """A client that doesn't retry."""
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return self._session.client(service, endpoint_url=self.url, config=config, **keys)


@pytest.fixture(scope="session")
def shared() -> Iterator[Emulated]:
    """The emulator's server, in a thread of the test process."""
    server = bind("127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Emulated(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


@pytest.fixture
def emulated(shared: Emulated) -> Iterator[Emulated]:
    """The emulator, with no switch left on."""
    yield shared
    shared.switch("DELETE", "faults")


@pytest.fixture
def account() -> str:
    """The id of an account that nobody has used."""
    return str(next(_accounts))


@pytest.fixture
def aws(emulated: Emulated, account: str) -> Clients:
    """Clients by service name, in a fresh account."""
    return emulated.assume(account)


@pytest.fixture(scope="module")
def common(shared: Emulated) -> tuple[Clients, str]:
    """Clients in an account, and its id, for those tests of a module that leave nothing behind."""
    account = str(next(_accounts))
    return shared.assume(account), account
