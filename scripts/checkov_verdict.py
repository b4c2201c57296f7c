#!/usr/bin/env python3
"""Compares what checkov found with the list in docs/POLICY.md.

    checkov_verdict.py REPORT.json POLICY.md DIRECTORY_OF_EXAMPLES

A failed check is accepted if a row names it and its resource. A row whose check nothing fails is stale. A row that
names a setting is an offer: the production example has to take it, so there only rows without one are accepted.
"""

import collections
import fnmatch
import json
import pathlib
import sys

STRICT = "production"
HEADER = "| check | resource |"
Row = collections.namedtuple("Row", "check resource why setting")


def rows(policy):
    lines = policy.read_text().splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(HEADER))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) != 4 or not all(cells):
            sys.exit(f"a row needs check, resource, why and setting: {line}")
        found.append(Row(*cells))
    return found


def failures(report, examples):
    """Example, check, resource without its key, name of the check."""
    found = json.loads(report.read_text())
    found = found[0] if isinstance(found, list) else found
    summary = found["summary"]
    if summary["parsing_errors"] or summary["passed"] < 10 * len(examples):
        sys.exit(f"checkov didn't understand the files: {summary}")
    for failed in found["results"]["failed_checks"]:
        example = failed["file_path"].strip("/").split("/")[0]
        yield example, failed["check_id"], failed["resource"].split("[")[0], failed["check_name"]
    print(f"checkov {summary['checkov_version']}: {summary['passed']} checks passed, {summary['failed']} failed")


def main(report, policy, directory):
    examples = sorted(path.stem for path in pathlib.Path(directory).glob("*.yaml"))
    listed, used, problems = rows(pathlib.Path(policy)), set(), {}
    for example, check, resource, name in failures(pathlib.Path(report), examples):
        row = next((r for r in listed if r.check == check and fnmatch.fnmatch(resource, r.resource)), None)
        used.add(row)
        if row is None:
            problems.setdefault(f"not in the list: | {check} | `{resource}` | {name} | ", []).append(example)
        elif example == STRICT and not row.setting.startswith("none"):
            problems.setdefault(f"{check} {resource} fails, though {row.setting} satisfies it", []).append(example)
    for row in (row for row in listed if row not in used):
        problems[f"stale: nothing fails {row.check} for {row.resource}"] = ["any example"]
    for problem, where in problems.items():
        print(f"  {problem}  (in {', '.join(sorted(set(where)))})")
    if problems:
        sys.exit(f"{len(problems)} problems; see docs/POLICY.md")
    print(f"each stands in docs/POLICY.md with its reason, and none of its {len(listed)} rows is stale")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
