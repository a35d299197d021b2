"""An exercise as data: what a customer says, what the trainee has to reach, hints, and how it is solved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AwareDatetime, BeforeValidator, Field, WithJsonSchema, model_validator

from .library import FOLDER as MANUALS
from .model import Fact, Manual, Start, Step, fact, identifier, instant
from .platform_names import PlatformNames, names_missing_in_exercise
from .reading import ManualError, located, parse, read_each, read_file, read_manual
from .words import Language, Strict, Words, refuse, replace_variables, variables_in

FOLDER = Path(__file__).resolve().parent.parent / "exercises"
"""The exercises that come with the project, beside its manuals."""

OF_A_MANUAL = "manual."
"""How the id of an exercise begins that is a manual as it stands."""

STAYING = frozenset({"event", "mailed"})
"""Facts that stay true once they are."""

RESERVED = ("code", "number", "person")
"""Variables of manuals."""

NAME_OF_A_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")

STATES = frozenset({"client", "has_role", "participant", "sales_invoice"})
"""Facts about a state that a manual brings about, when it has none of the others."""

SIGNING_IN = ({"event": "user.signed_in"},)
"""A manual that brings about no more is no exercise: who reads only leaves no trace."""

Subject = Literal["sign-in", "users", "licences", "e-invoices", "programs"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
"""What a supporter is asked about, in the order of lists. Own choice."""

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


class Intervention(Strict):
    """What somebody outside does, the customer's dealer say: a call of the control API below the sandbox.

    Attributes:
        put: the path, such as ``servers/office``.
        values: under the key ``with``, what is set.
    """

    put: str
    values: dict[str, Any] = Field(alias="with")


class WrongTurn(Strict):
    """Something that a trainee may do and should not.

    Attributes:
        id: unique in the exercise.
        title: what was done, for the trainer.
        facts: all of them hold once it was done.
        before: what somebody outside has to do before, as in a solution.
        steps: how somebody takes this turn, in the vocabulary of manuals.
    """

    id: Name
    title: Words
    facts: Facts
    before: list[Intervention] = Field(default_factory=list)
    steps: list[Step] = Field(default_factory=list)


class Solution(Strict):
    """How the exercise is solved: by a manual in the state of the exercise, or by steps of its own.

    Attributes:
        manual: the id of a manual.
        variant: one of its variants.
        steps: steps, in the vocabulary of manuals.
        before: what somebody outside has to do before; the trainer does it when the trainee has found out what is missing.
    """

    manual: str | None = None
    variant: str | None = None
    before: list[Intervention] = Field(default_factory=list)
    steps: list[Step] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_manual_or_steps(self) -> "Solution":
        if bool(self.manual) == bool(self.steps):
            raise refuse("either a manual or steps", None, key="manual")
        return self


class Variation(Strict):
    """What differs from trainee to trainee: names of a person of the cast, or a variable. The trainee's number chooses.

    Attributes:
        person: the key of the person.
        first_name: the first names to choose from.
        last_name: the last names to choose from.
        variable: what ``{variable}`` stands for anywhere in the exercise; one that stands for a person of the cast has
            what people have, ``{variable.name}``.
        values: the values to choose from.
    """

    person: str | None = None
    first_name: list[str] = Field(default_factory=list)
    last_name: list[str] = Field(default_factory=list)
    variable: str | None = None
    values: list[str | int] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_of_a_person_or_a_variable(self) -> "Variation":
        name = self.variable
        if (self.person is None) == (name is None):
            raise refuse("either a person or a variable", None, key="variable")
        if bool(self.values) != (name is not None):
            raise refuse("values beside a variable, and only there", self.values or None, key="values")
        if name is not None and (self.first_name or self.last_name):
            raise refuse("names beside a person", name, key="variable")
        if name is not None and (name in RESERVED or not NAME_OF_A_VARIABLE.fullmatch(name)):
            raise refuse("lower-case letters, digits and underscores, and no variable of manuals", name, key="variable")
        return self

    @property
    def choices(self) -> int:
        """How many different trainees there are."""
        return max(len(self.values), len(self.first_name), len(self.last_name), 1)


class HiddenFault(Strict):
    """A failure that the trainee meets and is told nothing of: the fields of a fault of the control API.

    Attributes:
        operation: what fails, such as ``email.deliver``.
        route: a page or form that fails, in its place, such as ``POST /admin/users/add``.
        outcome: how it fails; the operation's first outcome when left out.
        method: of a route as an operation.
        person: for whom, a key of the cast or an address; for everybody when left out.
        company: for which company, a key of the scenario or an organisation number; for all when left out.
        nth: from which call on.
        times: how often; 0 for always.
        probability: of each failure, from 0 to 1.
        until: up to which instant of the sandbox's clock.
        seconds: by how much it is late.
    """

    operation: str | None = None
    route: str | None = None
    outcome: str | None = None
    method: str | None = None
    person: str | None = None
    company: str | None = None
    nth: int = Field(default=1, ge=1, strict=True)
    times: int = Field(default=1, ge=0, strict=True)
    probability: float | None = Field(default=None, ge=0, le=1)
    until: Annotated[AwareDatetime | None, BeforeValidator(instant), WithJsonSchema({"type": "string"})] = None
    seconds: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_of_an_operation_or_a_route(self) -> "HiddenFault":
        if (self.operation is None) == (self.route is None):
            raise refuse("either an operation or a route", None, key="operation")
        return self


class Exercise(Strict):
    """One exercise.

    Attributes:
        id: unique among all exercises.
        title: in a few words.
        subject: what it is about; lists are grouped by it.
        language: the language of its labels and of texts without a language.
        scenario: the prepared state that it begins with.
        now: the instant at which its clock stands at first; without it, the scenario decides.
        person: as whom the trainee acts at first, a key of the scenario's cast; None when there is no such person.
        start: where the trainee begins; without it signed in on the page ``home``, or there without a person.
        says: what the customer says.
        task: what the trainee has to do.
        minutes: the time limit.
        goals: what has to be reached.
        hints: from a nudge to nearly the solution.
        wrong_turns: what should not be done.
        solution: how it is solved.
        varied: what differs from trainee to trainee.
        overlay: under the key ``with``, what is laid over the scenario, in the shape of a scenario.
        faults: what fails, without a word to the trainee.
    """

    id: Name
    title: Words
    subject: Subject | None = None
    language: Language = "en"
    scenario: str
    now: Annotated[AwareDatetime | None, BeforeValidator(instant), WithJsonSchema({"type": "string"})] = None
    person: str | None = None
    start: Start | None = None
    says: Words | None = None
    task: Words
    minutes: int | None = Field(default=None, ge=1, le=480)
    goals: list[Goal] = Field(min_length=1)
    hints: list[Words] = Field(default_factory=list)
    wrong_turns: list[WrongTurn] = Field(default_factory=list)
    solution: Solution
    varied: list[Variation] = Field(default_factory=list)
    overlay: dict[str, Any] = Field(default_factory=dict, alias="with")
    faults: list[HiddenFault] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Exercise":
        for key in ("goals", "wrong_turns"):
            ids = [part.id for part in getattr(self, key)]
            twice = next((name for name in ids if ids.count(name) > 1), None)
            if twice is not None:
                raise refuse("each id once", twice, key=key)
        return self

    @property
    def sections(self) -> dict[str, Any]:
        """What is laid over the scenario, with the hidden faults, as JSON."""
        faults = [{**fault.model_dump(mode="json", exclude_none=True), "hidden": True} for fault in self.faults]
        return {**self.overlay, "faults": faults} if faults else self.overlay

    @property
    def choices(self) -> int:
        """How many trainees there are after whom the exercise repeats itself, at least."""
        return max((varied.choices for varied in self.varied), default=1)


@dataclass(frozen=True)
class Procedure:
    """How somebody gets to the goals of an exercise, or takes a wrong turn.

    Attributes:
        language: the language that labels and texts are written in.
        person: as whom, a key of the cast; None when nobody has an account yet.
        signed_in: whether that person is signed in at first.
        page: the page that is opened first; None when the steps open one.
        steps: the steps.
        variant: the variant of the manual that they are of.
        folder: where files are that are uploaded.
    """

    language: str
    person: str | None
    signed_in: bool
    page: str | None
    steps: Sequence[Step]
    variant: str | None
    folder: Path


def solution_of(exercise: Exercise) -> Procedure:
    """Return how an exercise is solved.

    Raises:
        ManualError: there is no such manual, or it has no such variant.
    """
    solution = exercise.solution
    if solution.manual is None:
        return procedure_of(exercise, solution.steps)
    manual, variant = manual_of(solution.manual), variant_of(solution)
    if exercise.start is not None:
        signed_in, page = _start(exercise)
    else:
        signed_in, page = manual.start_in(variant)
    steps = [step for _, step in manual.steps_in(variant)]
    return Procedure(manual.language, manual.person_in(variant), signed_in, page, steps, variant, MANUALS)


def procedure_of(exercise: Exercise, steps: Sequence[Step]) -> Procedure:
    """Return the procedure that some steps of an exercise itself are, such as those of a wrong turn."""
    signed_in, page = _start(exercise)
    return Procedure(exercise.language, exercise.person, signed_in, page, steps, None, FOLDER)


def variant_of(solution: Solution) -> str | None:
    """Return the variant of the manual that solves an exercise: the one that is named, or the first.

    Raises:
        ManualError: the manual has no such variant.
    """
    manual = manual_of(str(solution.manual))
    names = manual.variant_names()
    if solution.variant is not None and solution.variant not in names:
        expected = ", ".join(filter(None, names)) or "none"
        raise ManualError([f"{manual.id}: expected one of its variants ({expected}), found {solution.variant!r}"])
    return solution.variant or names[0]


@cache
def manual_of(id_: str) -> Manual:
    """Return a manual that comes with the project.

    Raises:
        ManualError: there is none of that id.
    """
    return read_manual(MANUALS / f"{id_}.yaml")


def manual_exercises() -> list[str]:
    """Return the ids of the manuals that are exercises as they stand: those with facts that say when they are done.

    The first variant of a manual has no more than the manual's id, ``manual.join-elma``; others have their own name behind it,
    ``manual.join-elma.with-help``.
    """
    manuals = [manual_of(path.stem) for path in sorted(MANUALS.glob("*.yaml"))]
    return [
        _id_of(manual, variant) for manual in manuals for variant in manual.variant_names() if _goals_of(manual, variant)
    ]


def _id_of(manual: Manual, variant: str | None) -> str:
    return OF_A_MANUAL + manual.id + ("" if variant == manual.variant_names()[0] else f".{variant}")


def exercise_of_manual(id_: str) -> Exercise | None:
    """Return a manual as an exercise; None when no fact says whether it was carried out.

    Its goals are the steps whose facts stay true, and the last step that brings about a state, if it comes after them.

    Args:
        id_: the id of the exercise, ``manual.leave-elma``.

    Raises:
        ManualError: there is no such manual, or it has no such variant.
    """
    name, _, variant_name = id_.removeprefix(OF_A_MANUAL).partition(".")
    manual = manual_of(name)
    variant = variant_of(Solution(manual=name, variant=variant_name or None))
    goals = _goals_of(manual, variant)
    if not goals:
        return None
    signed_in, page = manual.start_in(variant)
    condition = manual.variants[variant].condition if variant else None
    exercise = Exercise(
        id=manual.id,
        title=_with_condition(manual.title, condition) if condition else manual.title,
        language=manual.language,
        scenario=manual.scenario,
        now=manual.now,
        person=manual.person_in(variant),
        start=Start(open=page, signed_in=signed_in),
        says=condition,
        task=manual.title,
        goals=goals,
        solution=Solution(manual=manual.id, variant=variant),
    )
    return exercise.model_copy(update={"id": id_})


def _with_condition(title: Words, condition: Words) -> Words:
    both = {language: f"{text} ({condition.by_language.get(language, '')})" for language, text in title.by_language.items()}
    return Words.model_validate({language: text.removesuffix(" ()") for language, text in both.items()})


def _goals_of(manual: Manual, variant: str | None) -> list[Goal]:
    steps = [(number, step, step.facts(variant)) for number, step in manual.steps_in(variant) if step.facts(variant)]
    staying = [(number, step, [fact for fact in facts if _stays(fact)]) for number, step, facts in steps]
    states = [(number, step, [fact for fact in facts if _is_brought_about(fact)]) for number, step, facts in steps]
    lasting = [row for row in staying if row[2]]
    last = lasting[-1][0] if lasting else 0
    lasting += [row for row in states if row[2] and row[0] > last][-1:]
    if all(fact in SIGNING_IN for _, _, facts in lasting for fact in facts):
        return []
    return [Goal(id=f"step-{number}", title=_unmarked(step.tell), facts=facts) for number, step, facts in lasting]


def _unmarked(text_of_step: Words) -> Words:
    """Return a text of a step without the signs around labels: titles have no bold words."""
    return Words.model_validate({language: text.replace("**", "") for language, text in text_of_step.by_language.items()})


def _stays(fact: Fact) -> bool:
    return set(fact) <= STAYING and not {"code", "number"} & set(variables_in(str(fact)))


def _is_brought_about(fact: Fact) -> bool:
    return set(fact) <= STATES and not any(value is False for content in fact.values() for value in content.values())


def _start(exercise: Exercise) -> tuple[bool, str | None]:
    start = exercise.start or Start()
    signed_in = exercise.person is not None if start.signed_in is None else start.signed_in
    return signed_in, start.open or ("home" if signed_in else None)


def check(
    files: Sequence[str] = (), folder: Path = FOLDER, platform: PlatformNames | None = None, languages: Sequence[str] = ()
) -> list[str]:
    """Check exercise files; without any, all of the folder.

    Args:
        files: The files.
        folder: Where exercises are without them.
        platform: What the platform has; without it names are not compared with it.
        languages: The languages that labels are looked up in; without them that of the exercise.

    Returns:
        One line for each problem: file, line, key, what was expected and found. Empty when all is well.
    """
    problems: list[str] = []
    owner: dict[str, Path] = {}
    for path in [Path(file) for file in files] if files else sorted(folder.glob("*.yaml")):
        number, choices = 1, 1
        while number <= choices:
            try:
                exercise = read_exercise(path, number)
                solution_of(exercise)
            except ManualError as error:
                problems += error.problems
                break
            number, choices = number + 1, exercise.choices
            if owner.setdefault(exercise.id, path) != path:
                expected = f"expected an id of its own, found '{exercise.id}', which {owner[exercise.id]} has"
                problems.append(located(path, ["id"], expected))
                break
            if platform is not None:
                problems += names_missing_in_exercise(path, exercise, platform, languages or [exercise.language])
    return list(dict.fromkeys(problems))


def read_exercise(path: Path, number: int = 1) -> Exercise:
    """Read one exercise, as a trainee gets it: each variable is replaced by its value.

    Args:
        path: The file.
        number: Of the trainee in the class, from 1.

    Raises:
        ManualError: The file cannot be read, is no YAML, or is no exercise; a line for each problem.
    """
    return parse(read_file(path), str(path), Exercise, lambda raw: _of_trainee(raw, number))


def _of_trainee(raw: Any, number: int) -> Any:
    """Return what a file says with the values of a trainee in the place of variables; what is malformed stays, to be refused."""
    varied = raw.get("varied") if isinstance(raw, dict) else None
    values: dict[str, Any] = {}
    for entry in varied if isinstance(varied, list) else ():
        choices = entry.get("values") if isinstance(entry, dict) else None
        if isinstance(choices, list) and choices:
            values[str(entry.get("variable"))] = choices[(number - 1) % len(choices)]
    if not values:
        return raw
    return {key: part if key == "varied" else _replaced(part, values) for key, part in raw.items()}


def _replaced(part: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(part, dict):
        return {key: _replaced(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_replaced(item, values) for item in part]
    if not isinstance(part, str):
        return part
    if part[:1] + part[-1:] == "{}" and part[1:-1] in values:
        return values[part[1:-1]]
    return replace_variables(part, values)


def load(folder: Path = FOLDER) -> dict[str, Exercise]:
    """Read the exercises of a folder: id → exercise, by id.

    Raises:
        ManualError: Some of them are not as they should be, or two have the same id; a line for each problem.
    """
    exercises, problems = load_good(folder)
    if problems:
        raise ManualError(problems)
    return exercises


def load_good(folder: Path = FOLDER) -> tuple[dict[str, Exercise], list[str]]:
    """Read those exercises of a folder that are as they should be.

    Returns:
        id → exercise, by id, and a line for each problem of the others.
    """
    exercises, problems = read_each(sorted(folder.glob("*.yaml")), _read_named)
    return {exercise.id: exercise for _, exercise in sorted(exercises, key=lambda row: row[1].id)}, problems


def _read_named(path: Path) -> Exercise:
    exercise = read_exercise(path)
    if exercise.id != path.stem:
        raise ManualError([located(path, ["id"], f"expected the name of the file, '{path.stem}', found '{exercise.id}'")])
    return exercise
