"""Faults: failures that a test orders, for the nth call of an operation for a person or a company.

Own choice, all of it. A fault is a row of its sandbox, so it is copied, reset and exported with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import events, normal_forms
from simulator.core.database import CODE, Base
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db

events.declare(fault__happened="Something went wrong because a test had asked for it.")


@dataclass(frozen=True)
class Operation:
    """An operation that can fail.

    Attributes:
        name: for example ``email.deliver``.
        meaning: a description of the operation.
        outcomes: the ways in which it can fail, each with a description; the first one is the default.
    """

    name: str
    meaning: str
    outcomes: dict[str, str]


_ANY = "faults"
"""The key in ``db.info`` that caches whether the sandbox has any faults: most have none, and every operation checks."""

OPERATIONS: dict[str, Operation] = {}
"""Every operation that can fail, as declared by the modules that implement it."""


def declare(name: str, meaning: str, **outcomes: str) -> None:
    """Declare an operation and its outcomes."""
    OPERATIONS[name] = Operation(name, meaning, outcomes)


class Fault(Base):
    """One ordered failure.

    ``person`` is an address, ``company`` an organisation number; None matches all. The operation fails from the
    ``nth`` call on, ``times`` times, or always if that is None. ``seen`` counts matching calls, ``used`` the failures.
    """

    __tablename__ = "fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(info=CODE)
    outcome: Mapped[str] = mapped_column(info=CODE)
    person: Mapped[str | None]
    company: Mapped[str | None]
    nth: Mapped[int]
    times: Mapped[int | None]
    seen: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)


def add(
    db: Db,
    operation: str,
    *,
    outcome: str | None = None,
    person: str | None = None,
    company: str | None = None,
    nth: int = 1,
    times: int | None = 1,
) -> Fault:
    """Order a failure of an operation.

    Raises:
        BadInput: there is no such operation, or it has no such outcome.
    """
    declared = OPERATIONS.get(operation)
    if declared is None:
        raise BadInput([("operation", f"expected one of {', '.join(sorted(OPERATIONS))}, found {operation!r}")])
    if outcome is not None and outcome not in declared.outcomes:
        raise BadInput([("outcome", f"expected one of {', '.join(declared.outcomes)}, found {outcome!r}")])
    fault = Fault(
        operation=operation,
        outcome=outcome or next(iter(declared.outcomes)),
        person=normal_forms.email(person) if person else None,
        company=normal_forms.number(company) if company else None,
        nth=nth,
        times=times,
    )
    db.add(fault)
    db.flush()
    db.info[_ANY] = True
    return fault


def all_of(db: Db) -> Sequence[Fault]:
    """Return all faults, oldest first."""
    return db.scalars(select(Fault).order_by(Fault.id)).all()


def triggered_outcome(
    db: Db, operation: str, *, person: str | None = None, company: str | None = None, **data: Any
) -> str | None:
    """Count a call of an operation, and return the outcome of the fault that it triggers.

    Args:
        db: the transaction of the operation; if it is undone, the call was not counted.
        operation: a declared operation.
        person: address of the person it is done for.
        company: organisation number of the company it is done for.
        data: further data for the journal.

    Returns:
        The outcome, or None. If several faults match, all of them count the call and the oldest one is triggered.
    """
    assert operation in OPERATIONS, operation
    if _ANY not in db.info:
        db.info[_ANY] = bool(db.scalar(select(exists().where(Fault.id > 0))))
    if not db.info[_ANY]:
        return None
    query = select(Fault).where(
        Fault.operation == operation,
        or_(Fault.person.is_(None), Fault.person == normal_forms.email(person or "")),
        or_(Fault.company.is_(None), Fault.company == normal_forms.number(company or "")),
    )
    outcome = None
    for fault in db.scalars(query.order_by(Fault.id)):
        fault.seen += 1
        if fault.seen < fault.nth or (fault.times is not None and fault.used >= fault.times):
            continue
        if outcome is None:
            fault.used += 1
            outcome = fault.outcome
    if outcome is not None:
        db.sandbox.faults.append((operation, outcome))
        events.record(db, "fault.happened", subject=operation, outcome=outcome, person=person, company=company, **data)
    return outcome
