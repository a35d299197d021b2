"""The kinds of words in a scenario, each with what it must look like. Faults all read "expected …, found …"."""

import re
from collections.abc import Callable, Collection
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator.billing import countries, products, units
from simulator.core.texts import LANGUAGES
from simulator.directory import credentials, people, roles
from simulator.documents import document_types

from . import dates
from .spans import SPAN_PATTERN, Span, parse_span

SERVICES = tuple(sorted({role.service for role in roles.ROLES if role.service} | set(products.BY_CODE)))
"""What can be active on a company. Own choice: whatever roles open and licences are sold for."""

DOCUMENT_TYPES = tuple(document_types.BY_CODE)

ALL = "all"
"""Stands for every company of the scenario where companies are listed."""


def shown(value: object) -> str:
    """Say what was found, in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def refuse(expected: str, found: object) -> PydanticCustomError:
    """Make a fault that says what was expected and what was found."""
    return PydanticCustomError(
        "expected", "expected {expected}, found {found}", {"expected": expected, "found": shown(found)}
    )


def one_of(names: Collection[str]) -> str:
    """List what may stand somewhere."""
    return "one of " + ", ".join(names)


def _checked(expected: str, is_right: Callable[[str], bool], *, numbers: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = str(value) if numbers and type(value) is int else value
        if not isinstance(text, str) or not is_right(text):
            raise refuse(expected, value)
        return text

    return check


def _text(expected: str, pattern: str, *, numbers: bool = False) -> Any:
    form = re.compile(pattern, re.DOTALL)
    check = _checked(expected, lambda text: form.fullmatch(text) is not None, numbers=numbers)
    return Annotated[str, PlainValidator(check), WithJsonSchema(_schema(f"^{pattern}$", expected, numbers=numbers))]


def _schema(pattern: str, expected: str, *, numbers: bool = False) -> dict[str, Any]:
    kinds: Any = ["string", "integer"] if numbers else "string"
    return {"type": kinds, "pattern": pattern, "description": expected}


def _choice(names: Collection[str]) -> Any:
    check = _checked(one_of(names), lambda text: text in names)
    return Annotated[str, PlainValidator(check), WithJsonSchema({"enum": list(names)})]


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _when(value: Any) -> dates.When:
    try:
        return dates.parse_when(value)
    except ValueError:
        raise refuse(dates.GRAMMAR, value) from None


def _span(value: Any) -> Span:
    try:
        return parse_span(value)
    except ValueError:
        raise refuse("a number of at least 1, or a range such as 2..9", value) from None


def _password(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("a password", value)
    broken = [rule.code for rule in credentials.rules(value) if not rule.kept]
    if broken:
        raise refuse(f"a password that keeps the rules ({', '.join(broken)})", value)
    return value


def _count(least: int, most: int) -> Any:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise refuse(f"a whole number from {least} to {most}", value)
        return value

    return Annotated[int, PlainValidator(check), WithJsonSchema({"type": "integer", "minimum": least, "maximum": most})]


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise refuse("true or false", value)
    return value


def _keys(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Key = _text("a key: a lower-case letter, then letters, digits, - and _", r"[a-z][a-z0-9_-]{0,39}")
Words = _text("a text", r"(?s:.*\S.*)")
Number = _text(
    "a number of 1 to 20 digits and letters, in quotes when it begins with 0",
    r"[0-9A-Za-z][0-9A-Za-z.\- ]{0,19}",
    numbers=True,
)
Phone = _text("a phone number in quotes, such as '+31 6 99999901'", r"\+?[0-9][0-9 ]{3,19}")
Secret = _text("a base32 secret of 16 to 64 characters A-Z and 2-7", r"[A-Z2-7]{16,64}")
Currency = _text("a currency of three capitals, such as EUR", r"[A-Z]{3}")
Email = Annotated[
    str,
    PlainValidator(_checked("an e-mail address", people.is_email)),
    BeforeValidator(lambda value: people.normal_email(value) if isinstance(value, str) else value),
    WithJsonSchema({"type": "string", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "description": "an e-mail address"}),
]
TimeZone = Annotated[
    str,
    PlainValidator(_checked("a time zone such as Europe/Amsterdam", _is_zone)),
    WithJsonSchema({"type": "string", "description": "a time zone such as Europe/Amsterdam"}),
]
Password = Annotated[
    str,
    PlainValidator(_password),
    WithJsonSchema(
        {"type": "string", "minLength": 8, "description": "8 characters, with a digit, both cases and a special one"}
    ),
]
Day = Annotated[dates.When, PlainValidator(_when), WithJsonSchema(_schema(dates.PATTERN, dates.GRAMMAR))]
Quantity = Annotated[
    Span, PlainValidator(_span), WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "pattern": SPAN_PATTERN})
]
Truth = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]
Language = _choice(LANGUAGES)
Country = _choice(tuple(countries.catalogue()))
Product = _choice(tuple(products.BY_CODE))
Kind = _choice(tuple(products.Kind))
Unit = _choice(tuple(units.catalogue()))
RoleName = _choice(tuple(roles.BY_NAME))
Service = _choice(SERVICES)
DocumentType = _choice(DOCUMENT_TYPES)
DaysAMonth = _count(1, 28)
Copies = _count(1, 100_000)
Keys = Annotated[
    list[Key],
    BeforeValidator(_keys),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One key, or a list of keys."""
