"""Budgets: changed, with subscribers that can be read, and tags.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Budgets.html
Nothing is ever spent, so no notification is sent.
"""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import DuplicateRecordException, NotFoundException
from moto.budgets.models import Budget, BudgetsBackend, Notification
from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time
from moto.utilities.tagging_service import TaggingService

from terrane_emulator.corrections.replacing import adds, replaces

_MOST_EMAILS = 10


@replaces(BudgetsBackend, "__init__")
def _begin(original: Any, backend: Any, region_name: str, account_id: str) -> None:
    original(backend, region_name, account_id)
    backend.tagger = TaggingService()


def arn(account: str, name: str) -> str:
    """A budget's ARN, which names no region."""
    return f"arn:aws:budgets::{account}:budget/{name}"


def _budget(response: Any) -> Budget:
    account, name = response._get_param("AccountId"), response._get_param("BudgetName")
    found = response.backend.budgets[account].get(name)
    if found is None:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _same(details: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two notifications one: not the state, which AWS adds to its answers."""
    return (
        details["NotificationType"],
        details["ComparisonOperator"],
        float(details["Threshold"]),
        details.get("ThresholdType", "PERCENTAGE"),
    )


def _find(budget: Budget, details: dict[str, Any]) -> Notification | None:
    return next((n for n in budget.notifications if _same(n.details) == _same(details)), None)


def _notification(response: Any, member: str = "Notification") -> Notification:
    found = _find(_budget(response), response._get_param(member))
    if found is None:
        raise NotFoundException("Unable to get notification - the notification doesn't exist.")
    return found


def _ensure_subscribers(subscribers: list[dict[str, str]]) -> None:
    """One topic and ten addresses at most, each once."""
    topics = [s for s in subscribers if s["SubscriptionType"] == "SNS"]
    if len(topics) > 1 or len(subscribers) - len(topics) > _MOST_EMAILS:
        raise JsonRESTError(
            "CreationLimitExceededException",
            "A notification has at most 1 SNS and 10 email subscribers.",
        )
    if len({(s["SubscriptionType"], s["Address"]) for s in subscribers}) < len(subscribers):
        raise DuplicateRecordException("subscriber", subscribers[-1]["Address"])


@replaces(BudgetsResponse, "create_budget")
def _create(original: Any, response: Any) -> str:
    for wanted in response._get_param("NotificationsWithSubscribers", []):
        _ensure_subscribers(wanted["Subscribers"])
    answer = original(response)
    name = response._get_param("Budget")["BudgetName"]
    tags = response._get_param("ResourceTags", [])
    response.backend.tagger.tag_resource(arn(response._get_param("AccountId"), name), tags)
    return answer


@adds(BudgetsResponse)
def update_budget(response: Any) -> str:
    account, wanted = response._get_param("AccountId"), response._get_param("NewBudget")
    current = response.backend.budgets[account].get(wanted["BudgetName"])
    if current is None:
        raise NotFoundException(
            f"Unable to update budget: {wanted['BudgetName']} - the budget doesn't exist."
        )
    wanted.setdefault("TimePeriod", current.budget["TimePeriod"])
    current.budget = {**wanted, "LastUpdatedTime": unix_time()}
    return "{}"


@replaces(BudgetsResponse, "delete_budget")
def _delete(original: Any, response: Any) -> str:
    answer = original(response)
    account, name = response._get_param("AccountId"), response._get_param("BudgetName")
    response.backend.tagger.delete_all_tags_for_resource(arn(account, name))
    return answer


@replaces(BudgetsResponse, "create_notification")
def _notify(_: Any, response: Any) -> str:
    budget, details = _budget(response), response._get_param("Notification")
    if _find(budget, details) is not None:
        raise DuplicateRecordException("notification", details["NotificationType"])
    subscribers = response._get_param("Subscribers")
    _ensure_subscribers(subscribers)
    budget.add_notification(details, subscribers)
    return "{}"


@adds(BudgetsResponse)
def update_notification(response: Any) -> str:
    _notification(response, "OldNotification").details = response._get_param("NewNotification")
    return "{}"


@replaces(BudgetsResponse, "delete_notification")
def _unnotify(_: Any, response: Any) -> str:
    gone = _notification(response)
    budget = _budget(response)
    budget.notifications = [n for n in budget.notifications if n is not gone]
    return "{}"


@replaces(BudgetsResponse, "describe_notifications_for_budget")
def _notifications(_: Any, response: Any) -> str:
    listed = [
        {"ThresholdType": "PERCENTAGE", "NotificationState": "OK", **n.details}
        for n in _budget(response).notifications
    ]
    return json.dumps({"Notifications": listed})


@adds(BudgetsResponse)
def describe_subscribers_for_notification(response: Any) -> str:
    return json.dumps({"Subscribers": _notification(response).subscribers})


@adds(BudgetsResponse)
def create_subscriber(response: Any) -> str:
    notification = _notification(response)
    wanted = [*notification.subscribers, response._get_param("Subscriber")]
    _ensure_subscribers(wanted)
    notification.subscribers = wanted
    return "{}"


@adds(BudgetsResponse)
def delete_subscriber(response: Any) -> str:
    notification, gone = _notification(response), response._get_param("Subscriber")
    if gone not in notification.subscribers:
        raise NotFoundException("Unable to delete subscriber - the subscriber doesn't exist.")
    notification.subscribers = [s for s in notification.subscribers if s != gone]
    return "{}"


def _tagged(response: Any) -> str:
    """The ARN that a call on tags names; refuses what isn't there."""
    resource = response._get_param("ResourceARN")
    account, name = resource.split(":")[4], resource.partition(":budget/")[2]
    if name not in response.backend.budgets[account]:
        raise NotFoundException(f"The resource {resource} doesn't exist.")
    return resource


@adds(BudgetsResponse)
def list_tags_for_resource(response: Any) -> str:
    tags = response.backend.tagger.list_tags_for_resource(_tagged(response))["Tags"]
    return json.dumps({"ResourceTags": tags})


@adds(BudgetsResponse)
def tag_resource(response: Any) -> str:
    response.backend.tagger.tag_resource(_tagged(response), response._get_param("ResourceTags"))
    return "{}"


@adds(BudgetsResponse)
def untag_resource(response: Any) -> str:
    keys = response._get_param("ResourceTagKeys")
    response.backend.tagger.untag_resource_using_names(_tagged(response), keys)
    return "{}"
