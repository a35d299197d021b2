"""A fault that makes no sense is refused by its field, with what was sent and what there is."""

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.faults.conftest import FAULTS
from tests.visits import store_of


@pytest.fixture(scope="module", autouse=True)
def sandbox(platform: Platform) -> Iterator[None]:
    """Make a sandbox that no test changes."""
    store = store_of(platform)
    store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    yield
    store.delete("default")


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({}, "operation", "neither"),
        ({"operation": "http.admin.usres"}, "operation", "http.admin.users"),
        ({"operation": "job.billing.mont"}, "operation", "job.billing.month"),
        ({"operation": "http.lobby.lobby"}, "operation", "found 'http.lobby.lobby'"),
        ({"operation": "http.control.list_faults"}, "operation", "found"),
        ({"route": "POST /admin/users/ad"}, "route", "POST /admin/users/add"),
        ({"route": "DELETE /admin/users/add"}, "route", "found 'DELETE /admin/users/add'"),
        ({"route": "/admin/users/add"}, "route", "a method and a path"),
        ({"route": "POST /admin/users/add", "method": "GET"}, "method", "'POST'"),
        ({"route": "POST /admin/users/add", "operation": "http"}, "operation", "both"),
        ({"operation": "http.admin.users", "method": "POST"}, "method", "expected one of GET, found 'POST'"),
        ({"operation": "email.deliver", "method": "POST"}, "method", "only routes"),
        ({"operation": "http", "outcome": "latte"}, "outcome", "late"),
        ({"operation": "http", "outcome": "stale", "method": "POST"}, "outcome", "GET"),
        ({"route": "POST /admin/users/add", "outcome": "stale"}, "outcome", "GET"),
        ({"operation": "http", "outcome": "error", "seconds": 1}, "seconds", "'late'"),
        ({"operation": "http", "outcome": "late", "seconds": 31}, "seconds", "up to 30, found 31"),
        ({"operation": "http", "probability": 1.5}, "probability", "found 1.5"),
        ({"operation": "http", "until": "2022-03-01T09:00:00+01:00"}, "until", "is past"),
        ({"operation": "job.billing.month", "person": "a@b.example"}, "person", "jobs are of no person"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_field_with_what_was_sent(
    platform: Platform, body: dict[str, Any], field: str, says: str
) -> None:
    answer = platform.test_client().post(FAULTS, json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.get_json(force=True)["errors"]
    assert error["field"] == field
    assert says in error["message"], error
    assert platform.test_client().get(FAULTS).get_json(force=True) == []
