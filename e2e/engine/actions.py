"""What the hand does: the closed vocabulary of `do`, one model a word."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .targets import FormField, Sight, Target, as_list
from .words import Label, Strict, check_variables, refuse

VOCABULARY = (
    "open", "click", "fill", "select", "check", "uncheck", "press", "upload",
    "sign_in", "read_mail", "follow_link", "scan", "enter_code", "wait_for", "supplier_sends", "advance",
)  # fmt: skip


def _typed(value: Any) -> Any:
    """Read what is typed into a field: YAML makes numbers and dates of what a person would simply type."""
    if isinstance(value, bool) or value is None:
        raise refuse("what is typed, as text", value)
    if isinstance(value, date | datetime):
        value = value.isoformat()
    if isinstance(value, int | float):
        value = str(value)
    if isinstance(value, str):
        check_variables(value)
    return value


Typed = Annotated[str, BeforeValidator(_typed), WithJsonSchema({"type": ["string", "number"]})]


def _text_or_day(value: Any) -> Any:
    return value if isinstance(value, date) and not isinstance(value, datetime) else _typed(value)


TextOrDay = Annotated[str | date, BeforeValidator(_text_or_day), WithJsonSchema({"type": ["string", "number"]})]


class Fill(FormField):
    """Type into a field.

    Attributes:
        value: What is typed, under the key `with`. It replaces what stood there. A date without quotes is typed as the language of
            the walk writes days.
    """

    value: Annotated[str | date, BeforeValidator(_text_or_day), WithJsonSchema({"type": ["string", "number"]})] = Field(
        alias="with"
    )


class Select(FormField):
    """Choose in a list.

    Attributes:
        options: The label of what is chosen, under the key `option`; several where the list allows it.
    """

    options: Annotated[list[Label], BeforeValidator(as_list)] = Field(alias="option")


class Press(Strict):
    """Press a key of the keyboard: `press: Enter`, or `{keys: Enter, in: {textbox: …}}`."""

    keys: str
    where: Target | None = Field(default=None, alias="in")

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        return {"keys": value} if isinstance(value, str) else value


class Upload(Target):
    """Give a file to a field or to a button that asks for one.

    Attributes:
        file: A path relative to the manual, or only the name when `content` is given.
        content: What is in the file, as text.
    """

    file: str
    content: str | None = None


class SignIn(Strict):
    """Sign in by hand as a person of the cast; without `person` as the reader of the manual.

    Attributes:
        two_step: Whether the code is entered when the person has an authenticator.
    """

    person: str | None = None
    two_step: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        return {"person": value} if isinstance(value, str) else value


class ReadMail(Strict):
    """Open the newest mail to somebody.

    Attributes:
        to: A key of the cast or an address; without it the reader of the manual.
        subject: A part of the subject line.
    """

    to: Typed | None = None
    subject: Label | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value


class FollowLink(Target):
    """Follow a link of the mail that is being read: `follow_link: <text>` or `{link: <text>}`."""

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        return {"link": value} if isinstance(value, str) else value


class EnterCode(Strict):
    """Type a one-time code.

    Attributes:
        person: Whose code; without it the reader's.
        by: Where the code is from. `mail` and `sms` take it from the newest message, `scanned` computes it from the key that
            was scanned last.
        textbox: The field; without it the one that has the cursor.
    """

    person: str | None = None
    by: Literal["authenticator", "mail", "sms", "emergency", "scanned"] = "authenticator"
    textbox: Label | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        return {"person": value} if isinstance(value, str) else value


class Supplier(Strict):
    """Somebody outside the platform who sends invoices."""

    name: str
    organisation_number: Typed


class SupplierSends(Strict):
    """Let a supplier outside send an invoice, the way that the public registers say. The simulator does it, nothing is seen of it.

    Attributes:
        sender: The supplier, under the key `from`.
        to: The receiver's organisation number.
        number: The invoice's number.
    """

    sender: Supplier = Field(alias="from")
    to: Typed
    number: Typed


class Advance(Strict):
    """Let time pass on the sandbox's clock, with all that becomes due in it. The simulator does it, nothing is seen of it.

    Attributes:
        days: How many days, at most ten years of them.
        minutes: How many minutes, at most a day of them.
    """

    days: int = Field(default=0, ge=0, le=3660)
    minutes: int = Field(default=0, ge=0, le=1440)

    @model_validator(mode="after")
    def _passes(self) -> "Advance":
        if not self.days and not self.minutes:
            raise refuse("days, minutes or both", None, key="days")
        return self


class WaitFor(Sight):
    """Wait until something is seen, or until the sandbox's journal has an event.

    Attributes:
        event: The type of the event, such as `invoice.exported`.
    """

    event: str | None = None

    @classmethod
    def _needs_no_target(cls, value: dict[str, Any]) -> bool:
        return set(value) == {"event"}


class Action(Strict):
    """One action: a mapping with exactly one word of the vocabulary."""

    open: Typed | None = None
    click: Target | None = None
    fill: Fill | None = None
    select: Select | None = None
    check: FormField | None = None
    uncheck: FormField | None = None
    press: Press | None = None
    upload: Upload | None = None
    sign_in: SignIn | None = None
    read_mail: ReadMail | None = None
    follow_link: FollowLink | None = None
    scan: FormField | None = None
    enter_code: EnterCode | None = None
    wait_for: WaitFor | None = None
    supplier_sends: SupplierSends | None = None
    advance: Advance | None = None

    @model_validator(mode="before")
    @classmethod
    def _single_word(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {value: {}} if value in ("sign_in", "read_mail", "enter_code") else value
        if isinstance(value, dict):
            if len(value) != 1:
                raise refuse(f"exactly one of {', '.join(VOCABULARY)}", value)
            word, argument = next(iter(value.items()))
            if word in VOCABULARY and argument is None:
                if word not in ("sign_in", "read_mail", "enter_code"):
                    raise refuse("what it is done with", argument, key=word)
                value = {word: {}}
        return value

    @property
    def word(self) -> str:
        """The word of the vocabulary."""
        return next(word for word in VOCABULARY if getattr(self, word) is not None)
