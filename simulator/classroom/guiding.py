"""Guided mode: the step of the solution that a trainee is at, and where on the page it is done.

Own choice: a step is over when its facts hold that did not when it began; one without such facts when what it leads to is on the
page, which the page's script sees, or when the trainee says so. How far the trainee is, is in the file of the class; at which thing
of the step the hand is, in a cookie of the browser. Without it, and without a script, facts alone decide.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import request
from markupsafe import Markup, escape
from sqlalchemy import select

from simulator.classroom.classes import Class, OtherVersion, StepState
from simulator.classroom.progress import filled, progress, ticks
from simulator.classroom.steps import GuidedAction, Unknown, sign_in_before, step_at, waits
from simulator.classroom.teaching import Membership, classroom
from simulator.core import outbox
from simulator.core.companions import companion
from simulator.core.errors import BadInput, NotFound
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.signing_in import push

COOKIE = "vnsim_step"
"""``<generation>.<number of the step>.<how many of its actions are done>``; the page's script writes it."""
LARGEST_NUMBER = 999


@dataclass(frozen=True)
class Help:
    """A sentence of a step beside its instruction.

    Attributes:
        action: position of the action that it is for, from 0.
        text: the sentence; None when the name of the page says enough.
        page: the path, below the sandbox, of the page that it leads to; None for none.
    """

    action: int
    text: str | None
    page: str | None


@dataclass(frozen=True)
class Guide:
    """The step at hand.

    Attributes:
        number: of the step, from 1.
        total: how many steps there are.
        first: what comes before it for somebody who is signed out: to sign in; None when that is not needed.
        tell: what to do, labels in bold.
        hint: what helps when it does not go like that.
        generation: of the sandbox, for the cookie.
        actions: what the hand does, as JSON for the page's script.
        seen: what is on the page once it is done, as JSON.
        helps: sentences with links.
        outside: position of the action that somebody outside does; None when there is none.
        is_fact: whether the sandbox says when it is over; otherwise the page's script or the trainee does.
        holds: whether its facts hold, though the hand is in the middle of it.
        is_again: whether it is displayed once more; what is on the page says nothing then.
    """

    number: int
    total: int
    first: str | None
    tell: Markup
    hint: Markup | None
    generation: str
    actions: str
    seen: str
    helps: Sequence[Help]
    outside: int | None
    is_fact: bool
    holds: bool
    is_again: bool


def following(
    state: StepState | None, generation: str, answers: Sequence[bool | None], hand: int, actions: int
) -> StepState:
    """Return how far a trainee is now.

    Facts that held before a step began say nothing about it: it is passed by what is seen. Facts of a later step that have come
    true while the hand is at nothing of this step say that the trainee has gone ahead.

    Args:
        state: how far it was; None at first.
        generation: of the sandbox; another one than before when it was put back.
        answers: for each step whether its facts hold, as ``progress.ticks`` gives them.
        hand: how many actions of the present step are done in the browser.
        actions: how many it has.
    """
    holding = tuple(at for at, holds in enumerate(answers) if holds)
    if state is None:
        return StepState(generation, 0, holding, holding)
    if state.generation != generation:
        passed = max((at for at in holding if at not in state.at_first), default=-1) + 1
        return StepState(generation, passed, state.at_first, holding)
    fresh = [at for at in holding if at not in state.before and at >= state.passed]
    if fresh and not hand:
        return StepState(generation, max(fresh) + 1, state.at_first, holding)
    if state.passed in fresh and hand >= actions:
        return StepState(generation, state.passed + 1, state.at_first, holding)
    return state


def step_of_open_goal(answers: Sequence[bool | None], belongs: Sequence[bool]) -> int:
    """Return the position of the step to go back to when all are over and a goal is open.

    That is the first whose facts do not hold after the last whose facts do, for earlier ones may have come and gone; without such
    one any whose facts do not hold, then one that belongs to the goal.

    Args:
        answers: for each step whether its facts hold, as ``progress.ticks`` gives them.
        belongs: for each step whether a fact of an open goal is its own.
    """
    last = max((at for at, holds in enumerate(answers) if holds), default=-1)
    missing = [at for at, holds in enumerate(answers) if holds is False]
    later = [at for at in missing if at > last]
    own = [at for at, is_own in enumerate(belongs) if is_own]
    return next(iter(later or missing or own), 0)


