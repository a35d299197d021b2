"""Calls that set up faults: which operation fails, for whom, and at which attempts."""

from dataclasses import replace
from typing import Any

from simulator.control import schemas
from simulator.control.table import Calls, store
from simulator.core import faults
from simulator.core.clock import iso
from simulator.core.errors import BadInput
from simulator.core.fault_operations import LONGEST_DELAY, Operation, all_operations
from simulator.core.faults import Fault
from simulator.core.sandbox import Db
from simulator.web.calls.fields import Field, choice, flag, instant, objects, read_nested, seconds, share, text, whole
from simulator.web.fault_routes import METHODS

blueprint = Calls("faults", __name__)

MOST = 100
MOST_TIMES = 1_000_000


FAULT = {
    "operation": Field(text(longest=80).read, {"$ref": "#/components/schemas/FaultOperation"}),
    "route": replace(text(longest=200), note="A method and a path below the sandbox, in place of an operation."),
    "outcome": Field(text(longest=60).read, {"$ref": "#/components/schemas/FaultOutcome"}),
    "method": choice(*METHODS, note="Of a route; every method when left out."),
    "person": text(longest=254),
    "company": text(longest=20),
    "nth": whole(least=1, most=MOST_TIMES),
    "times": whole(least=0, most=MOST_TIMES),
    "probability": replace(share(), note="How likely each of the calls fails; the sandbox's seed decides."),
    "until": replace(instant(), note="An instant of the sandbox's clock."),
    "seconds": replace(seconds(LONGEST_DELAY), note="How late, with the outcome late."),
    "hidden": replace(flag(), note="No page says that a test ordered it."),
}
"""A fault, of an operation or a route; ``times`` 0 stands for always."""

ALL = {"faults": objects(most=MOST, required=True)}


@blueprint.call("GET", "/operations")
def list_operations() -> list[schemas.Operation]:
    """List everything that can fail, with the outcomes; the meaning of the outcomes of routes and jobs is the same for all."""
    return [_operation(operation) for operation in all_operations()]


@blueprint.call("GET", "/sandboxes/{name}/faults", refusals=(404,))
def list_faults(name: str) -> list[schemas.Fault]:
    """List the faults in the order of creation, with how often the operation was attempted and how often it failed."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _all(db)


@blueprint.call("POST", "/sandboxes/{name}/faults", status=201, body=FAULT, body_as="fault", refusals=(404, 422))
def add_fault(name: str, fault: dict[str, Any]) -> schemas.Fault:
    """Let an operation fail: from the ``nth`` attempt on, ``times`` times (default 1; 0 for always)."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return _fault(_add(db, fault))


@blueprint.call("PUT", "/sandboxes/{name}/faults", body=ALL, body_as="replacement", refusals=(404, 422))
def replace_faults(name: str, replacement: dict[str, Any]) -> list[schemas.Fault]:
    """Replace all faults; each counts from the beginning."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        faults.remove_all(db)
        for at, sent in enumerate(replacement["faults"]):
            try:
                _add(db, read_nested(f"faults.{at}", sent, FAULT))
            except BadInput as error:
                raise BadInput([(_below(f"faults.{at}.", where), what) for where, what in error.problems]) from None
        return _all(db)


@blueprint.call("DELETE", "/sandboxes/{name}/faults", status=204, refusals=(404,))
def clear_faults(name: str) -> None:
    """Delete all faults."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        faults.remove_all(db)


def _below(path: str, where: str) -> str:
    return where if where.startswith(path) else path + where


def _add(db: Db, sent: dict[str, Any]) -> Fault:
    times = 1 if sent["times"] is None else sent["times"] or None
    return faults.add(db, **(sent | {"nth": sent["nth"] or 1, "times": times, "hidden": bool(sent["hidden"])}))


def _operation(operation: Operation) -> schemas.Operation:
    return {
        "operation": operation.name,
        "meaning": operation.meaning,
        "outcomes": operation.outcomes,
        "methods": list(operation.methods),
        "path": operation.path,
    }


def _all(db: Db) -> list[schemas.Fault]:
    return [_fault(fault) for fault in faults.all_of(db)]


def _fault(fault: Fault) -> schemas.Fault:
    return {
        "id": fault.id,
        "operation": fault.operation,
        "outcome": fault.outcome,
        "method": fault.method,
        "person": fault.person,
        "company": fault.company,
        "nth": fault.nth,
        "times": fault.times or 0,
        "probability": fault.probability,
        "until": iso(fault.until) if fault.until is not None else None,
        "seconds": fault.seconds,
        "hidden": fault.hidden,
        "seen": fault.seen,
        "used": fault.used,
    }
