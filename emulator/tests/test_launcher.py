"""The process: it says when it is ready and goes when it should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE_S = 30


def wait_until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not done():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def command(ready: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "terrane_emulator", "--ready-file", str(ready), *more]


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


def test_the_ready_file_names_a_port_that_answers_and_sigterm_ends_it(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    ready = tmp_path / "port"
    emulator = subprocess.Popen(command(ready), env=environment)
    try:
        wait_until(ready.exists)
        url = f"http://127.0.0.1:{int(ready.read_text())}/_terrane/health"
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.status == 200
        assert [p.name for p in tmp_path.iterdir()] == ["port"]
        emulator.send_signal(signal.SIGTERM)
        assert emulator.wait(timeout=2) == 0
    finally:
        emulator.kill()


def test_it_ends_when_its_parent_is_killed(tmp_path: Path, environment: dict[str, str]) -> None:
    ready, pid_file = tmp_path / "port", tmp_path / "pid"
    parent = subprocess.Popen(
        ["sh", "-c", '"$@" --parent-pid $$ & echo $! > "$0"; wait', str(pid_file), *command(ready)],
        env=environment,
    )
    try:
        wait_until(ready.exists)
        emulator = int(pid_file.read_text())
        assert not gone(emulator)
        parent.kill()
        parent.wait()
        wait_until(lambda: gone(emulator))
    finally:
        parent.kill()


def test_it_does_not_start_for_a_parent_that_is_gone_already(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    short_lived = subprocess.Popen(["true"])
    short_lived.wait()
    arguments = command(tmp_path / "port", "--parent-pid", str(short_lived.pid))
    assert subprocess.run(arguments, env=environment, timeout=DEADLINE_S).returncode == 0
