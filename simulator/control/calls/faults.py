"""Calls that let something go wrong: what, for whom, and which time."""

from typing import Any

from sqlalchemy import delete

from simulator.control.answers import Answer
from simulator.control.shapes import Field, objects, read_values, text, whole
from simulator.control.table import call, store
from simulator.core import faults
from simulator.core.errors import BadInput
from simulator.core.faults import OPERATIONS, Fault
from simulator.core.sandbox import Db

MOST = 100
MOST_TIMES = 1_000_000


def _operation(sent: object) -> str:
    if not isinstance(sent, str) or sent not in OPERATIONS:
        raise ValueError(f"write one of {', '.join(sorted(OPERATIONS))}")
    return sent


FAULT = {
    # The words are read when they are asked for: modules declare them while they are imported.
    "operation": Field(_operation, {"$ref": "#/components/schemas/FaultOperation"}, True),
    "outcome": Field(text(longest=60).read, {"$ref": "#/components/schemas/FaultOutcome"}),
    "person": text(longest=254),
    "company": text(longest=20),
    "nth": whole(least=1, most=MOST_TIMES),
    "times": whole(least=0, most=MOST_TIMES),
}
"""What is said of a fault; ``times`` 0 stands for always."""

ALL = {"faults": objects(most=MOST, required=True)}


@call("GET", "/sandboxes/{name}/faults", "Fault[]", refusals=(404,))
def list_faults(name: str) -> list[Answer]:
    """List what is to go wrong, in the order of asking, with how often it was met and how often it went wrong."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _all(db)


@call("POST", "/sandboxes/{name}/faults", "Fault", status=201, body=FAULT, body_as="fault", refusals=(404, 422))
def add_fault(name: str, fault: dict[str, Any]) -> Answer:
    """Let an operation go wrong: from the ``nth`` time on, ``times`` times (once when left out, 0 for always)."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return _fault(_add(db, fault))


@call("PUT", "/sandboxes/{name}/faults", "Fault[]", body=ALL, body_as="wanted", refusals=(404, 422))
def replace_faults(name: str, wanted: dict[str, Any]) -> list[Answer]:
    """Let these go wrong and nothing else; each counts from the beginning."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        db.execute(delete(Fault))
        for at, sent in enumerate(wanted["faults"]):
            try:
                _add(db, read_values(_object(sent), FAULT))
            except BadInput as error:
                raise BadInput([(f"faults.{at}.{field}".rstrip("."), what) for field, what in error.problems]) from None
        return _all(db)


@call("DELETE", "/sandboxes/{name}/faults", None, status=204, refusals=(404,))
def clear_faults(name: str) -> None:
    """Let nothing go wrong any more."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        db.execute(delete(Fault))


def _object(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise BadInput([("", "write an object")])
    return sent


def _add(db: Db, wanted: dict[str, Any]) -> Fault:
    times = 1 if wanted["times"] is None else wanted["times"]
    return faults.add(
        db,
        wanted["operation"],
        outcome=wanted["outcome"],
        person=wanted["person"],
        company=wanted["company"],
        nth=wanted["nth"] or 1,
        times=times or None,
    )


def _all(db: Db) -> list[Answer]:
    return [_fault(one) for one in faults.all_of(db)]


def _fault(one: Fault) -> Answer:
    return {
        "id": one.id,
        "operation": one.operation,
        "outcome": one.outcome,
        "person": one.person,
        "company": one.company,
        "nth": one.nth,
        "times": one.times or 0,
        "seen": one.seen,
        "used": one.used,
    }
