"""The security group that EKS makes for a cluster, and what is kept while a cluster uses it.

https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html: it lets its members talk
to each other, is tagged as the cluster's, and goes with the cluster unless something else
still refers to it. Subnets and groups with a cluster's interfaces in them can't be deleted.
"""

from __future__ import annotations

import random
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.eks.models import Cluster, EKSBackend, eks_backends

from terrane_emulator.corrections.eks.surroundings import ec2_of
from terrane_emulator.corrections.replacing import replaces


def make(backend: EKSBackend, name: str, vpc_id: str) -> str:
    """Make the group of a cluster; returns its id."""
    ec2 = ec2_of(backend)
    full = f"eks-cluster-sg-{name}-{random.randrange(10**9)}"
    group = ec2.create_security_group(
        name=full,
        description="EKS created security group applied to ENI that is attached to EKS "
        "Control Plane master nodes, as well as any managed workloads.",
        vpc_id=vpc_id,
        tags={
            "Name": full,
            "aws:eks:cluster-name": name,
            f"kubernetes.io/cluster/{name}": "owned",
        },
    )
    ec2.authorize_security_group_ingress(
        group.id, "-1", "-1", "-1", [], source_groups=[{"GroupId": group.id}], vpc_id=vpc_id
    )
    return group.id


def remove(backend: EKSBackend, cluster: Cluster) -> None:
    """Delete a cluster's group, unless others' rules or interfaces need it."""
    ec2 = ec2_of(backend)
    own = cluster.resources_vpc_config["clusterSecurityGroupId"]
    in_vpc = ec2.groups.get(cluster.resources_vpc_config["vpcId"], {})
    rules = [
        rule
        for group in in_vpc.values()
        if group.id != own
        for rule in [*group.ingress_rules, *group.egress_rules]
    ]
    referred = any((rule.source_group or {}).get("GroupId") == own for rule in rules)
    used = any(own in (g.id for g in eni.group_set) for eni in ec2.enis.values())
    if own in in_vpc and not referred and not used:
        ec2.delete_security_group(group_id=own)


@replaces(EC2Backend, "delete_subnet")
def _delete_subnet(original: Any, ec2: Any, subnet_id: str) -> Any:
    for cluster in _clusters_near(ec2):
        placed = [cluster.resources_vpc_config["subnetIds"]]
        placed += [group.subnets for group in cluster.nodegroups.values()]
        if any(subnet_id in subnets for subnets in placed):
            raise _in_use("subnet", subnet_id)
    return original(ec2, subnet_id)


@replaces(EC2Backend, "delete_security_group")
def _delete_security_group(
    original: Any, ec2: Any, name: str | None = None, group_id: str | None = None
) -> Any:
    for cluster in _clusters_near(ec2):
        vpc = cluster.resources_vpc_config
        if group_id in [vpc["clusterSecurityGroupId"], *vpc["securityGroupIds"]]:
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(ec2, name=name, group_id=group_id)


def _clusters_near(ec2: Any) -> list[Any]:
    return list(eks_backends[ec2.account_id][ec2.region_name].clusters.values())


def _in_use(kind: str, name: str) -> DependencyViolationError:
    return DependencyViolationError(f"The {kind} '{name}' has dependencies and cannot be deleted.")
