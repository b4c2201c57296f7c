"""Launch templates: a template's own tags are not what it tags, and they can change.

moto writes them into the first version's data, where AWS refuses them, and shows for ever
those of the beginning. Either shows up as a change in the next plan.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate

from terrane_emulator.corrections.replacing import replaces


@replaces(LaunchTemplate, "__init__")
def _create(
    original: Any, self: Any, backend: Any, name: str, template_data: dict[str, Any], *rest: Any
) -> None:
    of_instances = [
        spec
        for spec in template_data.pop("TagSpecifications", [])
        if spec["ResourceType"] != "launch-template"
    ]
    if of_instances:
        template_data["TagSpecifications"] = of_instances
    original(self, backend, name, template_data, *rest)


LaunchTemplate.tags = property(  # type: ignore[attr-defined]
    lambda template: template.get_tags(), lambda template, value: None
)
