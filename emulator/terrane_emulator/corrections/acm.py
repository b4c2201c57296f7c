"""ACM: a certificate is issued when its validation records exist, and keeps what was asked for.

moto issues every certificate after a minute, whatever the DNS says; a configuration that
forgets the records, or writes them into the wrong zone, would pass. Here the records are
looked for in the Route 53 zones of the emulator, of any account.
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

import hashlib
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.core.utils import utcnow
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

_KEY_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
"""What ACM issues itself; other sizes can only be imported."""


@replaces(AWSCertificateManagerResponse, "request_certificate")
def _request_certificate(original: Any, response: AWSCertificateManagerResponse) -> Any:
    algorithm = response._get_param("KeyAlgorithm") or "RSA_2048"
    if algorithm not in _KEY_ALGORITHMS:
        raise Refused("ValidationException", f"Key algorithm {algorithm} is not supported.")
    known = set(response.acm_backend._certificates)
    answer = original(response)
    for arn, bundle in response.acm_backend._certificates.items():
        if arn not in known:
            bundle.key_algorithm = algorithm
            bundle.validation_method = response._get_param("ValidationMethod") or "EMAIL"
            bundle.names = _names(
                bundle.common_name, response._get_param("SubjectAlternativeNames")
            )
            options = {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"}
            bundle.cert_options = options | (response._get_param("Options") or {})
    return answer


def _names(domain: str, others: list[str] | None) -> list[str]:
    """Every name once, the certificate's own first."""
    return list(dict.fromkeys([domain, *(others or [])]))


@replaces(CertBundle, "check")
def _check(original: Any, bundle: CertBundle) -> None:
    if bundle.type != "AMAZON_ISSUED" or bundle.status != "PENDING_VALIDATION":
        original(bundle)
    elif all(_is_published(_record(bundle.arn, name)) for name in _validated(bundle)):
        bundle.status = "ISSUED"
        bundle.issued_at = utcnow()


def _validated(bundle: CertBundle) -> list[str]:
    return getattr(bundle, "names", [bundle.common_name])


def _record(arn: str, name: str) -> dict[str, str]:
    """The record that proves ownership: the same for `*.example.com` as for `example.com`.

    AWS derives it from the account and the name, so that it stays when a certificate is replaced.
    """
    base = name.removeprefix("*.")
    account = arn.split(":")[4]
    token, value = (
        hashlib.md5(f"{account}/{base}/{part}".encode(), usedforsecurity=False).hexdigest()
        for part in ("name", "value")
    )
    return {
        "Name": f"_{token}.{base}.",
        "Type": "CNAME",
        "Value": f"_{value}.ykybfrwcxw.acm-validations.aws.",
    }


def _is_published(wanted: dict[str, str]) -> bool:
    """Whether a public zone has the record; names compare without case and final dot."""
    for _, _, backend in list(route53_backends.iter_backends()):
        for zone in backend.zones.values():
            if zone.private_zone:
                continue
            for record in zone.rrsets:
                if (
                    _plain(record.name) == _plain(wanted["Name"])
                    and record.type == wanted["Type"]
                    and _plain(wanted["Value"]) in [_plain(r) for r in record.records or ()]
                ):
                    return True
    return False


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


@replaces(CertBundle, "describe")
def _describe(original: Any, bundle: CertBundle) -> dict[str, Any]:
    answer = original(bundle)
    if bundle.type != "AMAZON_ISSUED":
        return answer
    certificate = answer["Certificate"]
    names = _validated(bundle)
    method = getattr(bundle, "validation_method", "DNS")
    issued = bundle.status == "ISSUED"
    certificate["SubjectAlternativeNames"] = names
    certificate["KeyAlgorithm"] = getattr(bundle, "key_algorithm", "RSA_2048")
    certificate["RenewalEligibility"] = "ELIGIBLE" if issued and bundle.in_use_by else "INELIGIBLE"
    certificate["DomainValidationOptions"] = [
        {
            "DomainName": name,
            "ValidationDomain": name,
            "ValidationStatus": "SUCCESS" if issued else "PENDING_VALIDATION",
            "ValidationMethod": method,
        }
        | ({"ResourceRecord": _record(bundle.arn, name)} if method == "DNS" else {})
        for name in names
    ]
    # What only an issued certificate has.
    for member in () if issued else ("IssuedAt", "NotBefore", "NotAfter", "Serial"):
        certificate.pop(member, None)
    return answer


@replaces(AWSCertificateManagerBackend, "delete_certificate")
def _delete_certificate(original: Any, backend: Any, arn: str) -> None:
    bundle = backend._certificates.get(arn)
    if bundle is not None and bundle.in_use_by:
        raise Refused("ResourceInUseException", f"Certificate {arn} is in use.")
    original(backend, arn)


def _users(bundle: CertBundle) -> list[str]:
    """What serves the certificate now. moto only ever adds to a list."""
    account, region = bundle.arn.split(":")[4], bundle.arn.split(":")[3]
    balancers = [
        balancer.arn
        for balancer in elbv2_backends[account][region].load_balancers.values()
        if any(bundle.arn in listener.certificates for listener in balancer.listeners.values())
    ]
    domains = [
        domain.domain_name_arn
        for domain in apigatewayv2_backends[account][region].domain_names.values()
        if any(c.get("certificateArn") == bundle.arn for c in domain.domain_name_configurations)
    ]
    return balancers + domains


# moto's own writes to the list are dropped; load balancers and API domains are looked up.
CertBundle.in_use_by = property(_users, lambda bundle, value: None)
