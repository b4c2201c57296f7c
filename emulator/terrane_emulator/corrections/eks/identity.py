"""What is a cluster's own and nobody else's: its addresses and its certificate authority.

moto gives every cluster of a process the same issuer and endpoint, and an authority that
no client can read. On AWS it is a certificate in PEM, in base64.
"""

from __future__ import annotations

import base64
import datetime
import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.core.utils import utcnow
from moto.eks.models import Cluster

from terrane_emulator.corrections.eks import api_servers
from terrane_emulator.corrections.eks.holding import holdable

_TEN_YEARS = datetime.timedelta(days=3650)


def give(cluster: Cluster, region: str) -> None:
    """Give a new cluster an issuer, an endpoint and an authority."""
    unique = secrets.token_hex(16).upper()
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{unique}"}}
    cluster.endpoint = f"https://{unique}.gr7.{region}.eks.amazonaws.com"
    cluster.certificate_authority = {"data": _authority()}


def _authority() -> str:
    """A self-signed certificate; nobody holds its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")])
    now = utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()


def _shown(attribute: str) -> property:
    """An attribute that a setting of the switchboard replaces, and that a held cluster lacks."""
    hidden = f"_{attribute}"

    def get(cluster: Any) -> Any:
        if cluster.status == "CREATING":
            return None
        server = api_servers.serving(cluster.arn)
        return getattr(server or cluster, attribute if server else hidden)

    return property(get, lambda cluster, value: setattr(cluster, hidden, value))


holdable(Cluster, "eks:cluster")
for _attribute in ("endpoint", "certificate_authority"):
    setattr(Cluster, _attribute, _shown(_attribute))
