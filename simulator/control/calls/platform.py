"""Calls about the platform itself: its scenarios and texts, and the work that takes it long."""

from typing import cast

from simulator.control import schemas, table
from simulator.control.scenario_tasks import completed
from simulator.control.table import Calls
from simulator.core import progress, texts
from simulator.core.errors import NotFound

blueprint = Calls("platform", __name__)


@blueprint.call("GET", "/scenarios")
def scenarios() -> list[schemas.Scenario]:
    """List the scenarios: those that have problems cannot be used."""
    return [cast(schemas.Scenario, completed(summary)) for summary in table.scenarios().summaries()]


@blueprint.call("GET", "/progress")
def tasks() -> list[schemas.LongTask]:
    """List the work of this server that takes long: scenarios that are prepared for a sandbox, imports."""
    return [
        {
            "kind": task.kind,
            "name": task.name,
            "started_at": task.started_at.isoformat(),
            "done": task.done,
            "total": task.total,
        }
        for task in progress.running()
    ]


@blueprint.call("GET", "/texts/{language}", refusals=(404,))
def texts_of(language: str) -> dict[str, str]:
    """Return the texts of the screens in a language, by text key."""
    if language not in (*texts.LANGUAGES, texts.PSEUDO):
        raise NotFound("language", language)
    return texts.spoken(language)
