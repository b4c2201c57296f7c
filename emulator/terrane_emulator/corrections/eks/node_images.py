"""Which images and machines make a node: AMI types, architectures, launch templates.

https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html says what may stand in
a template and what in the call; EKS refuses both at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend

from terrane_emulator.corrections.eks.surroundings import ec2_of
from terrane_emulator.corrections.eks.versions import position

_LAST_AL2 = "1.32"
Given = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """One version of a launch template."""

    id: str
    name: str
    version: int
    data: Given

    @property
    def shown(self) -> Given:
        """As DescribeNodegroup shows it: `$Latest` has become a number."""
        return {"id": self.id, "name": self.name, "version": str(self.version)}


def template(backend: EKSBackend, given: Given | None) -> Template | None:
    """The launch template that a call names; refuses what EKS can't work with."""
    if not given:
        return None
    if bool(given.get("id")) == bool(given.get("name")):
        raise _invalid("Either the id or the name of a launch template must be given.")
    ec2 = ec2_of(backend)
    try:
        found = (
            ec2.get_launch_template(given["id"])
            if given.get("id")
            else ec2.get_launch_template_by_name(given["name"])
        )
        version = found.get_version(given.get("version") or "$Default")
    except (EC2ClientError, KeyError, ValueError):
        raise _invalid(f"Launch template not found: {given}") from None
    if version.data.get("IamInstanceProfile"):
        raise _invalid(
            "Launch template should not specify an instance profile. The noderole in your "
            "request will be used to construct an instance profile."
        )
    return Template(found.id, found.name, version.number, version.data)


def instance_types(given: Given, from_template: Template | None) -> list[str] | None:
    """The types that a node group shows; None when its template says it."""
    named = given.get("instanceTypes") or []
    if unknown := [name for name in named if name not in INSTANCE_TYPES]:
        raise _invalid(f"The following supplied instance types do not exist: {unknown}")
    in_template = from_template is not None and bool(from_template.data.get("InstanceType"))
    if named and in_template:
        raise _invalid(
            "Instance types must be specified in either the request or the launch template."
        )
    if in_template:
        return None
    return named or ["t3.medium"]


def ami_type(
    given: Given, version: str, types: list[str] | None, from_template: Template | None
) -> str:
    """The AMI type of a node group; refuses one that doesn't fit version or machines."""
    named = given.get("amiType")
    own_image = from_template is not None and bool(from_template.data.get("ImageId"))
    if own_image:
        if named not in (None, "CUSTOM"):
            raise _invalid("AMI type can't be specified with an image in the launch template.")
        return "CUSTOM"
    if named == "CUSTOM":
        raise _invalid("AMI type CUSTOM needs an image in the launch template.")
    machines = types or [from_template.data["InstanceType"]] if from_template else types or []
    chosen = named or _fitting(machines)
    if chosen.startswith("AL2_") and position(version) > position(_LAST_AL2):
        raise _invalid(f"{chosen} is only supported for kubernetes versions {_LAST_AL2} or earlier")
    architecture = "arm64" if "ARM" in chosen else "x86_64"
    for machine in machines:
        if architecture not in _architectures(machine):
            raise _invalid(
                f"[{machine}] is not a valid instance type for requested amiType {chosen}"
            )
    return chosen


def _fitting(machines: list[str]) -> str:
    first = machines[0]
    architecture = "x86_64" if "x86_64" in _architectures(first) else "ARM_64"
    gpus = INSTANCE_TYPES.get(first, {}).get("GpuInfo", {}).get("Gpus", [])
    nvidia = any(gpu.get("Manufacturer") == "NVIDIA" for gpu in gpus)
    return f"AL2023_{architecture}_{'NVIDIA' if nvidia else 'STANDARD'}"


def _architectures(machine: str) -> list[str]:
    info = INSTANCE_TYPES.get(machine, {}).get("ProcessorInfo", {})
    return info.get("SupportedArchitectures", ["x86_64"])


def _invalid(message: str) -> InvalidParameterException:
    return InvalidParameterException(message=message)
