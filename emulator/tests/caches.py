"""What the tests of ElastiCache share."""

from __future__ import annotations

from typing import Any

from conftest import Clients
from helpers import network
from shapes import watch


class Caches:
    """A client of ElastiCache, with subnets to put caches into."""

    def __init__(self, aws: Clients) -> None:
        self.aws = aws
        self.api = watch(aws("elasticache"))
        _, self.subnets = network(aws("ec2"))
        self.api.create_cache_subnet_group(
            CacheSubnetGroupName="subnets",
            CacheSubnetGroupDescription="d",
            SubnetIds=self.subnets,
        )

    def create(self, name: str = "main", **settings: Any) -> dict[str, Any]:
        """A small Redis of one node, unless the settings say more."""
        return self.api.create_replication_group(
            **{
                "ReplicationGroupId": name,
                "ReplicationGroupDescription": "d",
                "Engine": "redis",
                "CacheNodeType": "cache.t4g.micro",
                "CacheSubnetGroupName": "subnets",
                **settings,
            }
        )["ReplicationGroup"]

    def group(self, name: str = "main") -> dict[str, Any]:
        """The group as it is now."""
        answer = self.api.describe_replication_groups(ReplicationGroupId=name)
        return answer["ReplicationGroups"][0]

    def node(self, name: str = "main-001") -> dict[str, Any]:
        """A member as it is now."""
        answer = self.api.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)
        return answer["CacheClusters"][0]

    def modify(self, name: str = "main", **settings: Any) -> dict[str, Any]:
        """Change a group at once."""
        return self.api.modify_replication_group(
            ReplicationGroupId=name, ApplyImmediately=True, **settings
        )["ReplicationGroup"]
