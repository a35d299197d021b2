"""Finishing a fresh copy of a template: another language, an overlay."""

from pathlib import Path

from simulator.core.sandbox import Db
from simulator.core.store import Birth

from .cache import SCENARIOS, Head, head


def finish(db: Db, birth: Birth, scenarios: Path = SCENARIOS) -> None:
    """Make a fresh copy differ from its template. The journal stays empty: what was there before birth is no event.

    Args:
        db: a transaction in the copy.
        birth: what the sandbox is born with.
        scenarios: where scenario files are.

    Raises:
        BadInput: the overlay is not right; paths begin with ``with.``.
    """
    from sqlalchemy import delete, update

    from simulator.core.events import Event
    from simulator.directory.models import Person

    from . import mails

    if birth.language:
        db.execute(update(Person).values(language=birth.language))
        mails.send_again(db)
    start = head(birth.scenario, scenarios)
    if start.minutes:
        _count_from_birth(db, start)
    if birth.overlay:
        from .overlay import apply_overlay

        apply_overlay(db, birth.overlay, start, start.birth_day(db.record.born_at))
    db.flush()
    db.execute(delete(Event))


def _count_from_birth(db: Db, start: Head) -> None:
    """Move locks that end within the birth day, which a ready file counts from midnight, to count from the instant of birth."""
    from datetime import timedelta

    from sqlalchemy import select

    from simulator.directory.models import Lock

    instant = db.record.born_at
    midnight = start.midnight(instant)
    within = Lock.until > midnight, Lock.until < midnight + timedelta(days=1)
    for lock in db.scalars(select(Lock).where(*within)).all():
        lock.until += instant - midnight
