"""AWS errors on the wire, in the form that the called service uses."""

from __future__ import annotations

import json
import uuid
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from terrane_emulator.calls import Call


class Refused(Exception):
    """A call that AWS would refuse, raised from wherever that is noticed."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def render(call: Call, error: Refused) -> Response:
    """The response that the service of `call` would give for `error`."""
    model, request_id = call.model, str(uuid.uuid4())
    protocol = model.service_model.protocol if model else "query"
    target = call.request.headers.get("X-Amz-Target")
    if target or protocol in ("json", "rest-json"):
        body = json.dumps({"__type": error.code, "message": error.message})
        response = Response(body, error.status, content_type="application/x-amz-json-1.1")
        response.headers["x-amzn-ErrorType"] = error.code
    else:
        inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        if call.service == "s3":
            body = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
        elif call.service == "ec2":
            body = (
                f"<Response><Errors><Error>{inner}</Error></Errors>"
                f"<RequestID>{request_id}</RequestID></Response>"
            )
        else:
            kind = "Sender" if error.status < 500 else "Receiver"
            body = (
                f"<ErrorResponse><Error><Type>{kind}</Type>{inner}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        response = Response(body, error.status, content_type="text/xml")
    response.headers["x-amzn-RequestId"] = request_id
    return response