def hand_at(generation: str, number: int) -> int:
    """Return how many actions of a step are done in the browser that asks.

    Args:
        generation: of the sandbox.
        number: of the step, from 1.
    """
    stem, _, rest = request.cookies.get(COOKIE, "").rpartition(f".{number}.")
    is_number = rest.isascii() and rest.isdigit() and len(rest) <= len(str(LARGEST_NUMBER))
    return int(rest) if stem == generation and is_number else 0


def state_now(db: Db, exercise: Any, state: StepState | None, language: str, *, over: int = 0, left: int = 0) -> StepState:
    """Return how far a trainee is in the sandbox as it is.

    Args:
        db: a transaction that reads.
        exercise: of ``e2e.engine.exercise``.
        state: how far the trainee was; None at first.
        language: of the trainee.
        over: number of the step that the trainee or the page says is over, from 1; another than the present one is none.
        left: number of the step that the trainee goes back from, likewise.

    Raises:
        BadInput: a fact of the exercise is malformed.
    """
    answers = _answers(db, exercise)
    generation = db.sandbox.path.stem
    holding = tuple(at for at, holds in enumerate(answers) if holds)
    is_present = state is not None and state.generation == generation and state.passed < len(answers)
    if state is not None and is_present and over == state.passed + 1:
        state = StepState(generation, over, state.at_first, holding)
    elif state is not None and is_present and left == state.passed + 1 > 1:
        return StepState(generation, left - 2, state.at_first, holding, "trainee")
    else:
        hand = actions = 0
        if state is not None and is_present:
            hand = hand_at(generation, state.passed + 1)
            surroundings = Surroundings.of(db, exercise, language)
            actions = len(step_at(exercise, state.passed, language, surroundings).actions) if hand else 0
        state = following(state, generation, answers, hand, actions)
    return _with_open_goals(db, exercise, state, answers)


def _with_open_goals(db: Db, exercise: Any, state: StepState, answers: Sequence[bool | None]) -> StepState:
    """Return a state in which steps are over only when no goal is open."""
    if state.passed < len(answers) and state.again != "goal":
        return state
    missing = [goal.id for goal in progress(db, exercise).goals if not goal.reached]
    if not missing:
        return replace(state, passed=len(answers), again=None)
    if state.passed < len(answers):
        return state
    facts = [fact for goal in exercise.goals if goal.id in missing for fact in goal.facts]
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    belongs = [any(fact in facts for fact in step.facts(procedure.variant)) for step in procedure.steps]
    holding = tuple(at for at, holds in enumerate(answers) if holds)
    return StepState(state.generation, step_of_open_goal(answers, belongs), state.at_first, holding, "goal")


def note(member: Membership, state: StepState) -> None:
    """Write down how far a trainee is."""

    def changed(class_: Class) -> Class:
        trainee = class_.trainees[member.trainee.id]
        attempt = replace(trainee.attempts[member.exercise], steps=state)
        return class_.with_trainee(replace(trainee, attempts={**trainee.attempts, member.exercise: attempt}))

    with suppress(NotFound, OtherVersion):
        classroom().classes.change(member.class_.name, changed)


def guide(db: Db, exercise: Any, state: StepState, language: str, *, is_signed_in: bool) -> Guide | None:
    """Return the step that the trainee is at; None when all are over. Who is signed out is led to the sign-in first.

    Raises:
        BadInput: a fact of the exercise is malformed.
    """
    answers = _answers(db, exercise)
    if state.passed >= len(answers):
        return None
    surroundings = Surroundings.of(db, exercise, language)
    step = step_at(exercise, state.passed, language, surroundings)
    sign_in = [] if is_signed_in else sign_in_before(exercise, state.passed, language, surroundings)
    first = next((action.help for action in sign_in if action.word == "fill"), None)
    if sign_in:
        said = [replace(action, help=None) if action.help == first else action for action in sign_in]
        step = replace(step, actions=said, hint=None, seen=())
    is_fact = answers[state.passed] is not None and state.passed not in state.before
    helps = [
        Help(at, action.help, action.page)
        for at, action in enumerate(step.actions)
        if action.help or action.page is not None
    ]
    return Guide(
        number=state.passed + 1,
        total=len(answers),
        first=first,
        tell=bold(step.tell),
        hint=bold(step.hint) if step.hint else None,
        generation=f"{state.generation}+" if sign_in else state.generation,
        actions=json.dumps([_plain(action) for action in step.actions], ensure_ascii=False),
        seen=json.dumps([asdict(spot) for spot in step.seen], ensure_ascii=False),
        helps=[row for at, row in enumerate(helps) if row.text or row.page not in [other.page for other in helps[:at]]],
        outside=next((at for at, action in enumerate(step.actions) if action.word == "outside"), None),
        is_fact=is_fact,
        holds=is_fact and bool(answers[state.passed]),
        is_again=state.again is not None,
    )


