"""Listeners, rules and target groups: who uses whom is looked up, never remembered.

moto notes on a target group each load balancer that ever used it, and on a certificate
each listener; nothing takes the notes back, so a destroyed environment leaves traces that
forbid the next step. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.models import ELBv2Backend, FakeListener, FakeTargetGroup, elbv2_backends
from moto.elbv2.responses import ELBV2Response

from terrane_emulator.corrections import elbv2_defaults as defaults
from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused


def _users(group: FakeTargetGroup) -> list[str]:
    """ARNs of the load balancers that forward to `group`."""
    backend = elbv2_backends[group.account_id][group.region_name]
    return [
        balancer.arn
        for balancer in backend.load_balancers.values()
        if any(group.arn in _targets(backend, listener) for listener in balancer.listeners.values())
    ]


def _targets(backend: ELBv2Backend, listener: FakeListener) -> Iterator[str]:
    for rule in listener.rules.values():
        for action in rule.actions:
            yield from backend._get_target_group_arns_from(action_data=action.data)


FakeTargetGroup.load_balancer_arns = property(_users, lambda group, value: None)


@replaces(FakeTargetGroup, "__init__")
def _create_group(original: Any, group: FakeTargetGroup, *args: Any, **kwargs: Any) -> None:
    original(group, *args, **kwargs)
    if group.protocol in ("HTTP", "HTTPS") and group.target_type in ("ip", "instance"):
        group.attributes = dict(defaults.TARGET_GROUP)
    # AWS's defaults for HTTP; moto's are the other way round.
    group.healthy_threshold_count = kwargs.get("healthy_threshold_count") or 5
    group.unhealthy_threshold_count = kwargs.get("unhealthy_threshold_count") or 2


@replaces(ELBv2Backend, "modify_target_group_attributes")
def _modify_group_attributes(original: Any, backend: ELBv2Backend, arn: str, attrs: Any) -> None:
    group = backend.target_groups.get(arn)
    if group is not None and group.attributes.keys() >= defaults.TARGET_GROUP.keys():
        for key in set(attrs) - set(defaults.TARGET_GROUP):
            raise Refused(
                "ValidationError", f"Target group attribute key '{key}' is not recognized"
            )
    original(backend, arn, attrs)


@replaces(ELBv2Backend, "delete_target_group")
def _delete_group(original: Any, backend: ELBv2Backend, arn: str) -> Any:
    group = original(backend, arn)
    backend.tagging_service.delete_all_tags_for_resource(arn)
    return group


@replaces(ELBv2Backend, "create_listener")
def _create_listener(
    original: Any, backend: ELBv2Backend, load_balancer_arn: str, *args: Any, **kwargs: Any
) -> FakeListener:
    balancer = backend.load_balancers.get(load_balancer_arn)
    if balancer is not None:
        if any(str(x.port) == str(kwargs.get("port")) for x in balancer.listeners.values()):
            raise Refused("DuplicateListener", "A listener already exists on this port")
        if kwargs.get("protocol") == "HTTPS" and not kwargs.get("certificate"):
            raise Refused("ValidationError", "A certificate must be specified for HTTPS listeners")
        if kwargs.get("protocol") == "HTTP":
            kwargs["ssl_policy"] = None
        _ensure_issued(backend, [kwargs["certificate"]] if kwargs.get("certificate") else [])
        _ensure_free(backend, load_balancer_arn, kwargs["actions"])
    listener = original(backend, load_balancer_arn, *args, **kwargs)
    # moto names the default rule by a memory address; the provider looks rules up by name.
    listener._default_rule[0].arn = (
        listener.arn.replace(":listener/", ":listener-rule/") + listener.arn[-17:]
    )
    if listener.protocol in ("HTTP", "HTTPS"):
        tls = defaults.LISTENER_TLS if listener.protocol == "HTTPS" else {}
        listener.attributes = defaults.LISTENER | tls
    return listener


def _ensure_issued(backend: ELBv2Backend, arns: list[str]) -> None:
    """A certificate that isn't validated yet can't serve."""
    certificates = acm_backends[backend.account_id][backend.region_name]._certificates
    for arn in arns:
        if ":acm:" not in arn:
            continue
        bundle = certificates.get(arn)
        if bundle is None:
            raise Refused("CertificateNotFound", f"Certificate '{arn}' not found")
        bundle.check()
        if bundle.status != "ISSUED":
            raise Refused(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported "
                "signature, and a supported key size.",
            )


def _ensure_free(backend: ELBv2Backend, balancer: str, actions: list[dict[str, Any]]) -> None:
    """A target group serves one load balancer."""
    for action in actions:
        for arn in backend._get_target_group_arns_from(action_data=action):
            group = backend.target_groups.get(arn)
            if group is not None and set(group.load_balancer_arns) - {balancer}:
                raise Refused(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one "
                    f"load balancer: {arn}",
                )


@replaces(ELBv2Backend, "modify_listener")
def _modify_listener(
    original: Any,
    backend: ELBv2Backend,
    arn: str,
    port: Any = None,
    protocol: str | None = None,
    ssl_policy: str | None = None,
    certificates: list[dict[str, Any]] | None = None,
    actions: list[dict[str, Any]] | None = None,
) -> FakeListener:
    listener = backend.describe_listeners(None, [arn])[0]
    more = listener.certificates[1:]
    _ensure_free(backend, listener.load_balancer_arn, actions or [])
    _ensure_issued(backend, [c["CertificateArn"] for c in certificates or ()])
    original(backend, arn, port, protocol, ssl_policy, certificates, actions)
    # Only the default certificate is changed; moto drops the others.
    listener.certificates += [c for c in more if c not in listener.certificates]
    return listener


def _default_certificate(arns: list[str]) -> list[dict[str, str]] | None:
    """A listener's description names its default certificate only; moto names all."""
    return [{"CertificateArn": arn} for arn in arns[:1]] or None


for _operation in ("CreateListener", "DescribeListeners", "ModifyListener"):
    ELBV2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER[
        f"{_operation}Output.Listeners.Listener.Certificates"
    ] = _default_certificate


@replaces(ELBv2Backend, "create_rule")
def _create_rule(
    original: Any, backend: ELBv2Backend, listener_arn: str, conditions: Any, **more: Any
) -> Any:
    listener = backend.describe_listeners(None, [listener_arn])[0]
    _ensure_free(backend, listener.load_balancer_arn, more["actions"])
    if not 1 <= int(more["priority"]) <= 50000:
        raise Refused("ValidationError", "A rule's priority must be between 1 and 50000")
    return original(backend, listener_arn, conditions, **more)


@replaces(ELBv2Backend, "add_listener_certificates")
def _add_certificates(original: Any, backend: ELBv2Backend, arn: str, certificates: Any) -> Any:
    _ensure_issued(backend, [c["CertificateArn"] for c in certificates])
    return original(backend, arn, certificates)


@replaces(ELBv2Backend, "delete_listener")
def _delete_listener(original: Any, backend: ELBv2Backend, listener_arn: str) -> FakeListener:
    listener = original(backend, listener_arn)
    for arn in [listener_arn, *listener._non_default_rules]:
        backend.tagging_service.delete_all_tags_for_resource(arn)
    return listener


@replaces(ELBv2Backend, "delete_rule")
def _delete_rule(original: Any, backend: ELBv2Backend, arn: str) -> None:
    original(backend, arn)
    backend.tagging_service.delete_all_tags_for_resource(arn)
