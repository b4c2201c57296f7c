"""Which AWS call is this? Service, action and input of an HTTP request.

AWS has four ways to say it: a header (`X-Amz-Target`), a form field or query
parameter (`Action=`), or method and path, where S3 also looks at query keys and
headers. botocore's service models describe all of them, so nothing is typed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.utils import get_service_model
from werkzeug.wrappers import Request

# Services whose name in a signature is not their name in botocore.
_SIGNED_AS = {
    "tagging": "resourcegroupstaggingapi",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
}
_READS = ("Get", "List", "Describe", "Head", "Search", "Query", "Scan", "BatchGet", "Simulate")
_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Call:
    """One AWS call, as far as it can be known from the request alone."""

    service: str
    """botocore's name of the service, `unknown` for an unsigned request."""
    action: str
    """Operation name such as `CreateVpc`, `Unknown` if no model matches."""
    region: str
    request: Request
    path_params: dict[str, str] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        """Whether AWS would change nothing; AssumeRole and the like count as reads."""
        return self.action.startswith(_READS) or self.service == "sts"

    @property
    def model(self) -> OperationModel | None:
        """The operation's model, or None for a call that botocore does not know."""
        service = _service_model(self.service)
        if service is None or self.action not in service.operation_names:
            return None
        return service.operation_model(self.action)

    def parse(self) -> dict[str, Any]:
        """The call's input under botocore's member names."""
        model = self.model
        if model is None:
            return {}
        protocol = determine_request_protocol(model.service_model, self.request.content_type)
        return PROTOCOL_PARSERS[protocol](model).parse(
            {
                "method": self.request.method,
                "values": self.request.values,
                "headers": self.request.headers,
                "body": self.request.get_data(),
                "url_path": self.request.path,
                "url_params": self.path_params,
            }
        )


def adopt_presigned(environ: dict[str, Any]) -> None:
    """Give a presigned request the header that a signed one has.

    moto reads service and access key from `Authorization` and takes a request without
    it for S3; the presigned GetCallerIdentity inside an EKS token never reached STS.
    """
    query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    credential = query.get("X-Amz-Credential", "")
    if credential and "HTTP_AUTHORIZATION" not in environ and "/s3/" not in credential:
        environ["HTTP_AUTHORIZATION"] = (
            f"AWS4-HMAC-SHA256 Credential={credential}, "
            f"SignedHeaders={query.get('X-Amz-SignedHeaders', '')}, "
            f"Signature={query.get('X-Amz-Signature', '')}"
        )


def identify(request: Request) -> Call:
    """Name the call that a request makes."""
    signature = request.headers.get("Authorization") or "Credential=" + request.args.get(
        "X-Amz-Credential", ""
    )
    scope = _CREDENTIAL.search(signature)
    signed = scope["service"].lower() if scope else "unknown"
    service = _SIGNED_AS.get(signed, signed)
    if service == "apigateway" and request.path.startswith("/v2/"):
        service = "apigatewayv2"
    region = scope["region"] if scope else ""
    action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    if not action and service != "s3":
        action = request.values.get("Action", "")
    if not action and (model := _service_model(service)) is not None:
        return _match(model, region, request)
    return Call(service, action or "Unknown", region, request)


@cache
def _service_model(service: str) -> ServiceModel | None:
    try:
        return get_service_model(service)
    except Exception:  # botocore raises its own UnknownServiceError, or a path error
        return None


@dataclass(frozen=True)
class _Route:
    """How one REST operation looks on the wire."""

    action: str
    method: str
    path: re.Pattern[str]
    query: frozenset[tuple[str, str]]
    required: frozenset[str]
    headers: frozenset[str]
    deprecated: bool
    names: dict[str, str]
    """Group of `path` -> name of the path's parameter, which may hold hyphens."""

    def score(self, request: Request) -> int:
        """How much of the request this route explains; -1 if it does not fit."""
        args = request.args
        if not all(key in args and value in ("", args[key]) for key, value in self.query):
            return -1
        if not self.required <= args.keys() or not all(h in request.headers for h in self.headers):
            return -1
        # A literal path segment says more than a placeholder: count it too.
        literal = len(re.sub(r"\(\?P<.*?\)", "", self.path.pattern))
        explained = len(self.query) + len(self.required) + len(self.headers)
        # Superseded twins (GetBucketLifecycle) look the same on the wire.
        return 1000 * explained + 2 * literal + (not self.deprecated)


@cache
def _routes(model: ServiceModel) -> list[_Route]:
    routes = []
    for action in model.operation_names:
        operation = model.operation_model(action)
        path, _, query = operation.http.get("requestUri", "/").partition("?")
        path = path.rstrip("/")  # SDKs differ on a slash at the end
        names = {name.replace("-", "_"): name for name in re.findall(r"{([\w-]+)\+?}", path)}
        pattern = re.escape(path)
        for group, name in names.items():
            wild = re.escape(name)
            # ARNs have slashes of their own, which may arrive unquoted.
            one = ".+" if "arn" in name.lower() else "[^/]+"
            pattern = pattern.replace(rf"\{{{wild}\}}", f"(?P<{group}>{one})")
            pattern = pattern.replace(rf"\{{{wild}\+\}}", f"(?P<{group}>.+)")
        shape = operation.input_shape
        places: dict[str, set[str]] = {"querystring": set(), "header": set()}
        for name in shape.required_members if shape else ():
            wire = shape.members[name].serialization
            if wire.get("location") in places:
                places[wire["location"]].add(wire["name"])
        routes.append(
            _Route(
                action,
                operation.http.get("method", "POST"),
                re.compile(f"^{pattern}/?$"),
                frozenset(parse_qsl(query, keep_blank_values=True)),
                frozenset(places["querystring"]),
                frozenset(places["header"]),
                operation.deprecated,
                names,
            )
        )
    return routes


def _match(model: ServiceModel, region: str, request: Request) -> Call:
    best, found, params = -1, "Unknown", {}
    # As it was sent: an ARN in a path has its slashes escaped, and stays one segment.
    path = urlsplit(request.environ.get("RAW_URI", request.path)).path
    for route in _routes(model):
        if route.method != request.method or not (hit := route.path.match(path)):
            continue
        score = route.score(request)
        if score > best:
            best, found = score, route.action
            params = {route.names[group]: value for group, value in hit.groupdict().items()}
    return Call(model.service_name, found, region, request, params)
