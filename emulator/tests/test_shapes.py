"""The check of answers against AWS's models finds what is wrong."""

from __future__ import annotations

import pytest
from conftest import Clients
from shapes import check, watch

_XML = "<R><DescribeUsersResult><Users><member>{}</member></Users></DescribeUsersResult></R>"
_USER = "<UserId>a</UserId><Authentication><PasswordCount>{}</PasswordCount></Authentication>"


def test_right_answers_pass() -> None:
    check("elasticache", "DescribeUsers", _XML.format(_USER.format(1)))
    check("backup", "GetBackupPlan", {"BackupPlan": {"Rules": []}, "CreationDate": 1.5})


@pytest.mark.parametrize(
    ("service", "operation", "body", "fault"),
    [
        ("elasticache", "DescribeUsers", _XML.format("<Nick>a</Nick>"), "Nick is unknown"),
        ("elasticache", "DescribeUsers", _XML.format(_USER.format("one")), "PasswordCount"),
        ("elasticache", "DescribeUsers", "<R><Wrong/></R>", "no DescribeUsersResult"),
        ("backup", "GetBackupPlan", {"Plan": {}}, "Plan is unknown"),
        ("backup", "GetBackupPlan", {"CreationDate": "today"}, "CreationDate"),
        ("backup", "GetBackupPlan", {"BackupPlan": {"Rules": {}}}, "Rules"),
    ],
)
def test_wrong_answers_fail(service: str, operation: str, body: object, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        check(service, operation, body)


def test_a_watched_client_checks_every_answer(aws: Clients) -> None:
    client = watch(aws("elasticache"))

    def spoil(response_dict: dict[str, bytes], **_: object) -> None:
        response_dict["body"] = _XML.format("<Nick>a</Nick>").encode()

    client.meta.events.register_first("before-parse", spoil)
    with pytest.raises(AssertionError, match="Nick"):
        client.describe_users()
