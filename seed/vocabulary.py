"""The types of values in a scenario, each with its format. All problems read "expected …, found …"."""

import re
from collections.abc import Callable, Collection
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simulator.billing import contract_days, countries, products, units
from simulator.billing.corrections import LONGEST_REASON
from simulator.core import normal_forms
from simulator.core.clock import parse_instant
from simulator.core.facts import FACTS
from simulator.core.texts import LANGUAGES
from simulator.directory import identity_providers, password_rules, roles
from simulator.directory.security_keys.models import LONGEST_KEY_NAME
from simulator.documents.model import models
from simulator.documents.registers import document_types
from simulator.sales import models as of_sales

from . import dates
from .spans import SPAN_PATTERN, Span, parse_span

SERVICES = tuple(
    sorted(
        {role.service for role in roles.ROLES if role.service}
        | {product.code for product in products.PRODUCTS if product.kind is not products.Kind.MAINTENANCE}
    )
)
"""Services that can be active on a company. Own choice: all services with roles or licences, but no program with maintenance."""

DOCUMENT_TYPES = tuple(document_types.BY_CODE)

ALL = "all"
"""Means every company of the scenario, in lists of companies."""

LOST = "lost"
"""Means an emergency code that the account has and nobody knows."""


def describe(value: object) -> str:
    """Describe a value in a few words."""
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


def refuse(expected: str, value: object) -> PydanticCustomError:
    """Create an error that says what was expected and what was found."""
    return PydanticCustomError(
        "expected", "expected {expected}, found {found}", {"expected": expected, "found": describe(value)}
    )


def any_of(names: Collection[str]) -> str:
    """List the allowed values."""
    return "one of " + ", ".join(names)


class Word:
    """How a type of value is read, and its JSON Schema.

    Args:
        read: returns the value, or raises an error.
        schema: the JSON Schema.
    """

    def __init__(self, read: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self._read = read
        self._schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self._schema)


