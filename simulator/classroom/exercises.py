"""The exercises that there are, as the server uses them; their format, ``e2e.engine.exercise``, is imported with the first one."""

import logging
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from simulator.core import texts
from simulator.core.companions import companion
from simulator.core.errors import NotFound

OF_A_MANUAL = "manual."
"""How the id of an exercise begins that is a manual as it stands."""

OF_A_CASE = "case-"
"""How the names of scenarios begin that are the state of the exercise with the rest of the name."""


@cache
def exercises() -> Mapping[str, Any]:
    """Return the exercises that come with the simulator, by id; one that is not as it should be is left out and logged."""
    loaded: Mapping[str, Any]
    loaded, problems = companion("e2e.engine.exercise").load_good()
    for problem in problems:
        logging.getLogger(__name__).warning("an exercise is left out: %s", problem)
    return loaded


@cache
def manual_exercises() -> Sequence[str]:
    """Return the ids of the manuals that are exercises as they stand."""
    ids: Sequence[str] = companion("e2e.engine.exercise").manual_exercises()
    return ids


@cache
def by_subject() -> Mapping[str, Sequence[str]]:
    """Return the ids of the exercises that come with the simulator, by their subject in the order of subjects."""
    subjects: Sequence[str] = companion("e2e.engine.exercise").SUBJECTS
    return {subject: [id_ for id_, entry in exercises().items() if entry.subject == subject] for subject in subjects}


@cache
def manuals_by_product() -> Mapping[str, Sequence[str]]:
    """Return the ids of the manuals that are exercises as they stand, by the code of their product."""
    manual_of = companion("e2e.engine.exercise").manual_of
    grouped: dict[str, list[str]] = {}
    for id_ in manual_exercises():
        grouped.setdefault(manual_of(id_.removeprefix(OF_A_MANUAL).partition(".")[0]).product, []).append(id_)
    return grouped


def exercise(id_: str, number: int = 1) -> Any:
    """Return an exercise by its id; that of a manual is ``manual.<id>``.

    Args:
        id_: of the exercise.
        number: of the trainee in the class, from 1: it decides what is varied.

    Raises:
        NotFound: there is none.
    """
    if id_.startswith(OF_A_MANUAL):
        if id_ in manual_exercises():
            return _exercise_of_manual(id_)
    elif id_ in exercises():
        first = exercises()[id_]
        return _exercise_of_trainee(id_, number) if first.choices > 1 else first
    raise NotFound("exercise", id_)


@cache
def _exercise_of_manual(id_: str) -> Any:
    return companion("e2e.engine.exercise").exercise_of_manual(id_)


@lru_cache(maxsize=256)
def _exercise_of_trainee(id_: str, number: int) -> Any:
    format_ = companion("e2e.engine.exercise")
    return format_.read_exercise(format_.FOLDER / f"{id_}.yaml", number)


@cache
def of_scenario(scenario: str) -> Any | None:
    """Return the exercise of a prepared state, ``lost-phone`` for ``case-lost-phone``; None when a scenario is no such state."""
    if not scenario.startswith(OF_A_CASE):
        return None
    format_ = companion("e2e.engine.exercise")
    file = format_.FOLDER / f"{scenario.removeprefix(OF_A_CASE)}.yaml"
    return format_.read_exercise(file) if file.is_file() else None


def words(texts: Any, language: str, exercise_language: str) -> str:
    """Return a text of an exercise in a language, or in the language of the exercise when nobody wrote it in that one."""
    own = texts.in_language(language, exercise_language)
    return str(own if own is not None else texts.source(exercise_language))


def overlay(exercise: Any, number: int) -> dict[str, Any]:
    """Return the overlay of a trainee's sandbox: what the exercise lays over its scenario, with names of the trainee's own.

    Args:
        exercise: of ``e2e.engine.exercise``, that of the trainee.
        number: of the trainee in the class, from 1.
    """
    people = {entry.get("key") or entry.get("email"): dict(entry) for entry in exercise.overlay.get("people", ())}
    for varied in exercise.varied:
        for field in ("first_name", "last_name"):
            if names := getattr(varied, field):
                people.setdefault(varied.person, {"key": varied.person})[field] = names[(number - 1) % len(names)]
    return {**exercise.sections, "people": list(people.values())} if people else exercise.sections


@cache
def labels_of(source: str, language: str) -> Any:
    """Return what looks labels of one language up in another: ``e2e.engine.texts.Labels``."""
    spoken = {name: texts.spoken(name) for name in {source, language}}
    return companion("e2e.engine.texts").Labels(source, language, spoken)


def title_of(exercise_id: str, language: str) -> str:
    """Return the title of an exercise; its id when it does not come with this release."""
    try:
        exercise_ = exercise(exercise_id)
    except NotFound:
        return exercise_id
    return words(exercise_.title, language, exercise_.language)
