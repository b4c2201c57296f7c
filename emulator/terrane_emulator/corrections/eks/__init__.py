"""EKS: clusters and what is in them, as provider 5.100 creates and reads them back.

moto has clusters, node groups and Fargate profiles, each with defaults that AWS doesn't
have, and nothing else. State hangs on moto's cluster, so that it is an account's and
region's own, goes when the cluster is deleted, and is forgotten by a reset.
"""

from terrane_emulator.corrections.eks import (
    access_policies,
    addons,
    cluster_updates,
    fargate,
    nodegroup_updates,
    tags,
)

__all__ = [
    "access_policies",
    "addons",
    "cluster_updates",
    "fargate",
    "nodegroup_updates",
    "tags",
]
