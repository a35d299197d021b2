"""An exercise as data: what a customer says, what the trainee has to reach, hints, and how it is solved."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, WithJsonSchema, model_validator

from .model import Fact, Step, fact, identifier, instant
from .reading import ManualError, parse, read_file
from .words import Language, Strict, Words, refuse

FOLDER = Path(__file__).resolve().parent.parent / "exercises"
"""The exercises that come with the project, beside its manuals."""

Facts = Annotated[list[Annotated[Fact, BeforeValidator(fact)]], Field(min_length=1)]
Name = Annotated[str, BeforeValidator(identifier)]


class Goal(Strict):
    """One thing that the trainee has to reach.

    Attributes:
        id: unique in the exercise.
        title: what is reached, in a few words.
        facts: all of them hold once it is reached.
        points: what it counts in the result.
    """

    id: Name
    title: Words
    facts: Facts
    points: int = Field(default=1, ge=1)


class WrongTurn(Strict):
    """Something that a trainee may do and should not.

    Attributes:
        id: unique in the exercise.
        title: what was done, for the trainer.
        facts: all of them hold once it was done.
        steps: the deeds of somebody who takes this turn, in the vocabulary of manuals; the suite takes it.
    """

    id: Name
    title: Words
    facts: Facts
    steps: list[Step] = Field(default_factory=list)


class Solution(Strict):
    """How the exercise is solved: by a manual in the state of the exercise, or by steps of its own.

    Attributes:
        manual: the id of a manual.
        variant: one of its variants.
        steps: steps, in the vocabulary of manuals.
    """

    manual: str | None = None
    variant: str | None = None
    steps: list[Step] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_manual_or_steps(self) -> "Solution":
        if bool(self.manual) == bool(self.steps):
            raise refuse("either a manual or steps", None, key="manual")
        return self


class Variation(Strict):
    """What differs from trainee to trainee: the names of a person of the cast. The trainee's number in the class chooses.

    Attributes:
        person: the key of the person.
        first_name: the first names to choose from.
        last_name: the last names to choose from.
    """

    person: str
    first_name: list[str] = Field(default_factory=list)
    last_name: list[str] = Field(default_factory=list)


class Exercise(Strict):
    """One exercise.

    Attributes:
        id: unique among all exercises.
        title: in a few words.
        language: the language of its labels and of texts without a language.
        scenario: the prepared state that it begins with.
        now: the instant at which its clock stands at first; without it, the scenario decides.
        person: as whom the trainee acts at first, a key of the scenario's cast; None when there is no such person.
        says: what the customer says.
        task: what the trainee has to do.
        minutes: the time limit.
        goals: what has to be reached.
        hints: from a nudge to nearly the solution.
        wrong_turns: what should not be done.
        solution: how it is solved.
        varied: what differs from trainee to trainee.
        faults: hidden faults, as the control API takes them.
    """

    id: Name
    title: Words
    language: Language = "en"
    scenario: str
    now: Annotated[AwareDatetime | None, BeforeValidator(instant), WithJsonSchema({"type": "string"})] = None
    person: str | None = None
    says: Words | None = None
    task: Words
    minutes: int | None = Field(default=None, ge=1, le=480)
    goals: list[Goal] = Field(min_length=1)
    hints: list[Words] = Field(default_factory=list)
    wrong_turns: list[WrongTurn] = Field(default_factory=list)
    solution: Solution
    varied: list[Variation] = Field(default_factory=list)
    faults: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Exercise":
        for key in ("goals", "wrong_turns"):
            ids = [part.id for part in getattr(self, key)]
            twice = next((name for name in ids if ids.count(name) > 1), None)
            if twice is not None:
                raise refuse("each id once", twice, key=key)
        return self


def read_exercise(path: Path) -> Exercise:
    """Read one exercise.

    Raises:
        ManualError: The file cannot be read, is no YAML, or is no exercise; a line for each problem.
    """
    return parse(read_file(path), str(path), Exercise)


def load(folder: Path = FOLDER) -> dict[str, Exercise]:
    """Read the exercises of a folder: id → exercise, by id.

    Raises:
        ManualError: Some of them are not as they should be, or two have the same id; a line for each problem.
    """
    exercises: dict[str, Exercise] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            exercise = read_exercise(path)
        except ManualError as error:
            problems += error.problems
            continue
        if exercise.id in exercises:
            problems.append(f"{path}: id: expected an id of its own, found '{exercise.id}' again")
        exercises[exercise.id] = exercise
    if problems:
        raise ManualError(problems)
    return dict(sorted(exercises.items()))
