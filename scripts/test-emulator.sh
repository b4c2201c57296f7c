#!/usr/bin/env bash
# Runs the emulator's own tests in a virtual environment of their own, made once per set of requirements.
set -euo pipefail
cd "$(dirname "$0")/../emulator"
key=$( (python3 --version; cat requirements.txt requirements-dev.txt) | sha256sum | cut -c1-16)
venv="${TERRANE_CACHE:-$HOME/.cache/terrane}/venv-tests-$key"
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement requirements-dev.txt
fi
exec "$venv/bin/python" -B -m pytest -p no:cacheprovider "$@"
