"""Operations that can fail: those that modules declare, every route, and every kind of job.

No table, so that a server starts without it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from simulator.core.jobs import registry
from simulator.core.sandbox import STALE

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
        named_by: returns name and method of the operation of a route, ``POST /admin/users/add``, or raises ``BadInput``.
    """

    find: Callable[[str], Operation | None]
    all: Callable[[], Iterable[Operation]]
    named_by: Callable[[str], tuple[str, str]] | None = None


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


def unknown(name: str) -> str:
    """Say that there is no operation of a name, and which there are."""
    operations = [operation.name for operation in all_operations()]
    there = ", ".join(sorted({*MODULES, *OPERATIONS}))
    return (
        f"expected one of {there}, {ROUTES}.<route> or {JOBS}.<kind> (GET /_sim/operations lists all), "
        f"found {name!r}{near(name, operations)}"
    )


def near(name: str, names: Iterable[str]) -> str:
    """Return the names that resemble one, as the rest of a sentence; empty if none does."""
    from difflib import get_close_matches

    matches = get_close_matches(name, sorted(names), n=3, cutoff=0.5)
    return f"; near it are {', '.join(matches)}" if matches else ""
