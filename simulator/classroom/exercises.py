"""The exercises that there are, as the server uses them; their format, ``e2e.engine.exercise``, is imported with the first one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from simulator.core.companions import companion
from simulator.core.errors import NotFound


@cache
def exercises() -> Mapping[str, Any]:
    """Return the exercises that come with the simulator, by id."""
    loaded: Mapping[str, Any] = companion("e2e.engine.exercise").load()
    return loaded


def exercise(id_: str) -> Any:
    """Return an exercise by its id.

    Raises:
        NotFound: there is none.
    """
    if id_ not in exercises():
        raise NotFound("exercise", id_)
    return exercises()[id_]


def words(texts: Any, language: str, exercise_language: str) -> str:
    """Return a text of an exercise in a language, or in the language of the exercise when nobody wrote it in that one."""
    own = texts.in_language(language, exercise_language)
    return str(own if own is not None else texts.source(exercise_language))
