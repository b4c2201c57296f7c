"""Security group rules that name a group: they have a description too, and can be changed.

moto keeps the description of a rule that names addresses only, so every other one shows up as
a change in the next plan; and it wants ports for a rule that covers all protocols.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule

from terrane_emulator.corrections.replacing import replaces

_ALL = "-1"


def _description(rule: Any) -> str | None:
    return rule.ip_range.get("Description") or rule.source_group.get("Description")


SecurityGroupRule.description = property(_description)  # type: ignore[method-assign,assignment]


@replaces(EC2Backend, "modify_security_group_rules")
def _modify(original: Any, backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    for rule in rules.values():
        if rule.get("IpProtocol") == _ALL:
            rule.setdefault("FromPort", -1)
            rule.setdefault("ToPort", -1)
    original(backend, group_id, rules)
    for rule_id, rule in rules.items():
        if rule.get("ReferencedGroupId"):
            found = backend.get_security_group_by_name_or_id(group_id).get_rule(rule_id)
            found.ip_range.pop("Description", None)
            _name_group(backend, found, rule)


def _name_group(backend: Any, found: Any, rule: dict[str, Any]) -> None:
    found.source_group = {
        "UserId": backend.account_id,
        "OwnerId": backend.account_id,
        "GroupId": rule["ReferencedGroupId"],
    }
    if rule.get("Description"):
        found.source_group["Description"] = rule["Description"]
