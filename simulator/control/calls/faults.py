"""Calls that set up faults: which operation fails, for whom, and at which attempts."""

from typing import Any

from sqlalchemy import delete

from simulator.control import schemas
from simulator.control.table import call, store
from simulator.core import faults
from simulator.core.faults import OPERATIONS, Fault
from simulator.core.sandbox import Db
from simulator.web.calls.fields import Field, objects, read_nested, text, whole
from simulator.web.platform import platform

MOST = 100
MOST_TIMES = 1_000_000


def _operation(sent: object) -> str:
    platform().load_all()
    if not isinstance(sent, str) or sent not in OPERATIONS:
        raise ValueError(f"write one of {', '.join(sorted(OPERATIONS))}")
    return sent


FAULT = {
    # Looked up at each call: modules declare operations while they are imported.
    "operation": Field(_operation, {"$ref": "#/components/schemas/FaultOperation"}, True),
    "outcome": Field(text(longest=60).read, {"$ref": "#/components/schemas/FaultOutcome"}),
    "person": text(longest=254),
    "company": text(longest=20),
    "nth": whole(least=1, most=MOST_TIMES),
    "times": whole(least=0, most=MOST_TIMES),
}
"""A fault; ``times`` 0 stands for always."""

ALL = {"faults": objects(most=MOST, required=True)}


@call("GET", "/sandboxes/{name}/faults", refusals=(404,))
def list_faults(name: str) -> list[schemas.Fault]:
    """List the faults in the order of creation, with how often the operation was attempted and how often it failed."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _all(db)


@call("POST", "/sandboxes/{name}/faults", status=201, body=FAULT, body_as="fault", refusals=(404, 422))
def add_fault(name: str, fault: dict[str, Any]) -> schemas.Fault:
    """Let an operation fail: from the ``nth`` attempt on, ``times`` times (default 1; 0 for always)."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return _fault(_add(db, fault))


@call("PUT", "/sandboxes/{name}/faults", body=ALL, body_as="replacement", refusals=(404, 422))
def replace_faults(name: str, replacement: dict[str, Any]) -> list[schemas.Fault]:
    """Replace all faults; each counts from the beginning."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        db.execute(delete(Fault))
        for at, sent in enumerate(replacement["faults"]):
            _add(db, read_nested(f"faults.{at}", sent, FAULT))
        return _all(db)


@call("DELETE", "/sandboxes/{name}/faults", status=204, refusals=(404,))
def clear_faults(name: str) -> None:
    """Delete all faults."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        db.execute(delete(Fault))


def _add(db: Db, fields: dict[str, Any]) -> Fault:
    times = 1 if fields["times"] is None else fields["times"]
    return faults.add(
        db,
        fields["operation"],
        outcome=fields["outcome"],
        person=fields["person"],
        company=fields["company"],
        nth=fields["nth"] or 1,
        times=times or None,
    )


def _all(db: Db) -> list[schemas.Fault]:
    return [_fault(fault) for fault in faults.all_of(db)]


def _fault(fault: Fault) -> schemas.Fault:
    return {
        "id": fault.id,
        "operation": fault.operation,
        "outcome": fault.outcome,
        "person": fault.person,
        "company": fault.company,
        "nth": fault.nth,
        "times": fault.times or 0,
        "seen": fault.seen,
        "used": fault.used,
    }
