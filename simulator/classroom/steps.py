"""The steps of a solution as data for the bar: what the hand does in each, on which thing or page, and what is there afterwards.

Source: ``docs/manual-format.md`` for what a step names. Own choice: what the bar makes of it. Steps that lead outside a page, to a
mail, a phone or another person, have a sentence with a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from simulator.classroom.exercises import labels_of
from simulator.core.companions import companion

SIGN_IN = (
    ("fill", "textbox", "email"),
    ("click", "button", "next"),
    ("fill", "textbox", "password"),
    ("click", "button", "submit"),
)
SECOND_STEP = (("fill", "textbox", "code"), ("click", "button", "confirm"))
"""What the hand does on the pages of the sign-in, by the names of ``e2e.engine.context.SIGN_IN_KEYS``."""


OF_A_PHONE = {"scanned": "exercise.code_scanned", "sms": "exercise.code_sms"}
"""Where codes are that come to somebody's phone, whose it is only the page says: text keys."""


class Unknown(Exception):
    """A variable of a step has no value yet, such as the code of a mail that was not sent."""


class Surroundings(Protocol):
    """The sandbox that steps are for."""

    def fill(self, text: str) -> str:
        """Fill in the variables of a text.

        Raises:
            Unknown: one has no value yet.
        """

    def person(self, key_or_address: str | None) -> tuple[str, str, bool]:
        """Return address and password of a person, and whether a code of the phone is asked for; None is the reader."""

    def phone(self, key_or_address: str | None) -> str:
        """Return the path of the page with a person's phone, below the sandbox."""

    def emergency_code(self, key_or_address: str | None) -> str:
        """Return a person's emergency code, empty when there is none."""

    def newest_mail(self, key_or_address: str | None, subject: str) -> tuple[str, str]:
        """Return the address that a mail goes to, and the path of its page below the sandbox: that of Mail when there is none."""

    def say(self, key: str, **values: str) -> str:
        """Return a text of the platform in the language of the trainee."""


@dataclass(frozen=True)
class Spot:
    """A thing on a page that a step is about.

    Attributes:
        kind: what it is: ``link``, ``button``, ``textbox``, ``heading`` …; the kinds of manuals.
        label: what it says, in the language of the trainee; empty for the field that a code goes into.
        within: the name of the section that it is in.
        row: a text of the table row that it is in.
        exact: whether the label is all that it says.
        places: where it stands, for telling several apart: a position, and the label that a relation is to.
        value: what the field holds, or the option that is chosen.
        state: ``enabled``, ``disabled``, ``checked``, ``unchecked``, or ``gone``.
    """

    kind: str
    label: str
    within: str | None = None
    row: str | None = None
    exact: bool = True
    places: Sequence[tuple[str, str | None]] = ()
    value: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class GuidedAction:
    """One thing that the hand does in a step.

    Attributes:
        word: of the vocabulary of manuals; ``go`` is to open a page, ``outside`` what nobody does on a page.
        spot: with what; None where no thing on a page is meant.
        values: what is typed, or the options that are chosen.
        page: the path, below the sandbox, of the page that is opened, or on which help is.
        help: a sentence for what the instruction cannot say: as whom, where a code is.
        is_skipped_if_absent: whether it is done only when its thing is there.
    """

    word: str
    spot: Spot | None = None
    values: Sequence[str] = ()
    page: str | None = None
    help: str | None = None
    is_skipped_if_absent: bool = False


@dataclass(frozen=True)
class GuidedStep:
    """A step of the solution as the bar shows it.

    Attributes:
        tell: what to do, labels between ``**``.
        hint: what helps when it does not go like that.
        facts: hold once it is done; empty when only the page says so.
        actions: what the hand does, in order.
        seen: what is on the page once it is done.
    """

    tell: str
    hint: str | None
    facts: Sequence[Mapping[str, Any]]
    actions: Sequence[GuidedAction]
    seen: Sequence[Spot]


