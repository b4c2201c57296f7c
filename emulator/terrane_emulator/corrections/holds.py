"""Objects that take minutes on AWS and no time on moto: held in the making on demand.

`Switches.hold` in `terrane_emulator.faults` says which; everything else becomes
available at once, as in moto.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.vpcs import VPCEndPoint
from moto.rds.models import DBCluster, DBInstance

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.faults import Holdable


def _obey(model: type, kind: str, attribute: str, making: str) -> None:
    """Let `attribute` say `making` in place of `available` while a hold for `kind` lasts."""
    hidden = f"_{attribute}"

    @replaces(model, "__init__")
    def begin(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        self.holdable = Holdable(kind)
        original(self, *args, **kwargs)

    def get(self: Any) -> str:
        real = getattr(self, hidden)
        return making if real == "available" and self.holdable.is_held else real

    setattr(model, attribute, property(get, lambda self, value: setattr(self, hidden, value)))


_obey(NatGateway, "ec2:nat-gateway", attribute="state", making="pending")
_obey(VPCEndPoint, "ec2:vpc-endpoint", attribute="state", making="pending")
_obey(DBInstance, "rds:db", attribute="status", making="creating")
_obey(DBCluster, "rds:cluster", attribute="status", making="creating")
