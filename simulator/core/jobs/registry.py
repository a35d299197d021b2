"""Which kinds of jobs there are, and the functions that carry them out.

A kind is registered where its function is defined. A module that is not imported at the start names its kinds with
``register_lazily``; it is imported when the first job of such a kind is claimed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from simulator.core.errors import NotFound
from simulator.core.sandbox import Db


class Work(Protocol):
    """A function that the queue calls: ``work(db, **data)``."""

    def __call__(self, db: Db, **data: Any) -> None:
        """Do the work in a transaction."""


class Preparation(Protocol):
    """The slow part of a job: ``prepare(db, **data)``; what it returns is passed to the work as ``prepared``."""

    def __call__(self, db: Db, **data: Any) -> Any:
        """Return what the work needs."""


@dataclass(frozen=True)
class JobKind:
    """How jobs of one kind are carried out.

    Attributes:
        work: the function.
        prepare: the slow part, which only reads; it runs before the transaction of the work, so that nobody waits for it.
        on_failed: called after the last attempt has failed, in the same transaction; the job is given up even if this fails.
        batched: whether consecutive due jobs may share a transaction: for short, frequent work. When one of them fails,
            the transaction is undone and each job is carried out by itself.
    """

    work: Work
    prepare: Preparation | None = None
    on_failed: Work | None = None
    batched: bool = False


KINDS: dict[str, JobKind] = {}
"""The registered kinds by name."""

ROBOTS: dict[str, str] = {}
"""Domains whose mailboxes are read automatically, with the kind of the job that reads one mail, its argument ``message``."""

MODULES: dict[str, str] = {}
"""For kinds registered lazily: the module whose import registers them, by name of the kind."""


def job(
    kind: str, *, prepare: Preparation | None = None, on_failed: Work | None = None, batched: bool = False
) -> Callable[[Work], Work]:
    """Register a function as the work of a kind of job; for the arguments see ``JobKind``."""

    def register(work: Work) -> Work:
        KINDS[kind] = JobKind(work, prepare, on_failed, batched)
        return work

    return register


def register_lazily(module: str, *kinds: str) -> None:
    """Name the kinds of jobs that a module registers when it is imported."""
    MODULES.update(dict.fromkeys(kinds, module))


def kind_of(name: str) -> JobKind:
    """Return a kind by its name. An unregistered kind fails when it is carried out, like any job with a fault."""
    if name not in KINDS and name in MODULES:
        import_module(MODULES[name])
    return KINDS.get(name) or JobKind(_fail_as_unregistered(name))


def _fail_as_unregistered(name: str) -> Work:
    def fail(db: Db, **data: Any) -> None:
        raise NotFound("kind of job", name)

    return fail
