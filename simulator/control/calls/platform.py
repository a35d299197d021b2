"""Calls about the platform itself: its scenarios and texts."""

from simulator.control import schemas, table
from simulator.control.table import call
from simulator.core import texts
from simulator.core.errors import NotFound


@call("GET", "/scenarios")
def scenarios() -> list[schemas.Scenario]:
    """List the scenarios: those that have problems cannot be used."""
    summaries: list[schemas.Scenario] = table.scenarios().summaries()
    return summaries


@call("GET", "/texts/{language}", refusals=(404,))
def texts_of(language: str) -> dict[str, str]:
    """Return the texts of the screens in a language, by text key."""
    if language not in (*texts.LANGUAGES, texts.PSEUDO):
        raise NotFound("language", language)
    return texts.spoken(language)
