"""Faults: failures that a test orders, for the nth call of an operation for a person or a company.

Operations are those that modules declare (``email.deliver``), every route (``http.admin.users``, ``http.admin``, ``http``) and
every kind of job (``job.document.route``). Own choice, all of it. A fault is a row of its sandbox, so it is copied, reset and
exported with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from importlib import import_module
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import events, normal_forms, state_before
from simulator.core.clock import iso
from simulator.core.database import CODE, Base
from simulator.core.errors import BadInput
from simulator.core.jobs import registry
from simulator.core.sandbox import STALE, Db

events.declare(fault__happened="Something went wrong because a test had asked for it.")

LATE = "late"
LONGEST_WAIT = 30
"""Own choice: seconds by which an answer can be late."""
LONGEST_DELAY = 31 * 24 * 60 * 60
"""Own choice: seconds of the sandbox's clock by which a job can be late: a month."""
DEFAULT_SECONDS = 5

ROUTES, JOBS = "http", "job"
"""The first parts of the names of generated operations."""


@dataclass(frozen=True)
class Operation:
    """An operation that can fail.

    Attributes:
        name: for example ``email.deliver``.
        meaning: a description of the operation.
        outcomes: the ways in which it can fail, each with a description; the first one is the default.
        methods: of a route, the HTTP methods by which it is called; empty for anything else.
        path: of a route, its path below the sandbox.
    """

    name: str
    meaning: str
    outcomes: dict[str, str]
    methods: tuple[str, ...] = ()
    path: str | None = None


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


ROUTE_OUTCOMES = {
    "error": "The answer is 500; nothing is done.",
    "unavailable": "The answer is 503 with Retry-After; nothing is done.",
    "conflict": "The answer is 409, as if somebody else had changed it meanwhile; nothing is done.",
    "refused": "It is refused as the product refuses by its rules: beside the form, or 422; nothing is done.",
    LATE: f"It is done at once, and the answer comes so many seconds later (5 when left out, {LONGEST_WAIT} at most).",
    "dropped_before": "The connection is closed without an answer; nothing is done.",
    "dropped_after": "It is done, and the connection is closed without an answer.",
    STALE: "GET only: the answer shows the state from before the last change.",
}
JOB_OUTCOMES = {
    "error": "The attempt fails; a job has three attempts.",
    LATE: "The job is due so many seconds of the sandbox's clock later (5 when left out, a month at most).",
}

_ANY = "faults"
"""The key in ``db.info`` that caches whether the sandbox has any faults: most have none, and every operation checks."""

OPERATIONS: dict[str, Operation] = {}
"""Operations as declared by the modules that implement them, once these are imported."""

MODULES: dict[str, str] = {}
"""The module that declares each of these operations, by name of the operation."""


def declare(name: str, meaning: str, **outcomes: str) -> None:
    """Declare an operation and its outcomes."""
    OPERATIONS[name] = Operation(name, meaning, outcomes)


def declare_lazily(module: str, *names: str) -> None:
    """Name the operations that a module declares when it is imported."""
    MODULES.update(dict.fromkeys(names, module))


@dataclass(frozen=True)
class Source:
    """Operations that are not declared one by one.

    Attributes:
        find: returns the operation of a name, or None.
        all: returns all of them.
    """

    find: Callable[[str], Operation | None]
    all: Callable[[], Iterable[Operation]]


def _of_kind(kind: str) -> Operation:
    return Operation(f"{JOBS}.{kind}", f"A job {kind} is carried out.", JOB_OUTCOMES)


def _kinds() -> set[str]:
    return {*registry.KINDS, *registry.MODULES}


def _find_job(name: str) -> Operation | None:
    kind = name.partition(".")[2]
    return _of_kind(kind) if kind in _kinds() else None


SOURCES = {JOBS: Source(_find_job, lambda: map(_of_kind, _kinds()))}
"""Sources of operations by the first part of their names; the web adds that of routes."""


def find(name: str) -> Operation | None:
    """Return an operation, for which no more is imported than what has it; None if there is none of that name."""
    source = SOURCES.get(name.partition(".")[0])
    if source is not None:
        return source.find(name)
    if name not in OPERATIONS and name in MODULES:
        import_module(MODULES[name])
    return OPERATIONS.get(name)


def all_operations() -> list[Operation]:
    """Return all operations by name; everything that has some is imported for it."""
    for module in dict.fromkeys(MODULES.values()):
        import_module(module)
    generated = [operation for source in SOURCES.values() for operation in source.all()]
    return sorted([*OPERATIONS.values(), *generated], key=lambda operation: operation.name)


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


def add(
    db: Db,
    operation: str,
    *,
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
    """Order a failure of an operation.

    Raises:
        BadInput: there is no such operation, it has no such outcome or method, or the fields do not go together.
    """
    there = find(operation)
    if there is None:
        raise BadInput([("operation", _unknown(operation))])
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
    problems = list(_problems(db, there, fault))
    if problems:
        raise BadInput(problems)
    if outcome == STALE:
        state_before.forget(db.sandbox)
    db.add(fault)
    db.flush()
    db.info[_ANY] = True
    return fault


def _problems(db: Db, operation: Operation, fault: Fault) -> Iterable[tuple[str, str]]:
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
    if fault.until is not None and fault.until <= (now := db.clock.now()):
        yield "until", f"is past: the sandbox's clock shows {iso(now)}, found {iso(fault.until)}"
    if is_job:
        for name in ("person", "company"):
            if getattr(fault, name) is not None:
                yield name, f"jobs are of no {name}; leave it out"


def _unknown(name: str) -> str:
    """Say that there is no operation of a name, and which there are."""
    operations = [operation.name for operation in all_operations()]
    there = ", ".join(sorted({*MODULES, *OPERATIONS}))
    return (
        f"expected one of {there}, {ROUTES}.<route> or {JOBS}.<kind> (GET /_sim/operations lists all), "
        f"found {name!r}{near(name, operations)}"
    )


def near(name: str, names: Iterable[str]) -> str:
    """Return the names that resemble one, as the rest of a sentence; empty if none does."""
    matches = get_close_matches(name, sorted(names), n=3, cutoff=0.5)
    return f"; near it are {', '.join(matches)}" if matches else ""


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
