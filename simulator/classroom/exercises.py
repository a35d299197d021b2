"""The exercises that there are, as the server uses them; their format, ``e2e.engine.exercise``, is imported with the first one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from simulator.core import texts
from simulator.core.companions import companion
from simulator.core.errors import NotFound

OF_A_MANUAL = "manual."
"""How the id of an exercise begins that is a manual as it stands."""

OF_A_CASE = "case-"
"""How the names of scenarios begin that are the state of the exercise with the rest of the name."""


@dataclass(frozen=True)
class Spot:
    """A thing on a page that a step is about.

    Attributes:
        kind: what it is: ``link``, ``button``, ``textbox``, ``heading`` …; the kinds of manuals.
        label: what it says, in the language of the trainee.
        within: the name of the section that it is in.
        row: a text of the table row that it is in.
        exact: whether the label is all that it says.
        gone: whether it must not be there.
    """

    kind: str
    label: str
    within: str | None = None
    row: str | None = None
    exact: bool = True
    gone: bool = False


@dataclass(frozen=True)
class GuidedStep:
    """A step of the solution as the bar shows it.

    Attributes:
        tell: what to do, labels between ``**``.
        hint: what helps when it does not go like that.
        facts: hold once it is done; empty when only the page says so.
        spots: what the hand goes to, in order.
        seen: what is on the page once it is done.
    """

    tell: str
    hint: str | None
    facts: Sequence[Mapping[str, Any]]
    spots: Sequence[Spot]
    seen: Sequence[Spot]


@cache
def exercises() -> Mapping[str, Any]:
    """Return the exercises that come with the simulator, by id."""
    loaded: Mapping[str, Any] = companion("e2e.engine.exercise").load()
    return loaded


@cache
def manual_exercises() -> Sequence[str]:
    """Return the ids of the manuals that are exercises as they stand."""
    ids: Sequence[str] = companion("e2e.engine.exercise").manual_exercises()
    return ids


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


def steps(exercise: Any, language: str, fill: Callable[[str], str] = str) -> list[GuidedStep]:
    """Return the steps of the solution in a language.

    Args:
        exercise: of ``e2e.engine.exercise``.
        language: of the trainee.
        fill: fills in the variables of a text, as ``progress.filled`` does.
    """
    format_ = companion("e2e.engine.exercise")
    procedure = format_.solution_of(exercise)
    labels = labels_of(procedure.language, language)

    def spot(target: Any) -> Spot:
        return Spot(
            kind=target.kind,
            label=fill(labels.of(target.label)),
            within=fill(labels.of(target.within)) if target.within else None,
            row=fill(labels.of(target.in_row)) if target.in_row else None,
            exact=target.exact,
            gone=getattr(target, "state", None) == "gone",
        )

    guided = []
    for step in procedure.steps:
        targets = [target for action in step.actions(procedure.variant) if (target := _target(action)) is not None]
        keys = {target.label.text.source(procedure.language): target.label.key or target.key for target in targets}
        named = {label: key for label, key in keys.items() if key}
        guided.append(
            GuidedStep(
                tell=fill(labels.words(step.tell, named)),
                hint=fill(labels.words(step.hint, named)) if step.hint else None,
                facts=step.facts(procedure.variant),
                spots=[spot(target) for target in targets],
                seen=[spot(sight) for sight in step.sights(procedure.variant)],
            )
        )
    return guided


@cache
def labels_of(source: str, language: str) -> Any:
    """Return what looks labels of one language up in another: ``e2e.engine.texts.Labels``."""
    spoken = {name: texts.spoken(name) for name in {source, language}}
    return companion("e2e.engine.texts").Labels(source, language, spoken)


def _target(action: Any) -> Any | None:
    """Return the thing that an action is done with; None for one that is done with none, such as opening a page."""
    targets, value = companion("e2e.engine.targets"), getattr(action, action.word)
    if action.word == "enter_code":
        return targets.Target(textbox=value.textbox) if value.textbox is not None else None
    target = value.where if action.word == "press" else value
    is_named = isinstance(target, targets.FormField) and any(getattr(target, kind, None) for kind in targets.KINDS)
    return target if is_named else None


def title_of(exercise_id: str, language: str) -> str:
    """Return the title of an exercise; its id when it does not come with this release."""
    try:
        exercise_ = exercise(exercise_id)
    except NotFound:
        return exercise_id
    return words(exercise_.title, language, exercise_.language)
