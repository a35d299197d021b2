"""The call that asks whether facts hold: the vocabulary of tests, exercises and manuals."""

from typing import Any

from simulator.control.answers import Answer
from simulator.control.shapes import objects
from simulator.control.table import call, store
from simulator.core import facts as vocabulary

MOST = 100

QUESTION = {"facts": objects(most=MOST, required=True)}


@call("POST", "/sandboxes/{name}/check", "Finding[]", body=QUESTION, refusals=(404, 422))
def check(name: str, facts: list[Any]) -> list[Answer]:
    """Say for each fact whether it holds, and what was found instead."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        findings = vocabulary.check(db, facts)
        return [{"fact": finding.fact, "holds": finding.holds, "found": finding.found} for finding in findings]
