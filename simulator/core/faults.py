"""What a test lets go wrong: the nth time that something is done for a person or a company, as often as it says.

Own choice, all of it. A fault is a row of its sandbox, so it is copied, reset and exported with it, and counts there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import events
from simulator.core.database import Base
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db

events.declare(fault__happened="Something went wrong because a test had asked for it.")


@dataclass(frozen=True)
class Operation:
    """Something that can be made to go wrong.

    Attributes:
        name: for example ``email.deliver``.
        meaning: what is done.
        outcomes: how it can go wrong, with what is then seen; the first is the one meant when none is named.
    """

    name: str
    meaning: str
    outcomes: dict[str, str]


_ANY = "faults"
"""Where a transaction remembers whether its sandbox has faults at all: most have none, and much asks for them."""

OPERATIONS: dict[str, Operation] = {}
"""Every operation that can be made to go wrong, as declared by the modules that carry it out."""


def declare(name: str, meaning: str, **outcomes: str) -> None:
    """Declare an operation and how it can go wrong."""
    OPERATIONS[name] = Operation(name, meaning, outcomes)


class Fault(Base):
    """One thing that is to go wrong.

    ``person`` is an address, ``company`` an organisation number; None means whoever it is done for. It goes wrong from the
    ``nth`` time on, ``times`` times, or always when that is None. ``seen`` counts how often it was done, ``used`` how often it
    went wrong.
    """

    __tablename__ = "fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str]
    outcome: Mapped[str]
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
    """Let an operation go wrong.

    Raises:
        BadInput: there is no such operation, or it cannot go wrong like that.
    """
    known = OPERATIONS.get(operation)
    if known is None:
        raise BadInput([("operation", f"expected one of {', '.join(sorted(OPERATIONS))}, found {operation!r}")])
    if outcome is not None and outcome not in known.outcomes:
        raise BadInput([("outcome", f"expected one of {', '.join(known.outcomes)}, found {outcome!r}")])
    fault = Fault(
        operation=operation,
        outcome=outcome or next(iter(known.outcomes)),
        person=person.strip().lower() if person else None,
        company=company,
        nth=nth,
        times=times,
    )
    db.add(fault)
    db.flush()
    db.info[_ANY] = True
    return fault


def all_of(db: Db) -> Sequence[Fault]:
    """Return every fault that was asked for, in the order of asking."""
    return db.scalars(select(Fault).order_by(Fault.id)).all()


def triggered_outcome(
    db: Db, operation: str, *, person: str | None = None, company: str | None = None, **data: Any
) -> str | None:
    """Say that an operation is being carried out, and ask whether it is to go wrong.

    Args:
        db: the transaction of the operation; what is counted vanishes with it when it is undone.
        operation: a declared operation.
        person: whom it is done for, by address.
        company: what company it is done for, by organisation number.
        data: facts for the journal.

    Returns:
        How it goes wrong, or None. When several faults match, all of them count and the oldest decides.
    """
    assert operation in OPERATIONS, operation
    if _ANY not in db.info:
        db.info[_ANY] = bool(db.scalar(select(exists().where(Fault.id > 0))))
    if not db.info[_ANY]:
        return None
    query = select(Fault).where(
        Fault.operation == operation,
        or_(Fault.person.is_(None), Fault.person == (person or "").lower()),
        or_(Fault.company.is_(None), Fault.company == (company or "")),
    )
    struck = None
    for fault in db.scalars(query.order_by(Fault.id)):
        fault.seen += 1
        if fault.seen < fault.nth or (fault.times is not None and fault.used >= fault.times):
            continue
        if struck is None:
            fault.used += 1
            struck = fault.outcome
    if struck is not None:
        events.record(db, "fault.happened", subject=operation, outcome=struck, person=person, company=company, **data)
    return struck
