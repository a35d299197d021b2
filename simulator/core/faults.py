"""Faults: failures that a test orders, for the nth call of an operation for a person or a company.

Operations are those that modules declare (``email.deliver``), every route (``http.admin.users``, ``http.admin``, ``http``) and
every kind of job (``job.document.route``). Own choice, all of it. A fault is a row of its sandbox, so it is copied, reset and
exported with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import events, normal_forms, state_before
from simulator.core.clock import iso
from simulator.core.database import CODE, Base
from simulator.core.errors import BadInput
from simulator.core.fault_operations import (
    DEFAULT_SECONDS,
    JOBS,
    LATE,
    LONGEST_DELAY,
    LONGEST_WAIT,
    OPERATIONS,
    ROUTES,
    SOURCES,
    Operation,
    declare,
    find,
    near,
    unknown,
)
from simulator.core.sandbox import STALE, Db

__all__ = ["OPERATIONS", "Fault", "Trigger", "add", "declare", "trigger", "triggered_outcome"]

events.declare(fault__happened="Something went wrong because a test had asked for it.")


@dataclass(frozen=True)
class Trigger:
    """A fault that a call triggered.

    Attributes:
        operation: the operation of the fault.
        outcome: how the call fails.
        seconds: by how much it is late.
        hidden: whether no page says that a test ordered it.
    """

    operation: str
    outcome: str
    seconds: float
    hidden: bool


_ANY = "faults"
"""The key in ``db.info`` that caches whether the sandbox has any faults: most have none, and every operation checks."""


class Fault(Base):
    """One ordered failure.

    ``method`` is a method of HTTP, ``person`` an address, ``company`` an organisation number; None matches all. The operation fails
    from the ``nth`` call on, ``times`` times, or always if that is None, each time with ``probability``, until the sandbox's clock
    shows ``until``. ``seen`` counts matching calls, ``used`` the failures.
    """

    __tablename__ = "fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(info=CODE)
    outcome: Mapped[str] = mapped_column(info=CODE)
    method: Mapped[str | None] = mapped_column(info=CODE)
    person: Mapped[str | None]
    company: Mapped[str | None]
    nth: Mapped[int]
    times: Mapped[int | None]
    probability: Mapped[float | None]
    until: Mapped[datetime | None]
    seconds: Mapped[float | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    seen: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)


def add(db: Db, operation: str | None = None, **fields: Any) -> Fault:
    """Order a failure; the arguments are those of ``ordered``.

    Raises:
        BadInput: as ``ordered``.
    """
    fault = ordered(db.clock.now(), operation, **fields)
    if fault.outcome == STALE:
        state_before.forget(db.sandbox)
    db.add(fault)
    db.flush()
    db.info[_ANY] = True
    return fault


def ordered(
    now: datetime,
    operation: str | None = None,
    *,
    route: str | None = None,
    outcome: str | None = None,
    method: str | None = None,
    person: str | None = None,
    company: str | None = None,
    nth: int = 1,
    times: int | None = 1,
    probability: float | None = None,
    until: datetime | None = None,
    seconds: float | None = None,
    hidden: bool = False,
) -> Fault:
    """Return a failure of an operation, or of a route in its place, such as ``POST /admin/users/add``; see ``Fault``.

    Raises:
        BadInput: there is no such operation or route, it has no such outcome or method, or the fields do not go together.
    """
    operation, method = _named(operation, route, method)
    there = find(operation)
    if there is None:
        raise BadInput([("operation", unknown(operation))])
    outcome = outcome or next(iter(there.outcomes))
    if outcome == STALE and method is None:
        method = "GET"
    fault = Fault(
        operation=operation,
        outcome=outcome,
        method=method,
        person=normal_forms.email(person) if person else None,
        company=normal_forms.number(company) if company else None,
        nth=nth,
        times=times,
        probability=probability,
        until=until,
        seconds=DEFAULT_SECONDS if outcome == LATE and seconds is None else seconds,
        hidden=hidden,
    )
    problems = list(_problems(now, there, fault))
    if problems:
        raise BadInput(problems)
    return fault


def _named(operation: str | None, route: str | None, method: str | None) -> tuple[str, str | None]:
    """Return the name of the operation that is meant, and the method."""
    if route is None or operation is not None:
        if operation is None or route is not None:
            raise BadInput([("operation", f"write an operation or a route, found {'neither' if route is None else 'both'}")])
        return operation, method
    named_by = SOURCES[ROUTES].named_by if ROUTES in SOURCES else None
    assert named_by is not None, "the web says which routes there are"
    operation, of_route = named_by(route)
    if method not in (None, of_route):
        raise BadInput([("method", f"expected {of_route!r} as in the route, found {method!r}")])
    return operation, of_route


def _problems(now: datetime, operation: Operation, fault: Fault) -> Iterable[tuple[str, str]]:
    """Return what is wrong with a fault, as pairs of field and sentence."""
    is_job = operation.name.partition(".")[0] == JOBS
    if fault.outcome not in operation.outcomes:
        there = ", ".join(operation.outcomes)
        yield "outcome", f"expected one of {there}, found {fault.outcome!r}{near(fault.outcome, operation.outcomes)}"
    if fault.method is not None and fault.method not in operation.methods:
        there = f"one of {', '.join(operation.methods)}" if operation.methods else "none, because only routes have methods"
        yield "method", f"expected {there}, found {fault.method!r}"
    elif fault.outcome == STALE and fault.method != "GET":
        yield "outcome", f"{STALE!r} is for GET, found {fault.method!r}"
    if fault.outcome != LATE and fault.seconds is not None:
        yield "seconds", f"only with the outcome {LATE!r}, found {fault.outcome!r}"
    elif fault.outcome == LATE and fault.seconds is not None:
        most = LONGEST_DELAY if is_job else LONGEST_WAIT
        if not 0 < fault.seconds <= most:
            yield "seconds", f"expected seconds above 0, up to {most}, found {fault.seconds:g}"
    if fault.until is not None and fault.until <= now:
        yield "until", f"is past: the sandbox's clock shows {iso(now)}, found {iso(fault.until)}"
    if is_job:
        for name in ("person", "company"):
            if getattr(fault, name) is not None:
                yield name, f"jobs are of no {name}; leave it out"


def all_of(db: Db) -> Sequence[Fault]:
    """Return all faults, oldest first."""
    return db.scalars(select(Fault).order_by(Fault.id)).all()


def remove_all(db: Db) -> None:
    """Remove all faults, and what is stored for them."""
    db.execute(delete(Fault))
    state_before.forget(db.sandbox)


def has_any(db: Db) -> bool:
    """Return whether the sandbox has any faults."""
    if _ANY not in db.info:
        db.info[_ANY] = db.head.has_faults
    return bool(db.info[_ANY])


def triggered_outcome(
    db: Db, operation: str, *, person: str | None = None, company: str | None = None, **data: Any
) -> str | None:
    """Count a call of a declared operation, and return the outcome of the fault that it triggers; see ``trigger``."""
    assert operation in OPERATIONS, operation
    met = trigger(db, (operation,), person=person, company=company, subject=operation, **data)
    return met.outcome if met is not None else None


def trigger(
    db: Db,
    operations: Sequence[str],
    *,
    subject: str,
    method: str | None = None,
    person: str | None = None,
    company: str | None = None,
    **data: Any,
) -> Trigger | None:
    """Count a call, and return the fault that it triggers.

    Args:
        db: the transaction of the operation; if it is undone, the call was not counted.
        operations: names of the operation and of those that include it.
        subject: of the journal's line.
        method: the HTTP method of a route.
        person: address of the person it is done for.
        company: organisation number of the company it is done for.
        data: further data for the journal.

    Returns:
        The fault, or None. If several faults match, all of them count the call and the oldest one is triggered.
    """
    met = None
    for fault in matching(db, operations, method=method, person=person, company=company):
        fault.seen += 1
        if met is not None or fault.seen < fault.nth or (fault.times is not None and fault.used >= fault.times):
            continue
        if fault.probability is None or _share(db, fault) < fault.probability:
            fault.used += 1
            met = Trigger(fault.operation, fault.outcome, fault.seconds or 0, fault.hidden)
    if met is not None:
        about = {"person": person, "company": company, **({"method": method} if method else {}), **data}
        db.sandbox.faults.append((subject, met.outcome))
        events.record(db, "fault.happened", subject=subject, outcome=met.outcome, **about)
    return met


def matching(
    db: Db, operations: Sequence[str], *, method: str | None = None, person: str | None = None, company: str | None = None
) -> Sequence[Fault]:
    """Return the faults that count a call, oldest first; for the arguments see ``trigger``."""
    if not has_any(db):
        return ()
    query = select(Fault).where(
        Fault.operation.in_(operations),
        or_(Fault.method.is_(None), Fault.method == method),
        or_(Fault.person.is_(None), Fault.person == normal_forms.email(person or "")),
        or_(Fault.company.is_(None), Fault.company == normal_forms.number(company or "")),
        or_(Fault.until.is_(None), Fault.until > db.clock.now()),
    )
    return db.scalars(query.order_by(Fault.id)).all()


def has_any_of(db: Db, operations: Sequence[str], method: str) -> bool:
    """Return whether a fault may concern a call, whoever makes it."""
    query = select(Fault.id).where(Fault.operation.in_(operations), or_(Fault.method.is_(None), Fault.method == method))
    return has_any(db) and db.scalar(query.limit(1)) is not None


def _share(db: Db, fault: Fault) -> float:
    """Return the share from 0 to 1 that the sandbox's seed gives to a call: the same for the same fault and count."""
    digest = sha256(f"{db.record.seed} {fault.id} {fault.seen}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)
