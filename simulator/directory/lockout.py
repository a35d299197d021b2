"""Counting wrong passwords and codes, and locking an address that had too many.

Source: Connect help, password policy: locked for 30 minutes after 8 failures, counter reset after 10 minutes.
Own choice: unknown addresses are counted and locked alike, codes have a counter of their own, a reset does not lift a lock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory.models import FailedAttempt, Lock

FAILURES = 8
WINDOW = timedelta(minutes=10)
DURATION = timedelta(minutes=30)

events.declare(
    user__locked="An address was locked after too many wrong passwords or codes.",
    sign_in__failed="A password or a code was wrong, or came while the address was locked.",
)


class Outcome(StrEnum):
    """What typing a password or a code led to."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def attempt(db: Db, email: str, kind: str, is_right: Callable[[], bool]) -> Outcome:
    """Compare what was typed, unless the address is locked; count it when it is wrong.

    Args:
        db: the transaction; it must be kept, whatever the outcome, because a failure is counted in it.
        email: the address; for the mailed link to a document, what stands for it.
        kind: ``password`` or ``code``: a counter of its own.
        is_right: compares; not asked while the address is locked.
    """
    if locked_until(db, email) is not None:
        events.record(db, "sign_in.failed", subject=email, reason="locked")
        return Outcome.LOCKED
    if is_right():
        forget_failures(db, email, kind)
        return Outcome.RIGHT
    events.record(db, "sign_in.failed", subject=email, reason=kind)
    return Outcome.LOCKED if count_failure(db, email, kind) else Outcome.WRONG


def locked_until(db: Db, email: str) -> datetime | None:
    """Return until when an address is locked, or None."""
    lock = db.get(Lock, email)
    return lock.until if lock is not None and lock.until > db.clock.now() else None


def count_failure(db: Db, email: str, kind: str) -> bool:
    """Count a failure of a kind (``password`` or ``code``).

    Returns:
        True when this one locked the address.
    """
    now = db.clock.now()
    db.add(FailedAttempt(email=email, kind=kind, at=now))
    db.flush()
    recent = select(func.count()).where(
        FailedAttempt.email == email, FailedAttempt.kind == kind, FailedAttempt.at > now - WINDOW
    )
    if (db.scalar(recent) or 0) < FAILURES:
        return False
    lock(db, email, now + DURATION)
    forget_failures(db, email)
    events.record(db, "user.locked", subject=email, until=(now + DURATION).isoformat())
    return True


def lock(db: Db, email: str, until: datetime) -> None:
    """Lock an address until an instant."""
    db.merge(Lock(email=email, until=until))


def forget_failures(db: Db, email: str, kind: str | None = None) -> None:
    """Start an address's counters again, as after a success."""
    query = delete(FailedAttempt).where(FailedAttempt.email == email)
    db.execute(query if kind is None else query.where(FailedAttempt.kind == kind))
