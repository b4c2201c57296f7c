"""The switches: delays, failures, throttling, holds."""

from __future__ import annotations

import threading
import time
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Clients, Emulated
from helpers import code, database, network, refusal


def elapsed(call: Callable[..., Any], **kwargs: Any) -> float:
    start = time.monotonic()
    call(**kwargs)
    return time.monotonic() - start


def test_a_rule_fails_the_calls_it_names_as_often_as_it_says(
    emulated: Emulated, aws: Clients
) -> None:
    fail = {"status": 403, "code": "UnauthorizedOperation", "message": "No."}
    rule = {"service": "ec2", "action": "Create*", "fail": fail, "skip": 1, "times": 1}
    emulated.switch("PUT", "faults", {"rules": [rule]})
    ec2 = aws("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    error = refusal(ec2.create_vpc, CidrBlock="10.0.0.0/16").response
    assert error["Error"] == {"Code": "UnauthorizedOperation", "Message": "No."}
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert len(ec2.describe_vpcs()["Vpcs"]) == 3
    assert emulated.switch("GET", "faults")["rules"][0]["times"] == 0


@pytest.mark.parametrize(
    ("service", "call", "arguments", "said"),
    [
        ("ec2", "describe_vpcs", {}, "RequestLimitExceeded"),
        ("s3", "list_buckets", {}, "SlowDown"),
        ("rds", "describe_db_instances", {}, "Throttling"),
        ("kms", "list_keys", {}, "ThrottlingException"),
        ("eks", "list_clusters", {}, "ThrottlingException"),
    ],
)
def test_each_service_throttles_in_its_own_words(
    emulated: Emulated, aws: Clients, service: str, call: str, arguments: dict[str, Any], said: str
) -> None:
    emulated.switch("PUT", "faults", {"rules": [{"service": service, "throttle": True}]})
    assert code(getattr(aws(service), call), **arguments) == said


def test_a_lost_answer_leaves_the_object_behind(emulated: Emulated, aws: Clients) -> None:
    rule = {"action": "CreateVpc", "fail": {"status": 500}, "executed": True}
    emulated.switch("PUT", "faults", {"rules": [rule]})
    refusal(aws("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    assert len(aws("ec2").describe_vpcs()["Vpcs"]) == 2


def test_delays_hold_up_changes_only_and_not_each_other(emulated: Emulated, aws: Clients) -> None:
    emulated.switch("PUT", "faults", {"delay_ms": 300})
    ec2 = aws("ec2")
    start = time.monotonic()
    threads = [
        threading.Thread(target=ec2.create_vpc, kwargs={"CidrBlock": "10.0.0.0/16"})
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.3 <= time.monotonic() - start < 1.5
    assert elapsed(ec2.describe_vpcs) < 0.3


def test_a_held_database_is_creating_until_released(emulated: Emulated, aws: Clients) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "rds:*"}]})
    rds = aws("rds")
    assert database(rds)["DBInstanceStatus"] == "creating"
    change = {"DBInstanceIdentifier": "main", "AllocatedStorage": 40}
    assert code(rds.modify_db_instance, **change) == "InvalidDBInstanceState"
    final = {"DBInstanceIdentifier": "main", "FinalDBSnapshotIdentifier": "final"}
    assert code(rds.delete_db_instance, **final) == "InvalidDBInstanceState"
    emulated.switch("DELETE", "faults")
    (instance,) = rds.describe_db_instances()["DBInstances"]
    assert instance["DBInstanceStatus"] == "available"


def test_a_hold_with_a_time_ends_by_itself(emulated: Emulated, aws: Clients) -> None:
    emulated.switch("PUT", "faults", {"hold": [{"kind": "ec2:nat-gateway", "seconds": 0.3}]})
    ec2 = aws("ec2")
    _, (subnet, _) = network(ec2)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    assert nat["State"] == "pending"
    deadline = time.monotonic() + 5
    while ec2.describe_nat_gateways()["NatGateways"][0]["State"] == "pending":
        assert time.monotonic() < deadline
    assert ec2.describe_nat_gateways()["NatGateways"][0]["State"] == "available"


def test_a_hold_does_not_touch_what_was_there_before(emulated: Emulated, aws: Clients) -> None:
    rds = aws("rds")
    database(rds)
    emulated.switch("PUT", "faults", {"hold": [{"kind": "rds:db"}]})
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"


@pytest.mark.parametrize("document", [{"typo": 1}, {"rules": [{"typo": 1}]}, {"hold": [{}]}, []])
def test_a_typo_in_the_switches_is_refused(emulated: Emulated, document: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        emulated.switch("PUT", "faults", document)
    assert caught.value.code == 400
