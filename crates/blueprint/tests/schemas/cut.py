#!/usr/bin/env python3
"""Cuts provider argument tables down to the types that this crate renders.

    cut.py DATE TABLE.json ...     writes <name of the table> into this directory

A table names, for each resource type, data source and ephemeral resource, its arguments and blocks and which are
required, and what it only computes. It is made from `terraform providers schema -json` (5.100) or from the generated
bindings of the provider (the others), which know no ephemeral resources: see EPHEMERAL. DATE says when.
"""

import json
import pathlib
import re
import sys

# Typed from `terraform providers schema -json` of hashicorp/aws 5.100.0 and compared with the documentation of 6, which
# adds `region` to each.
EPHEMERAL = {
    "aws_secretsmanager_random_password": {
        "args": {
            "exclude_characters": {},
            "exclude_lowercase": {},
            "exclude_numbers": {},
            "exclude_punctuation": {},
            "exclude_uppercase": {},
            "include_space": {},
            "password_length": {},
            "require_each_included_type": {},
        },
        "attrs": ["random_password"],
    },
    "aws_secretsmanager_secret_version": {
        "args": {"secret_id": {"req": True}, "version_id": {}, "version_stage": {}},
        "attrs": ["arn", "created_date", "secret_binary", "secret_string", "version_stages"],
    },
}

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


def ephemeral(table):
    """The ephemeral resources of a provider and version of which the table itself says nothing."""
    has_region = int(table["version"].split(".")[0]) >= 6
    more = {"region": {}} if has_region else {}
    return {name: {**known, "args": {**known["args"], **more}} for name, known in EPHEMERAL.items()}


def cut(path, date):
    table = json.loads(path.read_text())
    table.setdefault("ephemeral", ephemeral(table))
    wanted = {
        "resources": rendered(r'(?:Resource::one|Resource::per_key)\(\s*"(\w+)"'),
        "data": rendered(r'(?:Resource::data|Resource::data_per_key)\(\s*"(\w+)"'),
        "ephemeral": rendered(r'(?:Resource::ephemeral|Resource::ephemeral_per_key)\(\s*"(\w+)"'),
    }
    # Terraform's own types and those of other providers are in other tables.
    prefix = re.sub(r".*/(terraform-provider-)?", "", table["provider"]) + "_"
    wanted = {section: [name for name in types if name.startswith(prefix)] for section, types in wanted.items()}
    lines = [f'{{"provider": "{table["provider"]}", "version": "{table["version"]}", "taken": "{date}"']
    for section, types in wanted.items():
        entries = [f'  "{name}": {json.dumps(arguments(table[section][name]["args"]))}' for name in types]
        lines.append(f'"{section}": {{\n' + ",\n".join(entries) + "\n}")
    sections = []
    for section, types in wanted.items():
        entries = [f'  "{name}": {json.dumps(table[section][name]["attrs"])}' for name in types]
        sections.append(f'"{section}": {{\n' + ",\n".join(entries) + "\n}")
    lines.append('"computed": {\n' + ",\n".join(sections) + "\n}")
    (HERE / path.name).write_text(",\n".join(lines) + "}\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        cut(pathlib.Path(name), sys.argv[1])
