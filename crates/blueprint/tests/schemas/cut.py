#!/usr/bin/env python3
"""Cuts provider argument tables down to the types that this crate renders.

    cut.py DATE TABLE.json ...     writes <name of the table> into this directory

A table names, for each resource type and data source, its arguments and blocks and which are required, and for each
resource type what it only computes. It is made from `terraform providers schema -json` (5.100) or from the generated
bindings of the provider (the others). DATE says when.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
SOURCES = HERE.parent.parent / "src" / "files"


def rendered(pattern):
    text = "\n".join(path.read_text() for path in sorted(SOURCES.rglob("*.rs")))
    return sorted(set(re.findall(pattern, text, re.DOTALL)))


def arguments(table):
    """Keeps what the test looks at: block or not, required or not, and what is inside."""
    out = {}
    for name, argument in sorted(table.items()):
        kept = {key: True for key in ("req", "block", "deep") if argument.get(key)}
        if "args" in argument:
            kept["args"] = arguments(argument["args"])
        out[name] = kept
    return out


def cut(path, date):
    table = json.loads(path.read_text())
    wanted = {
        "resources": rendered(r'(?:Resource::one|Resource::per_key)\(\s*"(\w+)"'),
        "data": rendered(r'(?:Resource::data|Resource::data_per_key)\(\s*"(\w+)"'),
    }
    # Terraform's own types and those of other providers are in other tables.
    prefix = re.sub(r".*/(terraform-provider-)?", "", table["provider"]) + "_"
    wanted = {section: [name for name in types if name.startswith(prefix)] for section, types in wanted.items()}
    lines = [f'{{"provider": "{table["provider"]}", "version": "{table["version"]}", "taken": "{date}"']
    for section, types in wanted.items():
        entries = [f'  "{name}": {json.dumps(arguments(table[section][name]["args"]))}' for name in types]
        lines.append(f'"{section}": {{\n' + ",\n".join(entries) + "\n}")
    computed = [f'  "{name}": {json.dumps(table["resources"][name]["attrs"])}' for name in wanted["resources"]]
    lines.append('"computed": {\n' + ",\n".join(computed) + "\n}")
    (HERE / path.name).write_text(",\n".join(lines) + "}\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        cut(pathlib.Path(name), sys.argv[1])
