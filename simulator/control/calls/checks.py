"""The call that checks facts: the vocabulary of tests, exercises and manuals."""

from typing import Any

from simulator.control import schemas
from simulator.control.scenario_tasks import summary_of
from simulator.control.table import Calls, store
from simulator.core import facts as vocabulary
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.web.calls.fields import objects
from simulator.web.platform import platform

blueprint = Calls("checks", __name__)

MOST = 100

QUESTION = {"facts": objects(most=MOST)}


@blueprint.call("POST", "/sandboxes/{name}/check", body=QUESTION, refusals=(404, 422))
def check(name: str, facts: list[Any] | None) -> list[schemas.Finding]:
    """Check for each fact whether it holds; ``found`` is the actual state. Without facts, those that say when it is solved."""
    platform().load_all()
    schemas.registered_facts()
    with store().open(name) as sandbox, sandbox.reading() as db:
        findings = vocabulary.check(db, _solved(db) if facts is None else facts)
        return [{"fact": finding.fact, "holds": finding.holds, "found": finding.actual} for finding in findings]


def _solved(db: Db) -> list[Any]:
    """Return the facts that say whether the task of a sandbox's scenario is done.

    Raises:
        BadInput: the scenario names none.
    """
    summary = summary_of(db)
    if not summary or not summary["solved"]:
        raise BadInput([("facts", f"name some: the scenario {db.record.scenario} does not say when its task is solved")])
    return list(summary["solved"])
