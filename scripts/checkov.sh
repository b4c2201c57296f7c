#!/usr/bin/env bash
# Lets checkov judge the rendered files of every example. A failed check has to stand in docs/POLICY.md with its reason,
# and what stands there has to fail. The virtual environment is made once, outside of the tree.
#
#   scripts/checkov.sh DIRECTORY_OF_BINARIES
set -euo pipefail
cd "$(dirname "$0")/.."
terrane="$(cd "$1" && pwd)/terrane"
key=$( (python3 --version; cat scripts/requirements-checkov.txt) | sha256sum | cut -c1-16)
venv="${TERRANE_CACHE:-$HOME/.cache/terrane}/venv-checkov-$key"
if [ ! -x "$venv/bin/checkov" ]; then
  # Made aside and moved: one that was cut short is not taken for a whole one.
  rm -rf "$venv" "$venv.part"
  python3 -m venv "$venv.part"
  "$venv.part/bin/pip" install --quiet --requirement scripts/requirements-checkov.txt
  mv "$venv.part" "$venv"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for example in examples/*.yaml; do
  "$terrane" render --file "$example" --output "$work/files/$(basename "$example" .yaml)"
done
# Offline: it would fetch policies of a paid service. It exits with 1 for a failed check; the verdict is ours. By its
# module, because the paths inside of a virtual environment that was moved are those of its first place.
LOG_LEVEL=ERROR "$venv/bin/python" -m checkov.main --directory "$work/files" --framework terraform --quiet --compact \
  --skip-download --skip-results-upload --output json > "$work/report.json" || [ $? = 1 ]
python3 scripts/checkov_verdict.py "$work/report.json" docs/POLICY.md examples
