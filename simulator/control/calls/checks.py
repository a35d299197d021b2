"""The call that checks facts: the vocabulary of tests, exercises and manuals."""

from collections.abc import Mapping
from typing import Any

from simulator.control.answers import Answer
from simulator.control.shapes import objects
from simulator.control.table import call, store
from simulator.core import facts as vocabulary
from simulator.web.platform import platform

MOST = 100

QUESTION = {"facts": objects(most=MOST, required=True)}


def registered_facts() -> Mapping[str, vocabulary.Question]:
    """Return every fact by its name, from all packages that have some."""
    from simulator.directory import facts as of_directory
    from simulator.documents.model import facts as of_documents

    assert of_directory and of_documents
    return vocabulary.FACTS


@call("POST", "/sandboxes/{name}/check", "Finding[]", body=QUESTION, refusals=(404, 422))
def check(name: str, facts: list[Any]) -> list[Answer]:
    """Check for each fact whether it holds; ``found`` is the actual state."""
    platform().load_all()
    registered_facts()
    with store().open(name) as sandbox, sandbox.reading() as db:
        findings = vocabulary.check(db, facts)
        return [{"fact": finding.fact, "holds": finding.holds, "found": finding.found} for finding in findings]