def step_at(exercise: Any, at: int, language: str, sandbox: Surroundings) -> GuidedStep:
    """Return one step of the solution in a language.

    Args:
        exercise: of ``e2e.engine.exercise``.
        at: position of the step, from 0.
        language: of the trainee.
        sandbox: where it is done.
    """
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    step, variant = procedure.steps[at], procedure.variant
    writer = _Writer(labels_of(procedure.language, language), language, sandbox)
    actions = [action for source in step.actions(variant) for action in writer.actions(source)]
    if at == 0 and exercise.solution.before:
        actions.insert(0, GuidedAction("outside"))
    sights = step.sights(variant)
    named = [*(target for source in step.actions(variant) if (target := _target(source)) is not None), *sights]
    keys = {target.label.text.source(procedure.language): target.label.key for target in named if target.label.key}
    return GuidedStep(
        tell=writer.text(step.tell, keys),
        hint=writer.text(step.hint, keys) if step.hint else None,
        facts=step.facts(variant),
        actions=actions,
        seen=[spot for sight in sights if (spot := writer.spot(sight)) is not None],
    )


def sign_in_before(exercise: Any, at: int, language: str, sandbox: Surroundings) -> Sequence[GuidedAction]:
    """Return how somebody signs in before a step that is done signed in; nothing for one that is not, or signs in or out itself.

    Who signs in field by field is signed in at a step that only the page shows: nothing is said of the steps after that.
    """
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    *earlier, step = [item.actions(procedure.variant) for item in procedure.steps[: at + 1]]
    present = [source for source in step if source.word not in OUTSIDE]
    first = present[0] if present else None
    begins_in_public = first is not None and (first.word == "read_mail" or (first.word == "open" and first.open != "home"))
    person = procedure.person if procedure.signed_in else None
    for source in (action for actions in earlier for action in actions):
        if source.word == "sign_in":
            person = source.sign_in.person or procedure.person
        elif _is_typed_address(source):
            person = None
    if (
        person is None
        or begins_in_public
        or any(source.word == "sign_in" for source in present)
        or _is_where_signing_in_begins(procedure.steps[at], procedure.variant)
    ):
        return ()
    source = companion("e2e.engine.actions").SignIn(person=person)
    return _Writer(labels_of(procedure.language, language), language, sandbox).sign_in(source, page="home")


def _is_typed_address(source: Any) -> bool:
    return bool(source.word == "fill" and source.fill.label.key == companion("e2e.engine.context").SIGN_IN_KEYS["email"])


def _is_where_signing_in_begins(step: Any, variant: str | None) -> bool:
    """Return whether a step begins or ends on the page where signing in begins."""
    targets = [target for source in step.actions(variant) if (target := _target(source)) is not None]
    return any(item.label.key in ENTRY for item in (*targets, *step.sights(variant)))


def waits(step: Any, variant: str | None) -> bool:
    """Return whether a step of a manual begins with waiting, so that its facts come true before the hand does anything."""
    words = [source.word for source in step.actions(variant)]
    return words[:1] == ["wait_for"] and len(words) > 1


def outside(exercise: Any, at: int) -> tuple[Sequence[Any], Any]:
    """Return what happens at a step without the trainee: the calls that somebody outside makes before, and a step with the rest.

    Args:
        exercise: of ``e2e.engine.exercise``.
        at: position of the step, from 0.
    """
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    step = procedure.steps[at]
    sources = [source for source in step.actions(procedure.variant) if source.word in OUTSIDE]
    bare = step.model_copy(update={"do": {"*": sources}, "see": {}, "then": {}, "download": None})
    return exercise.solution.before if at == 0 else (), bare


ENTRY = {"connect.sign_in.email", "connect.sign_in.forgot", "connect.passkey.title"}
"""Keys of what stands on the page where signing in begins, and on no other."""

OUTSIDE = frozenset({"supplier_sends", "advance"})
"""Words for what the simulator does; nothing shows in the browser."""


