"""Command line: start the emulator and stay until told, or until the parent is gone."""

from __future__ import annotations

import argparse
from pathlib import Path

from terrane_emulator import server


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="terrane_emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port, 0 for a free one")
    parser.add_argument("--ready-file", type=Path, help="gets the port once calls are accepted")
    parser.add_argument("--parent-pid", type=int, help="end when this process ends")
    parser.add_argument("--verbose", action="store_true", help="one line per call on stderr")
    server.run(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
