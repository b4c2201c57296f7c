"""Security group rules that name a group: they have a description too, and can be changed.

moto keeps the description of a rule that names addresses only, so every other one shows up as
a change in the next plan; and it wants ports for a rule that covers all protocols.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from terrane_emulator.corrections.replacing import replaces

_ALL = "-1"


@replaces(EC2Backend, "authorize_security_group_ingress")
def _authorize_ingress(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    return _keep_descriptions(original, backend, *args, **kwargs)


@replaces(EC2Backend, "authorize_security_group_egress")
def _authorize_egress(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    return _keep_descriptions(original, backend, *args, **kwargs)


def _keep_descriptions(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """moto looks for a description in a rule's address range only; one about a group has none."""
    groups = kwargs.get("source_groups") or []
    # Taken out first: two rules that differ in nothing else are the same rule.
    descriptions = {group.get("GroupId"): group.pop("Description", None) for group in groups}
    rules, group = original(backend, *args, **kwargs)
    for rule in rules:
        if text := descriptions.get(rule.source_group.get("GroupId")):
            rule.ip_range["Description"] = text
    return rules, group


@replaces(EC2Backend, "modify_security_group_rules")
def _modify(original: Any, backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    for rule in rules.values():
        if rule.get("IpProtocol") == _ALL:
            rule.setdefault("FromPort", -1)
            rule.setdefault("ToPort", -1)
    original(backend, group_id, rules)
    for rule_id, rule in rules.items():
        if group := rule.get("ReferencedGroupId"):
            found = backend.get_security_group_by_name_or_id(group_id).get_rule(rule_id)
            owner = backend.account_id
            found.source_group = {"UserId": owner, "OwnerId": owner, "GroupId": group}
            # Where moto looks for it.
            found.ip_range = {"Description": rule["Description"]} if rule.get("Description") else {}
