"""Budgets: limits, notifications, subscribers and tags."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code
from shapes import watch

NOTIFICATION = {
    "NotificationType": "ACTUAL",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 80.0,
    "ThresholdType": "PERCENTAGE",
}
EMAIL = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}
TAG = {"Key": "terrane:environment", "Value": "env_1"}


class Budgets:
    """A client, and the arguments that every call takes."""

    def __init__(self, aws: Clients, account: str) -> None:
        self.api = watch(aws("budgets"))
        self.account = account
        self.name = {"AccountId": account, "BudgetName": "monthly"}
        self.one = {**self.name, "Notification": NOTIFICATION}

    def limit(self, amount: str) -> dict[str, Any]:
        """The budget, with a limit."""
        return {
            "BudgetName": "monthly",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": amount, "Unit": "USD"},
        }

    def create(self, *subscribers: dict[str, str]) -> None:
        """A budget of 100 dollars that tells its subscribers."""
        told = [{"Notification": NOTIFICATION, "Subscribers": list(subscribers or [EMAIL])}]
        self.api.create_budget(
            AccountId=self.account,
            Budget=self.limit("100"),
            NotificationsWithSubscribers=told,
            ResourceTags=[TAG],
        )

    def subscribers(self) -> list[dict[str, str]]:
        """Who is told."""
        return self.api.describe_subscribers_for_notification(**self.one)["Subscribers"]


@pytest.fixture
def budgets(aws: Clients, account: str) -> Budgets:
    return Budgets(aws, account)


def test_a_changed_limit_comes_back(budgets: Budgets) -> None:
    budgets.create()
    budgets.api.update_budget(AccountId=budgets.account, NewBudget=budgets.limit("200"))
    budget = budgets.api.describe_budget(**budgets.name)["Budget"]
    assert budget["BudgetLimit"]["Amount"] == "200"
    assert budget["TimePeriod"]["Start"] < budget["TimePeriod"]["End"]


def test_a_notification_is_found_by_what_it_says_not_by_its_state(budgets: Budgets) -> None:
    budgets.create()
    listed = budgets.api.describe_notifications_for_budget(**budgets.name)["Notifications"]
    assert listed == [{**NOTIFICATION, "NotificationState": "OK"}]
    told = budgets.api.describe_subscribers_for_notification(**budgets.name, Notification=listed[0])
    assert told["Subscribers"] == [EMAIL]
    budgets.api.delete_notification(**budgets.name, Notification=listed[0])
    assert budgets.api.describe_notifications_for_budget(**budgets.name)["Notifications"] == []
    gone = code(budgets.api.describe_subscribers_for_notification, **budgets.one)
    assert gone == "NotFoundException"


def test_subscribers_come_and_go(budgets: Budgets) -> None:
    budgets.create()
    other = {"SubscriptionType": "SNS", "Address": "arn:aws:sns:eu-central-1:1:alarms"}
    budgets.api.create_subscriber(**budgets.one, Subscriber=other)
    assert budgets.subscribers() == [EMAIL, other]
    second = {**other, "Address": "arn:aws:sns:eu-central-1:1:more"}
    refused = code(budgets.api.create_subscriber, **budgets.one, Subscriber=second)
    assert refused == "CreationLimitExceededException"
    budgets.api.delete_subscriber(**budgets.one, Subscriber=EMAIL)
    assert budgets.subscribers() == [other]


def test_what_is_there_already_is_refused(budgets: Budgets) -> None:
    budgets.create()
    assert code(budgets.create) == "DuplicateRecordException"
    again = code(budgets.api.create_notification, **budgets.one, Subscribers=[EMAIL])
    assert again == "DuplicateRecordException"


def test_tags_are_kept_and_go_with_the_budget(
    budgets: Budgets, emulated: Emulated, account: str
) -> None:
    budgets.create()
    (row,) = emulated.switch("GET", f"inventory?account={account}")
    assert (row["service"], row["type"], row["id"]) == ("budgets", "budget", "monthly")
    assert row["tags"] == {TAG["Key"]: TAG["Value"]}
    resource = {"ResourceARN": f"arn:aws:budgets::{account}:budget/monthly"}
    budgets.api.tag_resource(ResourceTags=[{"Key": "a", "Value": "b"}], **resource)
    budgets.api.untag_resource(ResourceTagKeys=[TAG["Key"]], **resource)
    tags = budgets.api.list_tags_for_resource(**resource)["ResourceTags"]
    assert tags == [{"Key": "a", "Value": "b"}]
    budgets.api.delete_budget(**budgets.name)
    assert code(budgets.api.list_tags_for_resource, **resource) == "NotFoundException"
    assert emulated.switch("GET", f"inventory?account={account}") == []
