"""ElastiCache: replication groups with real members, and all that belongs to them.

moto knows replication groups as one record that nothing changes, and has no parameter
groups and no user groups. Written after
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/ and what provider
5.100 reads back. State stays in moto's backend, so that its reset forgets it.
"""

from terrane_emulator.corrections.elasticache import (
    parameter_groups,
    replication_calls,
    store,
    subnet_groups,
    user_groups,
    users,
)

__all__ = [
    "parameter_groups",
    "replication_calls",
    "store",
    "subnet_groups",
    "user_groups",
    "users",
]