def _answers(db: Db, exercise: Any) -> list[bool | None]:
    """Return for each step whether its facts hold; None where they say nothing of what the hand does."""
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    answers = zip(ticks(db, exercise), procedure.steps, strict=True)
    return [None if waits(step, procedure.variant) else holds for holds, step in answers]


def _plain(action: GuidedAction) -> dict[str, Any]:
    return asdict(action)


def bold(words: str) -> Markup:
    """Return a text of an exercise with its labels, between ``**``, in bold."""
    parts = str(escape(words)).split("**")
    return Markup("".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts)))


@dataclass(frozen=True)
class Surroundings:
    """A sandbox as ``steps.Surroundings``.

    Attributes:
        db: a transaction that reads.
        reader: whom steps are written for, a key of the cast.
        language: of the trainee.
    """

    db: Db
    reader: str | None
    language: str

    @classmethod
    def of(cls, db: Db, exercise: Any, language: str) -> "Surroundings":
        """Return a sandbox as the solution of an exercise sees it."""
        return cls(db, companion("e2e.engine.exercise").solution_of(exercise).person, language)

    def fill(self, words: str) -> str:
        """Fill in the variables of a text."""
        if "{" not in words:
            return words
        for name, value_of in (("{number}", self._number), ("{code}", self._code)):
            if name in words:
                words = words.replace(name, value_of())
        try:
            return filled(words, self.db, self.reader)
        except BadInput as error:
            raise Unknown(str(error)) from None

    def person(self, key_or_address: str | None) -> tuple[str, str, bool]:
        """Return address and password of a person, and whether a code of the phone is asked for."""
        person = self.find(key_or_address)
        if person is None:
            return key_or_address or "", "", False
        secrets = self.db.get(ClearTextSecrets, person.id)
        return person.email, (secrets.password or "") if secrets else "", person.totp_secret is not None

    def phone(self, key_or_address: str | None) -> str:
        """Return the path of the page with a person's phone; that of all phones when the person has none."""
        person = self.find(key_or_address)
        return f"phone/{person.id}" if person is not None and credentials.has_phone(self.db, person) else "phone"

    def emergency_code(self, key_or_address: str | None) -> str:
        """Return a person's emergency code, empty when there is none."""
        person = self.find(key_or_address)
        secrets = self.db.get(ClearTextSecrets, person.id) if person is not None else None
        return (secrets.emergency_code or "") if secrets else ""

    def newest_mail(self, key_or_address: str | None, subject: str) -> tuple[str, str]:
        """Return the address that a mail goes to, and the path of the newest that is meant."""
        person = self.find(key_or_address)
        to = person.email if person is not None else key_or_address or ""
        mails = outbox.newest_first(self.db, to=to, kind="mail")
        return to, next((f"mail/{mail.id}" for mail in mails if subject in mail.subject), "mail")

    def say(self, key: str, **values: str) -> str:
        """Return a text of the platform."""
        return text(self.language, key, **values)

    def find(self, key_or_address: str | None) -> Person | None:
        """Return a person by key or address, the reader for None; None when there is nobody."""
        key = key_or_address or self.reader
        if key is None:
            return None
        by_key = self.db.scalar(select(Person).where(Person.key == key))
        return by_key or self.db.scalar(select(Person).where(Person.email == key))

    def _number(self) -> str:
        person = self.find(None)
        waiting = push.waiting(self.db, person) if person is not None else []
        if not waiting:
            raise Unknown("no sign-in waits to be approved")
        return waiting[-1].number

    def _code(self) -> str:
        for mail in outbox.newest_first(self.db, kind="mail"):
            if mail.codes:
                return str(mail.codes[0])
        raise Unknown("no mail has a code")
