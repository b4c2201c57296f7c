"""What moto gets wrong, put right by replacing methods of its classes.

One module per service; each says what AWS does. Importing this package is enough.
"""

from terrane_emulator.corrections import (
    backup,
    budgets,
    ec2,
    eks,
    elasticache,
    holds,
    iam,
    kms,
    launch_templates,
    rds,
    rds_clusters,
    rds_copies,
    rds_engines,
    rds_members,
    rds_parameters,
    resetting,
    s3,
    secretsmanager,
    sts,
    tagging,
    tagging_api,
)

__all__ = [
    "backup",
    "budgets",
    "ec2",
    "eks",
    "elasticache",
    "holds",
    "iam",
    "kms",
    "launch_templates",
    "rds",
    "rds_clusters",
    "rds_copies",
    "rds_engines",
    "rds_members",
    "rds_parameters",
    "resetting",
    "s3",
    "secretsmanager",
    "sts",
    "tagging",
    "tagging_api",
]
