"""Counting wrong passwords and codes, and locking an address after too many.

Source: Connect help, password policy: locked for 30 minutes after 8 failures, counter reset after 10 minutes.
Own choice: the same holds for addresses without an account, codes have their own counter, a new password does not end a lock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory import login_history
from simulator.directory.models import FailedAttempt, Lock

FAILURES = 8
WINDOW = timedelta(minutes=10)
DURATION = timedelta(minutes=30)

events.declare(
    user__locked="An address was locked after too many wrong passwords or codes.",
    sign_in__failed="A password, a code or the answer of the external provider was refused, or came while the address was locked.",
)
events.listen("sign_in.failed", login_history.failed)


class Outcome(StrEnum):
    """The result of typing a password or a code."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def attempt(db: Db, email: str, kind: str, is_right: Callable[[], bool]) -> Outcome:
    """Compare a typed password or code, unless the address is locked; count it if it is wrong.

    Args:
        db: the transaction; it must be committed for every outcome, because a failure is counted in it.
        email: the address; for the mailed link to a document, a key of that link.
        kind: ``password`` or ``code``; each has its own counter.
        is_right: compares; not called while the address is locked.
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
        True if this failure locked the address.
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
    """Reset an address's counters, as after a success."""
    query = delete(FailedAttempt).where(FailedAttempt.email == email)
    db.execute(query if kind is None else query.where(FailedAttempt.kind == kind))
