"""Finishing a fresh copy of a template: another language, an overlay."""

from pathlib import Path

from simulator.core.sandbox import Db
from simulator.core.store import Creation

from .cache import SCENARIOS, Head, head


def finish(db: Db, creation: Creation, scenarios: Path = SCENARIOS) -> None:
    """Make a fresh copy differ from its template. The journal stays empty: what was there before creation is no event.

    Args:
        db: a transaction in the copy.
        creation: what the sandbox is created with.
        scenarios: where scenario files are.

    Raises:
        BadInput: the overlay is not right; paths begin with ``with.``.
    """
    from sqlalchemy import delete, update

    from simulator.core.events import Event
    from simulator.directory.models import Person

    from . import mails

    db.precedes_creation = True
    if creation.language:
        db.execute(update(Person).values(language=creation.language))
        mails.send_again(db)
    start = head(creation.scenario, scenarios, creation.scenario_text)
    if start.minutes:
        _count_from_creation(db, start)
    if creation.overlay:
        from .overlay import apply_overlay

        apply_overlay(db, creation.overlay, start, start.creation_day(db.record.born_at))
        if creation.overlay.keys() & {"people", "crowds"}:
            from simulator.directory import login_history

            login_history.from_last_sign_ins(db)
    db.flush()
    db.execute(delete(Event))


def _count_from_creation(db: Db, start: Head) -> None:
    """Move locks that end within the creation day, from midnight, as a ready file counts them, to the instant of creation."""
    from datetime import timedelta

    from sqlalchemy import select

    from simulator.directory.models import Lock

    instant = db.record.born_at
    midnight = start.midnight(instant)
    within = Lock.until > midnight, Lock.until < midnight + timedelta(days=1)
    for lock in db.scalars(select(Lock).where(*within)).all():
        lock.until += instant - midnight