@dataclass(frozen=True)
class _Writer:
    labels: Any
    language: str
    sandbox: Surroundings

    def text(self, words: Any, keys: Mapping[str, str]) -> str:
        text: str = self.labels.words(words, keys)
        try:
            return self.sandbox.fill(text)
        except Unknown:
            return text

    def label(self, label: Any) -> str:
        return self.sandbox.fill(self.labels.of(label))

    def spot(self, target: Any) -> Spot | None:
        """Return what a target of a manual names; None when a variable in it has no value yet."""
        try:
            value = getattr(target, "value", None) if hasattr(target, "state") else None
            return Spot(
                kind=target.kind,
                label=self.label(target.label),
                within=self.label(target.within) if target.within else None,
                row=self.label(target.in_row) if target.in_row else None,
                exact=target.exact,
                places=[(position.at, self.label(position.of) if position.of else None) for position in target.position],
                value=self.label(value) if value is not None else None,
                state=getattr(target, "state", None),
            )
        except Unknown:
            return None

    def actions(self, source: Any) -> list[GuidedAction]:
        """Return what the hand does for an action of the manual; nothing for one that only waits."""
        word, value = source.word, getattr(source, source.word)
        special = {
            "open": self._open,
            "read_mail": self._read_mail,
            "sign_in": self.sign_in,
            "enter_code": self._enter_code,
        }
        if word in special:
            return special[word](value)
        if word in OUTSIDE:
            return [GuidedAction("outside")]
        if word == "wait_for":
            return []
        if word == "press":
            return [GuidedAction(word, self.spot(value.where) if value.where else None, (value.keys,))]
        spot = self.spot(value)
        if spot is None:
            return []
        if word == "scan":
            return [GuidedAction(word, spot, page="phone", help=self.sandbox.say("exercise.scan"))]
        return [GuidedAction(word, spot, self._values(word, value))]

    def _values(self, word: str, field: Any) -> Sequence[str]:
        try:
            if word == "fill":
                typed = field.value
                written = companion("e2e.engine.words").written_day
                return [written(typed, self.language) if isinstance(typed, date) else self.sandbox.fill(typed)]
            return [self.label(option) for option in field.options] if word == "select" else ()
        except Unknown:
            return ()

    def _open(self, path: str) -> list[GuidedAction]:
        try:
            return [GuidedAction("go", page=self.sandbox.fill(path).strip("/"))]
        except Unknown:
            return []

    def _read_mail(self, mail: Any) -> list[GuidedAction]:
        subject = self.label(mail.subject) if mail.subject else ""
        to, path = self.sandbox.newest_mail(self.sandbox.fill(mail.to) if mail.to else None, subject)
        about = self.sandbox.say("exercise.mail_about", email=to, subject=subject)
        return [GuidedAction("go", page=path, help=about if subject else self.sandbox.say("exercise.mail_to", email=to))]

    def sign_in(self, sign_in: Any, page: str = "connect") -> list[GuidedAction]:
        """Return how somebody signs in, beginning on a page."""
        email, password, asks_code = self.sandbox.person(sign_in.person)
        asks_code = asks_code and sign_in.two_step
        values = {"email": email, "password": password}
        keys = companion("e2e.engine.context").SIGN_IN_KEYS
        actions = [GuidedAction("go", page=page)]
        for word, kind, name in (*SIGN_IN, *(SECOND_STEP if asks_code else ())):
            spot = Spot(kind, self.labels.of_key(keys[name]))
            actions.append(GuidedAction(word, spot, [values[name]] if name in values else ()))
        actions[1] = replace(actions[1], help=self.sandbox.say("exercise.sign_in_as", email=email, password=password))
        if asks_code:
            where = self.sandbox.say("exercise.code_on_phone", email=email)
            actions[5] = replace(actions[5], page=self.sandbox.phone(sign_in.person), help=where)
        return [
            *actions,
            GuidedAction("click", Spot("button", self.labels.of_key(keys["later"])), is_skipped_if_absent=True),
        ]

    def _enter_code(self, enter: Any) -> list[GuidedAction]:
        spot = Spot("textbox", self.label(enter.textbox) if enter.textbox is not None else "")
        email, _, _ = self.sandbox.person(enter.person)
        if enter.by == "emergency":
            code = self.sandbox.emergency_code(enter.person)
            say = self.sandbox.say("exercise.emergency_code", email=email, code=code) if code else None
            return [GuidedAction("fill", spot, [code] if code else (), help=say)]
        if enter.by in OF_A_PHONE:
            return [GuidedAction("fill", spot, page="phone", help=self.sandbox.say(OF_A_PHONE[enter.by]))]
        if enter.by == "mail":
            to, path = self.sandbox.newest_mail(enter.person, "")
            return [GuidedAction("fill", spot, page=path, help=self.sandbox.say("exercise.mail_to", email=to))]
        where = self.sandbox.say("exercise.code_on_phone", email=email)
        return [GuidedAction("fill", spot, page=self.sandbox.phone(enter.person), help=where)]


def _target(source: Any) -> Any | None:
    """Return the thing that an action of the manual is done with; None for one without."""
    value = getattr(source, source.word)
    target = value.where if source.word == "press" else value
    return target if hasattr(target, "kind") and getattr(target, target.kind, None) is not None else None
