"""A cluster's settings as AWS completes and checks them: network, access, Auto Mode.

Each function takes what a caller gave and returns what DescribeCluster shows, or refuses
with the words of the API where they are known
(https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html).
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import Any

from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import EKSBackend

from terrane_emulator.corrections.eks import surroundings

Settings = dict[str, Any]

_PRIVATE = [ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_NODE_POOLS = {"general-purpose", "system"}


def vpc(backend: EKSBackend, given: Settings) -> Settings:
    """`resourcesVpcConfig` without the security group that EKS makes."""
    subnets = surroundings.require_subnets(backend, given.get("subnetIds") or [])
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise _invalid("Subnets specified must be in at least two different AZs")
    groups = given.get("securityGroupIds") or []
    surroundings.require_security_groups(backend, groups, subnets[0].vpc_id)
    shown = {
        "subnetIds": [subnet.id for subnet in subnets],
        "securityGroupIds": groups,
        "vpcId": subnets[0].vpc_id,
    }
    return {**shown, **endpoint({}, given)}


def endpoint(current: Settings, given: Settings) -> Settings:
    """How the API server is reached, after `given` was applied to `current`."""
    shown = {
        "endpointPublicAccess": _chosen("endpointPublicAccess", current, given, True),
        "endpointPrivateAccess": _chosen("endpointPrivateAccess", current, given, False),
        "publicAccessCidrs": given.get("publicAccessCidrs") or current.get("publicAccessCidrs"),
    }
    if not shown["endpointPublicAccess"] and not shown["endpointPrivateAccess"]:
        raise _invalid("Private and public endpoint access cannot be false")
    if not shown["endpointPublicAccess"]:
        shown["publicAccessCidrs"] = []
    shown["publicAccessCidrs"] = _public_cidrs(shown["publicAccessCidrs"])
    if shown["endpointPublicAccess"] and not shown["publicAccessCidrs"]:
        shown["publicAccessCidrs"] = ["0.0.0.0/0"]
    return shown


def _public_cidrs(given: list[str] | None) -> list[str]:
    cidrs, refused = [], []
    for text in given or []:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            refused.append(text)
            continue
        inner = isinstance(network, IPv4Network) and any(network.subnet_of(p) for p in _PRIVATE)
        (refused if inner else cidrs).append(text if inner else str(network))
    if refused:
        listed = ", ".join(refused)
        raise _invalid(f"The following CIDRs are not allowed in publicAccessCidrs: [{listed}]")
    return cidrs


def network(given: Settings, vpc_networks: list[str]) -> Settings:
    """`kubernetesNetworkConfig`: services get a range that is not the VPC's."""
    taken = [ip_network(cidr) for cidr in vpc_networks]
    if given.get("ipFamily") == "ipv6":
        return {"ipFamily": "ipv6", "serviceIpv6Cidr": "fd30:1c53:5f8a::/108", **_balancing(given)}
    cidr = given.get("serviceIpv4Cidr")
    if cidr is None:
        inside_ten = any(n.subnet_of(_PRIVATE[0]) for n in taken)  # type: ignore[arg-type]
        cidr = "172.20.0.0/16" if inside_ten else "10.100.0.0/16"
    services = ip_network(cidr, strict=False)
    if not 12 <= services.prefixlen <= 24 or not any(services.subnet_of(p) for p in _PRIVATE):  # type: ignore[arg-type]
        raise _invalid(f"serviceIpv4Cidr {cidr} must be a private block between /24 and /12.")
    if any(services.overlaps(n) for n in taken):
        raise _invalid(f"serviceIpv4Cidr {cidr} overlaps with the CIDR block of the VPC.")
    return {"ipFamily": "ipv4", "serviceIpv4Cidr": cidr, **_balancing(given)}


def _balancing(given: Settings) -> Settings:
    enabled = bool((given.get("elasticLoadBalancing") or {}).get("enabled"))
    return {"elasticLoadBalancing": {"enabled": enabled}}


def logging(given: Settings, current: Settings | None = None) -> Settings:
    """`logging`: always one entry for what is on and one for what is off."""
    enabled = set(_enabled(current or {}))
    for setup in given.get("clusterLogging") or []:
        types = setup.get("types") or []
        if unknown := set(types) - set(_LOG_TYPES):
            raise _invalid(f"Unknown log types: {sorted(unknown)}")
        enabled = enabled | set(types) if setup.get("enabled") else enabled - set(types)
    on = [name for name in _LOG_TYPES if name in enabled]
    off = [name for name in _LOG_TYPES if name not in enabled]
    entries = [{"types": types, "enabled": types is on} for types in (on, off) if types]
    return {"clusterLogging": entries}


def _enabled(shown: Settings) -> list[str]:
    setups = shown.get("clusterLogging") or []
    return [name for setup in setups if setup["enabled"] for name in setup["types"]]


def logs_anything(shown: Settings) -> bool:
    """Whether a cluster writes any log."""
    return bool(_enabled(shown))


def access(given: Settings, current: Settings | None = None) -> Settings:
    """`accessConfig`: the way to access entries leads in one direction only."""
    mode = given.get("authenticationMode") or "CONFIG_MAP"
    if current is not None:
        before = current["authenticationMode"]
        if _MODES.index(mode) - _MODES.index(before) not in (0, 1):
            raise _invalid(f"Unsupported authentication mode update from {before} to {mode}")
    # AWS shows bootstrapClusterCreatorAdminPermissions to nobody.
    return {"authenticationMode": mode}


def auto_mode(compute: Settings | None, network: Settings, storage: Settings | None) -> bool:
    """Whether a cluster is in Auto Mode; refuses a cluster that is so by half."""
    block = (storage or {}).get("blockStorage") or {}
    switches = {
        bool((compute or {}).get("enabled")),
        bool(network["elasticLoadBalancing"]["enabled"]),
        bool(block.get("enabled")),
    }
    if len(switches) > 1:
        raise _invalid(
            "For EKS Auto Mode, please ensure that all required configs, including "
            "computeConfig, kubernetesNetworkConfig, and blockStorage are all either fully "
            "enabled or fully disabled."
        )
    pools = set((compute or {}).get("nodePools") or [])
    if pools - _NODE_POOLS:
        raise _invalid(f"Unknown node pools: {sorted(pools - _NODE_POOLS)}")
    if bool(pools) != bool((compute or {}).get("nodeRoleArn")):
        raise _invalid("When Compute Config nodeRoleArn is not null, nodePool must be, and back.")
    return switches == {True}


def _chosen(name: str, current: Settings, given: Settings, default: bool) -> bool:
    value = given.get(name)
    return bool(current.get(name, default) if value is None else value)


def _invalid(message: str) -> InvalidParameterException:
    return InvalidParameterException(message=message)
