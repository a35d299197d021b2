"""Faults of an overlay: what goes wrong in a sandbox from its creation on, also after a reset."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from simulator.core import faults
from simulator.core.errors import BadInput
from simulator.directory.models import Company, Person

from . import vocabulary as words
from .problems import Problem
from .setting import Setting

MOST_TIMES = 1_000_000


class Fault(BaseModel):
    """A fault, as the control API takes it; a person and a company may be named by their keys, too."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)

    operation: words.Words | None = None
    route: words.Words | None = None
    outcome: words.Words | None = None
    method: words.Words | None = None
    person: words.Words | None = None
    company: words.Words | None = None
    nth: Annotated[int, Field(ge=1, le=MOST_TIMES, strict=True)] = 1
    times: Annotated[int, Field(ge=0, le=MOST_TIMES, strict=True)] = 1
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    until: words.Instant | None = None
    seconds: Annotated[float, Field(gt=0)] | None = None
    hidden: words.Truth = False


def write_faults(setting: Setting, entries: list[Fault]) -> None:
    """Order the faults of an overlay.

    Raises:
        BadInput: there is no such operation or outcome, or fields do not go together.
    """
    for at, entry in enumerate(entries):
        names = {"person": _email(setting, entry.person), "company": _number(setting, entry.company)}
        try:
            faults.add(setting.db, **_fields(entry) | names)
        except BadInput as error:
            raise BadInput([(f"{setting.below}faults.{at}.{where}", what) for where, what in error.problems]) from None


def fault_problems(entries: list[Fault], now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with the faults of an overlay, without a sandbox.

    Args:
        entries: the faults.
        now: what the sandbox's clock shows at first.
    """
    for at, entry in enumerate(entries):
        try:
            faults.ordered(now, **_fields(entry))
        except BadInput as error:
            yield from ((f"faults.{at}.{where}", what) for where, what in error.problems)


def _fields(entry: Fault) -> dict[str, Any]:
    return entry.model_dump() | {"times": entry.times or None}


def _email(setting: Setting, person: str | None) -> str | None:
    if person is None:
        return None
    return setting.db.scalar(select(Person.email).where(Person.key == person)) or person


def _number(setting: Setting, company: str | None) -> str | None:
    if company is None:
        return None
    return setting.db.scalar(select(Company.organisation_number).where(Company.key == company)) or company
