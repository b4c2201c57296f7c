"""The keeper: parent of every process of one rig, and the one that tidies up after it.

WHY a process of its own. Whoever uses a rig may be killed with SIGKILL and can then
tidy nothing. So the owner starts nothing itself: it asks this process, through a pipe
that only the owner holds open. When the owner goes, for whatever reason, the kernel
closes the pipe, and the end of the pipe is the order to stop everything. The keeper
starts the processes (there is no moment at which one runs that it doesn't know of),
and makes the rig's directory itself (nor is there one at which a directory exists that
nobody will remove).

What a dead process leaves running becomes a child of the keeper (it is a subreaper), so
that a worker's Terraform, in a process group of its own, doesn't outlive the rig either.
Should the keeper itself be killed, the kernel passes on each process's own stop signal.

Protocol: one JSON object per line.

    <- {"directory": "/tmp/terrane-rig-x"}                      once, first
    -> {"id": 1, "do": "start", "argv": [..], "env": {..}, "cwd": "..", "stdout": "..",
        "stderr": "..", "uid": 101, "gid": 104, "stop": 3, "grace": 5.0, "wave": 1}
    <- {"id": 1, "pid": 4711}
    -> {"id": 2, "do": "signal", "process": 1, "signal": 9}
    <- {"id": 2, "sent": true}                                  false: it had ended before
    <- {"process": 1, "ended": -9}                              exit code, or minus the signal
    <- {"id": 3, "error": "..."}

Processes stop in waves, 0 before 1: the programs that use the servers, then the servers.

Only the standard library, and started with `-I -S`: nothing of the caller's Python
environment can get in the way.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
LAST_WAVE = 1


@dataclass
class Process:
    """A process that the owner asked for and that hasn't been reaped."""

    number: int
    popen: subprocess.Popen[bytes]
    stop: int
    grace: float
    wave: int


class Keeper:
    """Everything that one rig has running. Single-threaded: a pid that is in `running`
    hasn't been reaped, so a signal can't hit a stranger."""

    def __init__(self) -> None:
        self.running: dict[int, Process] = {}
        self.owner_listens = True
        self.directory = tempfile.mkdtemp(prefix="terrane-rig-")
        # Others may pass through (Postgres of a root caller runs as somebody else), not look.
        os.chmod(self.directory, 0o711)

    def say(self, message: dict[str, Any]) -> None:
        """One line to the owner, who may be gone."""
        if not self.owner_listens:
            return
        try:
            os.write(1, json.dumps(message).encode() + b"\n")
        except OSError:
            self.owner_listens = False

    def obey(self, order: dict[str, Any]) -> None:
        """Carry out one order and answer it."""
        number = order["id"]
        try:
            if order["do"] == "start":
                self.say({"id": number, "pid": self.start(order)})
            else:
                self.say({"id": number, "sent": self.signal(order)})
        except (OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
            self.say({"id": number, "error": str(error)})

    def start(self, order: dict[str, Any]) -> int:
        """Start a process in a session of its own; returns its pid."""
        stop = order["stop"]

        def in_child() -> None:
            # After the change of user, which would reset it.
            if LIBC is not None:
                LIBC.prctl(PR_SET_PDEATHSIG, stop)

        with open(order["stdout"], "ab") as out, open(order["stderr"], "ab") as err:
            popen = subprocess.Popen(
                order["argv"],
                env=order["env"],
                cwd=order["cwd"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=in_child,
                user=order.get("uid"),
                group=order.get("gid"),
                extra_groups=None if order.get("gid") is None else [],
            )
        self.running[popen.pid] = Process(
            order["id"], popen, stop, order["grace"], order["wave"]
        )
        return popen.pid

    def signal(self, order: dict[str, Any]) -> bool:
        """Signal a process that still runs."""
        for process in self.running.values():
            if process.number == order["process"]:
                os.kill(process.popen.pid, order["signal"])
                return True
        return False

    def reap(self) -> None:
        """Collect what has ended, our own and what was left to us."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if (process := self.running.pop(pid, None)) is not None:
                code = os.waitstatus_to_exitcode(status)
                process.popen.returncode = code
                self.say({"process": process.number, "ended": code})

    def stop_all(self) -> None:
        """Stop wave by wave, then whatever is left, then remove the directory."""
        for wave in range(LAST_WAVE + 1):
            stopping = [p for p in self.running.values() if p.wave == wave]
            for process in stopping:
                os.kill(process.popen.pid, process.stop)
            deadline = time.monotonic() + max((p.grace for p in stopping), default=0.0)
            while any(p.popen.pid in self.running for p in stopping):
                if time.monotonic() >= deadline:
                    break
                time.sleep(0.01)
                self.reap()
            for process in stopping:
                if process.popen.pid in self.running:
                    os.kill(process.popen.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            self.reap()
            left = [pid for pid in descendants() if is_alive(pid)]
            if not left and not self.running:
                break
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
            time.sleep(0.01)
        shutil.rmtree(self.directory, ignore_errors=True)


def descendants() -> list[int]:
    """Every process below this one, read from /proc; empty where there is none."""
    parents: dict[int, int] = {}
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    for pid in pids:
        if (fields := stat(pid)) is not None:
            parents[pid] = int(fields[1])
    below: set[int] = {os.getpid()}
    grew = True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in below} - below
        below |= more
        grew = bool(more)
    return sorted(below - {os.getpid()})


def is_alive(pid: int) -> bool:
    """Whether the process still runs; a zombie doesn't."""
    fields = stat(pid)
    return fields is not None and fields[0] not in "ZX"


def stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def main() -> None:
    """Obey until the pipe ends or a signal says so, then stop everything."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        # A terminal's Ctrl-C and hang-up are for the owner, whose end ends us.
        signal.signal(ignored, signal.SIG_IGN)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    stopping = False

    def on_term(*_: Any) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    if LIBC is not None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)

    keeper = Keeper()
    try:
        keeper.say({"directory": keeper.directory})
        pending = b""
        while not stopping:
            ready, _, _ = select.select([0, woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
                keeper.reap()
            if 0 in ready:
                chunk = os.read(0, 65536)
                if not chunk:
                    break
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    keeper.obey(json.loads(line))
    finally:
        signal.set_wakeup_fd(-1)
        keeper.stop_all()


if __name__ == "__main__":
    main()
