"""What a test lets go wrong is asked for, listed, replaced and taken back over the control API."""

import re
from typing import Any

import pytest

from simulator.core import fault_operations, faults
from simulator.core.store import Store
from tests.control.conftest import Client
from tests.control.test_guard import assert_problem

AT = "/_sim/sandboxes/default/faults"


def test_a_fault_is_asked_for_and_listed(client: Client) -> None:
    made = client.post(AT, json={"operation": "email.deliver", "person": "Post@Lysne.example"})
    assert made.status_code == 201
    assert made.json == {
        "id": 1,
        "operation": "email.deliver",
        "outcome": next(iter(faults.OPERATIONS["email.deliver"].outcomes)),
        "method": None,
        "person": "post@lysne.example",
        "company": None,
        "nth": 1,
        "times": 1,
        "probability": None,
        "until": None,
        "seconds": None,
        "hidden": False,
        "seen": 0,
        "used": 0,
    }
    assert client.get(AT).json == [made.json]


def test_a_fault_tells_how_often_it_was_met_and_happened(client: Client, store: Store) -> None:
    client.post(AT, json={"operation": "peppol.deliver", "outcome": "rejected", "nth": 2, "times": 1})
    struck = []
    for _ in range(3):
        with store.open("default") as sandbox, sandbox.transaction() as db:
            struck.append(faults.triggered_outcome(db, "peppol.deliver", company="99999901"))
    assert struck == [None, "rejected", None]
    (fault,) = client.get(AT).json
    assert (fault["seen"], fault["used"]) == (3, 1)


def test_none_times_is_always(client: Client, store: Store) -> None:
    client.post(AT, json={"operation": "peppol.deliver", "times": 0})
    with store.open("default") as sandbox, sandbox.transaction() as db:
        assert [faults.triggered_outcome(db, "peppol.deliver") is not None for _ in range(4)] == [True] * 4


def test_faults_are_replaced_and_cleared(client: Client) -> None:
    client.post(AT, json={"operation": "email.deliver"})
    faults = [{"operation": "letters.run"}, {"operation": "sml.publish", "times": 0}]
    replaced = client.put(AT, json={"faults": faults})
    assert [item["operation"] for item in replaced.json] == ["letters.run", "sml.publish"]
    assert client.delete(AT).status_code == 204
    assert client.get(AT).json == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operation"),
        ({"operation": "coffee.brew"}, "operation"),
        ({"operation": "email.deliver", "outcome": "melted"}, "outcome"),
        ({"operation": "email.deliver", "nth": 0}, "nth"),
        ({"operation": "email.deliver", "whom": "x"}, "whom"),
    ],
)
def test_what_cannot_go_wrong_is_refused_and_named(client: Client, body: dict[str, Any], field: str) -> None:
    answer = client.post(AT, json=body)
    assert_problem(answer, 422)
    assert [error["field"] for error in answer.get_json(force=True)["errors"]] == [field]
    assert client.get(AT).json == []


def test_an_unknown_operation_is_told_those_that_are_known(client: Client) -> None:
    answer = client.put(AT, json={"faults": [{"operation": "letters.run"}, {"operation": "nothing"}]})
    (error,) = answer.get_json(force=True)["errors"]
    assert error["field"] == "faults.1.operation"
    assert "email.deliver" in error["message"] and "sml.publish" in error["message"]
    assert client.get(AT).json == []


def test_the_description_lists_operations_and_outcomes(client: Client) -> None:
    schemas = client.get("/_sim/openapi.json").json["components"]["schemas"]
    declared, further = schemas["FaultOperation"]["anyOf"]
    assert set(declared["enum"]) == set(faults.OPERATIONS)
    generated = {operation.name for operation in fault_operations.all_operations()} - set(faults.OPERATIONS)
    assert len(generated) > 400
    assert [name for name in generated if not re.search(further["pattern"], name)] == []
    outcomes = {outcome for operation in faults.OPERATIONS.values() for outcome in operation.outcomes}
    assert set(schemas["FaultOutcome"]["enum"]) == outcomes | set(fault_operations.ROUTE_OUTCOMES) | set(
        fault_operations.JOB_OUTCOMES
    )


def test_all_operations_are_listed_with_their_outcomes(client: Client) -> None:
    listed = {entry["operation"]: entry for entry in client.get("/_sim/operations").json}
    assert list(listed) == sorted(listed)
    assert listed["email.deliver"]["outcomes"] == faults.OPERATIONS["email.deliver"].outcomes
    assert (listed["http.admin.add_user"]["methods"], listed["http.admin.add_user"]["path"]) == (
        ["GET", "POST"],
        "/admin/users/add",
    )
    assert listed["job.document.route"]["outcomes"] == fault_operations.JOB_OUTCOMES
    assert "stale" not in listed["http.admin.edit_company"]["outcomes"]
    assert not [name for name in listed if name.startswith(("http.control", "http.lobby", "http.health", "http.static"))]


def test_delays_are_set_at_birth_and_later_and_a_reset_brings_those_of_birth_back(client: Client) -> None:
    jobs = "/_sim/sandboxes/slow/jobs"
    made = client.post(
        "/_sim/sandboxes", json={"scenario": "company-no", "name": "slow", "now": "2022-03-01T09:00:00Z", "delays": "real"}
    )
    assert made.status_code == 201
    assert client.get(jobs).json["delays"] == "real"
    assert client.put(jobs, json={"delays": "none"}).json["delays"] == "none"
    client.post("/_sim/sandboxes/slow/reset")
    assert client.get(jobs).json["delays"] == "real"
    assert client.get("/_sim/sandboxes/default/jobs").json["delays"] == "none"
    assert_problem(client.put(jobs, json={"delays": "some"}), 422)
