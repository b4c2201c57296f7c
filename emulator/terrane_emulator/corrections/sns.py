"""SNS: every topic setting comes back, and mail waits for its reader.

https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from terrane_emulator.corrections.replacing import replaces
from terrane_emulator.errors import Refused

# Settings that moto stores and never shows. AWS shows them once they were set.
_SETTINGS = (
    "ArchivePolicy",
    "FifoThroughputScope",
    "SignatureVersion",
    "TracingConfig",
    *(
        f"{protocol}{outcome}"
        for protocol in ("Application", "Firehose", "HTTP", "Lambda", "SQS")
        for outcome in (
            "SuccessFeedbackRoleArn",
            "SuccessFeedbackSampleRate",
            "FailureFeedbackRoleArn",
        )
    ),
)
_ALLOWED = {"SignatureVersion": ("1", "2"), "TracingConfig": ("PassThrough", "Active")}
_BY_MAIL = ("email", "email-json")


@replaces(SNSResponse, "get_topic_attributes")
def _get_attributes(original: Any, response: SNSResponse) -> ActionResult:
    answer = original(response)
    topic = response.backend.get_topic(response._get_param("TopicArn"))
    for name in _SETTINGS:
        if value := getattr(topic, camelcase_to_underscores(name), None):
            answer.result["Attributes"][name] = value
    return answer


@replaces(SNSResponse, "set_topic_attributes")
def _set_attributes(original: Any, response: SNSResponse) -> ActionResult:
    name, value = response._get_param("AttributeName"), response._get_param("AttributeValue")
    if name in _ALLOWED and value not in _ALLOWED[name]:
        raise Refused("InvalidParameter", f"Invalid parameter: {name} Reason: {value}")
    return original(response)


@replaces(SNSBackend, "subscribe")
def _subscribe(
    original: Any, backend: SNSBackend, topic_arn: str, endpoint: str, protocol: str
) -> Subscription:
    known = set(backend.subscriptions)
    subscription = original(backend, topic_arn, endpoint, protocol)
    if protocol in _BY_MAIL and subscription.arn not in known:
        subscription.attributes["PendingConfirmation"] = True
        subscription.attributes["ConfirmationWasAuthenticated"] = False
    return subscription


@replaces(SNSBackend, "unsubscribe")
def _unsubscribe(original: Any, backend: SNSBackend, subscription_arn: str) -> None:
    """AWS lets go of a subscription that nobody confirmed with its topic, or after two days."""
    subscription = backend.subscriptions.get(subscription_arn)
    if subscription is not None and subscription.attributes["PendingConfirmation"] is True:
        raise Refused(
            "InvalidParameter",
            "Invalid parameter: This subscription is not confirmed: Cannot unsubscribe a "
            "subscription that is pending confirmation",
        )
    original(backend, subscription_arn)
