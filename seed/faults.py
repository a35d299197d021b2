"""Faults of an overlay: what goes wrong in a sandbox from its creation on, also after a reset."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from simulator.core import faults
from simulator.core.errors import BadInput
from simulator.directory.models import Company, Person

from . import vocabulary as words
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
        fields: dict[str, Any] = entry.model_dump()
        fields["person"] = _email(setting, entry.person)
        fields["company"] = _number(setting, entry.company)
        fields["times"] = entry.times or None
        try:
            faults.add(setting.db, **fields)
        except BadInput as error:
            raise BadInput([(f"{setting.below}faults.{at}.{where}", what) for where, what in error.problems]) from None


def _email(setting: Setting, person: str | None) -> str | None:
    return setting.db.scalar(select(Person.email).where(Person.key == person)) or person


def _number(setting: Setting, company: str | None) -> str | None:
    return setting.db.scalar(select(Company.organisation_number).where(Company.key == company)) or company
