"""A manual as data: a published procedure, its variants and its steps."""

import re
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from .actions import VOCABULARY, Action, Typed
from .targets import KINDS, Sight
from .words import LANGUAGES, Label, Language, Strict, Words, by_variant, check_variables, listed, refuse

EVERY = "*"
"""Stands for every variant in what was read from `do`, `see` and `then`."""

Fact = dict[str, Any]
"""One thing that the sandbox is asked about: the vocabulary is the control API's, not ours."""

T = TypeVar("T")

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ROWS = re.compile(r"(>=|<=|=|>|<)?\s*\d+")
_SIGHT_WORDS = frozenset(KINDS)


def identifier(value: Any) -> Any:
    """Check an id."""
    if not isinstance(value, str) or not _ID.fullmatch(value) or len(value) > 60:
        raise refuse("lower-case letters, digits and single hyphens, at most 60", value)
    return value


def instant(value: Any) -> Any:
    """Check an instant; it has an offset."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if isinstance(value, date) or not isinstance(value, str):
        raise refuse("an instant with its offset, such as 2022-03-01T09:00+01:00", value)
    try:
        if datetime.fromisoformat(value).tzinfo is not None:
            return value
    except ValueError:
        pass
    raise refuse("an instant with its offset, such as 2022-03-01T09:00+01:00", value)


def _row_count(value: Any) -> Any:
    text = str(value).strip()
    if isinstance(value, bool) or not _ROWS.fullmatch(text):
        raise refuse("a number of rows, such as 15 or '>= 1'", value)
    return text


def fact(value: Any) -> Any:
    """Check the shape of a fact and the variables in it."""
    if not isinstance(value, dict) or not value or not all(isinstance(key, str) for key in value):
        raise refuse("a fact: a mapping such as {event: invoice.exported}", value)
    _check_all(value)
    return value


def _check_all(value: Any) -> None:
    if isinstance(value, str):
        check_variables(value)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_all(item)


class Source(Strict):
    """The published procedure: its title and its section."""

    title: str
    section: str | None = None


class Start(Strict):
    """Where the reader stands when the procedure begins.

    Attributes:
        open: The page opened first: a product, or a path below the sandbox.
        signed_in: Whether the reader is signed in already. Without this key: when the manual has a `person`.
    """

    open: str | None = None
    signed_in: bool | None = None


class Variant(Strict):
    """One way through a procedure: what a printed manual says with *if* or *or*.

    Attributes:
        condition: Under the key `given`, what sets this variant apart, in a sentence.
        person: Another reader than the manual's.
        start: Another start than the manual's.
    """

    condition: Words = Field(alias="given")
    person: str | None = None
    start: Start | None = None


class Cell(Strict):
    """One cell of a downloaded file.

    Attributes:
        column: The label at the head of the column.
        row: Counted from 1 below the header; without it any row will do.
        value: What stands there, under the key `is`, as text: `1102`, `0.12`, `2022-03-27`.
    """

    column: Label
    row: int | None = Field(default=None, ge=1)
    value: Typed = Field(alias="is")


class Download(Strict):
    """The file that the last action of a step brings.

    Attributes:
        name: What the manual calls the file, under the key `as`.
        header: The labels of one whole row of the file, in order.
        above: What stands above that row, row by row, word for word in every language; nothing is said of it when it is empty.
        rows: How many rows stand below it: `15`, `>= 1`.
        cells: Single cells that are checked.
    """

    name: str = Field(alias="as")
    header: list[Label] = Field(min_length=1)
    above: list[list[Typed]] = Field(default_factory=list)
    rows: Annotated[str | None, BeforeValidator(_row_count), WithJsonSchema({"type": ["string", "integer"]})] = None
    cells: list[Cell] = Field(default_factory=list)


class Step(Strict):
    """One step: what the reader is told, what the hand does, what the eye sees, what is then true.

    Attributes:
        tell: The instruction in our own words; labels of the screen between `**`.
        hint: What helps when it does not go as told.
        only: The variants that have this step; all without it.
        do: Variant (or `*`) → actions.
        see: Variant (or `*`) → what is seen afterwards.
        then: Variant (or `*`) → facts about the sandbox.
        download: The file that the last action brings.
        error: The status of the error that the server answers the last action with, because a fault of the exercise makes it.
    """

    tell: Words
    hint: Words | None = None
    only: list[str] = Field(default_factory=list)
    do: Annotated[dict[str, list[Action]], BeforeValidator(by_variant("a deed", frozenset(VOCABULARY)))] = Field(
        default_factory=dict
    )
    see: Annotated[dict[str, list[Sight]], BeforeValidator(by_variant("something that is seen", _SIGHT_WORDS))] = Field(
        default_factory=dict
    )
    then: Annotated[
        dict[str, list[Annotated[Fact, BeforeValidator(fact)]]],
        BeforeValidator(by_variant("a fact", frozenset())),
    ] = Field(default_factory=dict)
    download: Download | None = None
    error: int | None = Field(default=None, ge=500, le=599)

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> "Step":
        names = tuple((info.context or {}).get("variants", ()))
        for name in self.only:
            if name not in names:
                raise refuse(f"variants of this manual ({listed(names) if names else 'it has none'})", name, key="only")
        expected = set(self.only or names)
        for key in ("do", "see"):
            present = set(getattr(self, key)) - {EVERY}
            if present and present != expected:
                raise refuse(f"an entry for each variant ({listed(sorted(expected))})", sorted(present), key=key)
        if self.download and not self.do:
            raise refuse("a deed (do) that brings the file", None, key="download")
        if self.error and not self.do:
            raise refuse("a deed (do) that the error answers", None, key="error")
        return self

    def actions(self, variant: str | None) -> list[Action]:
        """Give what the hand does in one variant."""
        return _of(self.do, variant)

    def sights(self, variant: str | None) -> list[Sight]:
        """Give what the eye sees afterwards in one variant."""
        return _of(self.see, variant)

    def facts(self, variant: str | None) -> list[Fact]:
        """Give what is then true in one variant."""
        return _of(self.then, variant)


def _of(parts: dict[str, list[T]], variant: str | None) -> list[T]:
    return parts.get(EVERY) or parts.get(variant or EVERY) or []


class Manual(Strict):
    """One published procedure.

    Attributes:
        id: Unique among all manuals; the name of its folder of pictures.
        language: The language of the source, and of every label in the file.
        product: The code of the product that it is about; lists are grouped by it.
        source: What was published.
        scenario: The prepared state of the sandbox it is walked in.
        now: The instant at which that sandbox stands still.
        person: The reader, as a key of the scenario's cast; absent when the reader has no account yet.
        start: Where the reader stands at first; without it signed in on the page `home`.
        variants: The ways through it, by name.
    """

    id: Annotated[str, BeforeValidator(identifier)]
    title: Words
    language: Language
    product: str | None = None
    source: Source
    scenario: str
    now: Annotated[AwareDatetime, BeforeValidator(instant)]
    person: str | None = None
    start: Start | None = None
    variants: dict[str, Variant] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _variants_have_names_of_their_own(self) -> "Manual":
        taken = {*VOCABULARY, *KINDS, *LANGUAGES, EVERY}
        for name in self.variants:
            if name in taken or not _ID.fullmatch(name):
                raise refuse("a name in lower case that is no word of the format and no language", name, key="variants")
        if not self.person and self.start and self.start.signed_in:
            raise refuse("a person who is signed in", None, key="person")
        return self

    def variant_names(self) -> list[str | None]:
        """List the variants to walk: their names, or None alone when there are none."""
        return list(self.variants) or [None]

    def person_in(self, variant: str | None) -> str | None:
        """Give the key of the reader in one variant."""
        chosen = self.variants[variant].person if variant else None
        return chosen or self.person

    def start_in(self, variant: str | None) -> tuple[bool, str | None]:
        """Say how one variant begins.

        Returns:
            Whether the reader is signed in, and the page opened first.
        """
        start = (self.variants[variant].start if variant else None) or self.start or Start()
        person = self.person_in(variant)
        signed_in = person is not None if start.signed_in is None else start.signed_in
        return signed_in, start.open or ("home" if signed_in else None)

    def steps_in(self, variant: str | None) -> list[tuple[int, Step]]:
        """Give the steps of one variant, numbered as the reader counts them."""
        steps = [step for step in self.steps if not step.only or variant in step.only]
        return list(enumerate(steps, start=1))