def _checked(expected: str, is_right: Callable[[str], bool], *, numbers: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = str(value) if numbers and type(value) is int else value
        if not isinstance(text, str) or not is_right(text):
            raise refuse(expected, value)
        return text

    return check


def _text(expected: str, pattern: str, *, numbers: bool = False) -> Word:
    form = re.compile(pattern)
    kinds = ["string", "integer"] if numbers else "string"
    read = _checked(expected, lambda text: form.fullmatch(text) is not None, numbers=numbers)
    return Word(read, {"type": kinds, "pattern": f"^{pattern}$", "description": expected})


def _choice(names: Collection[str]) -> Word:
    return Word(_checked(any_of(names), lambda text: text in names), {"enum": list(names)})


def _count(least: int, most: int) -> Word:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise refuse(f"a whole number from {least} to {most}", value)
        return value

    return Word(check, {"type": "integer", "minimum": least, "maximum": most})


def _email(value: Any) -> str:
    if not isinstance(value, str) or not normal_forms.is_email(value):
        raise refuse("an e-mail address", value)
    return normal_forms.email(value)


def _domain(value: Any) -> str:
    if not isinstance(value, str) or not normal_forms.is_domain(value):
        raise refuse("an e-mail domain such as office.example", value)
    return value.strip().lower()


def _domains(value: Any) -> list[str]:
    domains = [value] if isinstance(value, str) else value
    if not isinstance(domains, list) or not all(
        isinstance(domain, str) and normal_forms.is_domain(domain) for domain in domains
    ):
        raise refuse("an e-mail domain such as office.example, or a list of them", value)
    return [domain.strip().lower() for domain in domains]


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


def _until(value: Any) -> dates.When | timedelta:
    minutes = re.fullmatch(dates.MINUTES, value) if isinstance(value, str) else None
    try:
        return timedelta(minutes=int(minutes[1])) if minutes else dates.parse_when(value)
    except ValueError:
        raise refuse(f"{dates.GRAMMAR}, or minutes such as '+30 minutes'", value) from None


FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years that a sandbox can begin in, as for callers of the control API."""


def _instant(value: Any) -> datetime:
    try:
        instant = parse_instant(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise refuse(f"an instant with its offset from UTC, from {FIRST_YEAR} to {LAST_YEAR}: 2018-03-01T09:00+01:00", value)
    return instant


def _span(value: Any) -> Span:
    try:
        return parse_span(value)
    except ValueError:
        raise refuse("a number of at least 1, or a range such as 2..9", value) from None


def _password(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("a password", value)
    broken = [rule.code for rule in password_rules.DEFAULT.check(value) if not rule.is_met]
    if broken and not any(rules.is_met(value) for rules in password_rules.BY_CODE.values()):
        raise refuse(f"a password that keeps the rules ({', '.join(broken)})", value)
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise refuse("true or false", value)
    return value


def _literal(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse("a text", value)
    return value


LONGEST_NAME = 100
"""Characters of a name, a street or a town: as many as the forms of Admin take."""


def _name(value: Any) -> str:
    text = _literal(value)
    if len(text) > LONGEST_NAME:
        raise refuse(f"a text of at most {LONGEST_NAME} characters", value)
    return text


def _key_names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(
        isinstance(name, str) and 1 <= len(name.strip()) <= LONGEST_KEY_NAME and not any(map(normal_forms.is_control, name))
        for name in value
    ):
        raise refuse(f"a list of names of at most {LONGEST_KEY_NAME} characters", value)
    return [name.strip() for name in value]


def _fact(value: Any) -> dict[str, Any]:
    from simulator.directory import facts as of_directory
    from simulator.documents.model import facts as of_documents
    from simulator.sales import facts as of_sales

    assert of_directory and of_documents and of_sales  # they register themselves
    if not isinstance(value, dict) or len(value) != 1:
        raise refuse("a fact such as {signed_in: user}", value)
    if (name := next(iter(value))) not in FACTS:
        raise refuse(f"a fact: {any_of(sorted(FACTS))}", name)
    return value


def _text_in_languages(value: Any) -> str | dict[str, str]:
    if isinstance(value, dict):
        if not value or not set(value) <= set(LANGUAGES):
            raise refuse(f"a text, or texts under some of {', '.join(LANGUAGES)}", ", ".join(map(str, value)))
        return {language: _literal(text) for language, text in value.items()}
    return _literal(value)


MOST_MONEY = 10_000_000


def _amount(value: Any) -> Decimal:
    """Read an amount of at most two decimals; YAML gives floats, whose text is what was written."""
    try:
        amount = Decimal(str(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if (
        amount is None
        or not amount.is_finite()
        or not 0 <= amount <= MOST_MONEY
        or amount != amount.quantize(Decimal("0.01"))
    ):
        raise refuse(f"an amount from 0 to {MOST_MONEY} with at most two decimals", value)
    return amount.quantize(Decimal("0.01"))


def _signed_amount(value: Any) -> Decimal:
    """Read an amount as ``_amount`` does, which may be below zero."""
    text = str(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else ""
    return -_amount(text[1:]) if text.startswith("-") else _amount(value)


def _hour(value: Any) -> time:
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise refuse("a time of day in quotes, such as '14:05'", value)


_KEY = r"[a-z][a-z0-9_-]{0,39}"


def _keys(value: Any) -> list[str]:
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) and re.fullmatch(_KEY, key) for key in keys):
        raise refuse("a key, or a list of keys", value)
    return keys


Key = Annotated[str, _text("a key: a lower-case letter, then letters, digits, - and _", _KEY)]
Keys = Annotated[
    list[str],
    Word(_keys, {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string", "pattern": f"^{_KEY}$"}}]}),
]
"""One key, or a list of keys."""
Fact = Annotated[dict[str, Any], Word(_fact, {"type": "object", "minProperties": 1, "maxProperties": 1})]
TextInLanguages = Annotated[
    str | dict[str, str],
    Word(
        _text_in_languages,
        {
            "oneOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": {language: {"type": "string", "minLength": 1} for language in LANGUAGES},
                },
            ]
        },
    ),
]
"""One text for everybody, or texts by language."""
Words = Annotated[str, Word(_literal, {"type": "string", "minLength": 1})]
Reason = Annotated[
    str,
    Word(
        _checked(f"a text of at most {LONGEST_REASON} characters", lambda text: 1 <= len(text.strip()) <= LONGEST_REASON),
        {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON},
    ),
]
Name = Annotated[str, Word(_name, {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME})]
Number = Annotated[
    str,
    _text(
        "a number of 1 to 20 digits and letters, in quotes when it begins with 0",
        r"[0-9A-Za-z][0-9A-Za-z. \-]{0,19}",
        numbers=True,
    ),
]
Phone = Annotated[str, _text("a phone number in quotes, such as '+31 6 99999901'", r"\+?[0-9][0-9 ]{3,19}")]
EmergencyCode = Annotated[
    str,
    _text(
        "an emergency code such as ABCD-EFGH-JKLM-NPQR-STUV, or 'lost' when nobody knows it",
        r"lost|[A-Z0-9]{4}(?:-[A-Z0-9]{4}){4}",
    ),
]
Secret = Annotated[str, _text("a base32 secret of 16 to 64 characters A-Z and 2-7", r"[A-Z2-7]{16,64}")]
Currency = Annotated[str, _text("a currency of three capitals, such as EUR", r"[A-Z]{3}")]
Email = Annotated[str, Word(_email, {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"})]
_DOMAIN_SCHEMA = {"type": "string", "pattern": r"^[A-Za-z0-9.-]+\.[A-Za-z]{2,63}$"}
Domains = Annotated[
    list[str],
    Word(
        _domains,
        {"oneOf": [_DOMAIN_SCHEMA, {"type": "array", "items": _DOMAIN_SCHEMA}]},
    ),
]
"""One e-mail domain, or a list of them."""
TimeZone = Annotated[str, Word(_checked("a time zone such as Europe/Amsterdam", _is_zone), {"type": "string"})]
Password = Annotated[str, Word(_password, {"type": "string", "minLength": 8})]
Day = Annotated[dates.When, Word(_when, {"type": "string", "pattern": dates.PATTERN, "description": dates.GRAMMAR})]
Instant = Annotated[datetime, Word(_instant, {"type": "string", "format": "date-time"})]
Until = Annotated[
    dates.When | timedelta,
    Word(_until, {"type": "string", "pattern": f"{dates.PATTERN}|^{dates.MINUTES}$", "description": dates.GRAMMAR}),
]
"""A day, or some minutes after the sandbox's creation."""
Quantity = Annotated[Span, Word(_span, {"type": ["integer", "string"], "minimum": 1, "pattern": SPAN_PATTERN})]
Truth = Annotated[bool, Word(_truth, {"type": "boolean"})]
PasswordRules = Annotated[str, _choice(tuple(password_rules.BY_CODE))]
IdentityProvider = Annotated[str, _choice(tuple(identity_providers.IdentityProvider))]
KeyNames = Annotated[
    list[str],
    Word(_key_names, {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY_NAME}}),
]
"""The names of security keys or passkeys."""
Domain = Annotated[str, Word(_domain, {"type": "string", "pattern": r"^[A-Za-z0-9.-]+\.[A-Za-z]{2,63}$"})]
Language = Annotated[str, _choice(LANGUAGES)]
Country = Annotated[str, _choice(tuple(countries.catalogue()))]
Product = Annotated[str, _choice(tuple(products.BY_CODE))]
Kind = Annotated[str, _choice(tuple(products.Kind))]
ContractKind = Annotated[str, _choice(tuple(contract_days.ContractKind))]
Unit = Annotated[str, _choice(tuple(units.catalogue()))]
RoleName = Annotated[str, _choice(tuple(roles.BY_NAME))]
Service = Annotated[str, _choice(SERVICES)]
DocumentType = Annotated[str, _choice(DOCUMENT_TYPES)]
Channel = Annotated[str, _choice(tuple(models.Channel))]
Failure = Annotated[str, _text("a code of a failure such as bounced", r"[a-z_]{1,40}")]
Amount = Annotated[Decimal, Word(_amount, {"type": ["number", "string"], "minimum": 0, "maximum": MOST_MONEY})]
SignedAmount = Annotated[
    Decimal, Word(_signed_amount, {"type": ["number", "string"], "minimum": -MOST_MONEY, "maximum": MOST_MONEY})
]
Program = Annotated[str, _choice(tuple(of_sales.ProgramCode))]
Module = Annotated[str, _choice(tuple(of_sales.Module))]
AcsState = Annotated[str, _choice(tuple(of_sales.Acs))]
OpgState = Annotated[str, _choice(tuple(of_sales.Opg))]
Delivery = Annotated[str, _choice(tuple(of_sales.Delivery))]
WebFakturaAccess = Annotated[str, _choice(tuple(of_sales.WebFakturaAccess))]
Version = Annotated[str, _text("a version in quotes, such as '13.02'", r"[0-9]{1,4}(\.[0-9]{1,4}[a-z]?){0,3}")]
Hour = Annotated[time, Word(_hour, {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"})]
Address = Annotated[str, _text("an electronic address such as 0192:312002205", r"[0-9]{4}:[0-9A-Za-z:.\-]{1,40}")]
Pages = Annotated[int, _count(1, 100)]
Retention = Annotated[int, _count(1, 120)]
DaysAMonth = Annotated[int, _count(1, 28)]
Copies = Annotated[int, _count(1, 100_000)]
Many = Annotated[int, _count(0, 50_000)]
Percent = Annotated[int, _count(0, 100)]
Subscriptions = Annotated[int, _count(1, 1000)]
