"""What moto gets wrong, put right by replacing methods of its classes.

One module per service, or a few where a service is large; each says what AWS does.
Importing this package is enough.
"""

from terrane_emulator.corrections import (
    acm,
    apigatewayv2,
    apigatewayv2_domains,
    apigatewayv2_routes,
    apigatewayv2_stages,
    cloudwatch,
    codedeploy,
    codedeploy_configs,
    ec2,
    ecs,
    ecs_services,
    ecs_tasks,
    elbv2,
    elbv2_listeners,
    holds,
    iam,
    kms,
    rds,
    route53,
    s3,
    scaling,
    servicediscovery,
    sts,
    tagging,
)

__all__ = [
    "acm",
    "apigatewayv2",
    "apigatewayv2_domains",
    "apigatewayv2_routes",
    "apigatewayv2_stages",
    "cloudwatch",
    "codedeploy",
    "codedeploy_configs",
    "ec2",
    "ecs",
    "ecs_services",
    "ecs_tasks",
    "elbv2",
    "elbv2_listeners",
    "holds",
    "iam",
    "kms",
    "rds",
    "route53",
    "s3",
    "scaling",
    "servicediscovery",
    "sts",
    "tagging",
]
