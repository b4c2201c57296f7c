"""The process: socket, ready file, signals, and not outliving the parent."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from terrane_emulator.app import Emulator


class _Handler(WSGIRequestHandler):
    """Answers without Nagle's delay and logs nothing unless asked.

    Headers and body leave in two writes; with Nagle's algorithm on, every answer on
    a kept-alive connection waits up to 40 ms for the client's delayed ACK.
    """

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    verbose = False

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.verbose:
            super().log_request(code, size)


def bind(host: str, port: int, verbose: bool = False) -> BaseWSGIServer:
    """A threaded server that already listens; the caller runs `serve_forever`."""
    handler = type("Handler", (_Handler,), {"verbose": verbose})
    return make_server(host, port, Emulator(), threaded=True, request_handler=handler)


def run(
    host: str, port: int, ready_file: Path | None, parent_pid: int | None, verbose: bool
) -> None:
    """Serve until SIGTERM, SIGINT or the end of the parent."""
    # State lives in memory only, so there is nothing to wind down: leave at once, even
    # when a call is being held back by a fault rule.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _leave())
    if parent_pid is not None:
        threading.Thread(target=_follow, args=(parent_pid,), daemon=True).start()
    httpd = bind(host, port, verbose)
    if ready_file is not None:
        _write_atomically(ready_file, f"{httpd.server_port}\n")
    print(f"emulator listens on http://{host}:{httpd.server_port}", file=sys.stderr, flush=True)
    httpd.serve_forever()


def _leave(*_: Any) -> NoReturn:
    os._exit(0)


def _write_atomically(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)


def _follow(parent: int) -> None:
    """Wait for the end of `parent`, then leave.

    Not the kernel's parent-death signal: that follows the *thread* that forked, and
    the rig starts us from a thread pool. A pidfd follows the process.
    """
    try:
        handle = os.pidfd_open(parent)
    except ProcessLookupError:
        _leave()
    except (AttributeError, OSError):  # no pidfd on this system
        while os.getppid() == parent:
            time.sleep(0.2)
        _leave()
    select.select([handle], [], [])
    _leave()
