"""The call that checks facts: the vocabulary of tests, exercises and manuals."""

from typing import Any

from simulator.control import schemas
from simulator.control.table import call, store
from simulator.core import facts as vocabulary
from simulator.web.calls.fields import objects
from simulator.web.platform import platform

MOST = 100

QUESTION = {"facts": objects(most=MOST, required=True)}


@call("POST", "/sandboxes/{name}/check", body=QUESTION, refusals=(404, 422))
def check(name: str, facts: list[Any]) -> list[schemas.Finding]:
    """Check for each fact whether it holds; ``found`` is the actual state."""
    platform().load_all()
    schemas.registered_facts()
    with store().open(name) as sandbox, sandbox.reading() as db:
        findings = vocabulary.check(db, facts)
        return [{"fact": finding.fact, "holds": finding.holds, "found": finding.actual} for finding in findings]
