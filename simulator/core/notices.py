"""Notices: messages to one person in the bell of the page's header, each with a link to a page."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import Base
from simulator.core.sandbox import Db

LIFETIME = timedelta(days=30)
"""Own choice: how long the bell lists a notice, on the sandbox's clock."""


class Notice(Base):
    """One notice. ``text`` is a text key and ``data`` fills it; ``link`` is an address below the sandbox."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    text: Mapped[str]
    data: Mapped[dict[str, Any]]
    link: Mapped[str | None]
    read_at: Mapped[datetime | None]


_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person"), Notice.read_at.is_(None), Notice.created_at > bindparam("since"))
)


def notify(db: Db, person_id: int, text: str, *, link: str | None = None, **data: Any) -> Notice:
    """Add a notice to a person's bell."""
    notice = Notice(person_id=person_id, created_at=db.clock.now(), text=text, data=data, link=link, read_at=None)
    db.add(notice)
    db.changed = True
    return notice


def latest(db: Db, person_id: int, limit: int = 20) -> Sequence[Notice]:
    """Return a person's notices of the last 30 days, newest first."""
    query = select(Notice).where(Notice.person_id == person_id, Notice.created_at > db.clock.now() - LIFETIME)
    return db.scalars(query.order_by(Notice.id.desc()).limit(limit)).all()


def newest_about(db: Db, person_id: int, texts: Collection[str], **data: Any) -> Notice | None:
    """Return a person's newest notice of the last 30 days that has one of some texts, filled with these data."""
    query = select(Notice).where(
        Notice.person_id == person_id, Notice.text.in_(texts), Notice.created_at > db.clock.now() - LIFETIME
    )
    return next((notice for notice in db.scalars(query.order_by(Notice.id.desc())) if notice.data == data), None)


def of_person(db: Db, notice_id: int, person_id: int) -> Notice | None:
    """Return a notice if it belongs to this person and the bell still lists it."""
    notice = db.get(Notice, notice_id)
    if notice is None or notice.person_id != person_id or notice.created_at <= db.clock.now() - LIFETIME:
        return None
    return notice


def unread(db: Db, person_id: int) -> int:
    """Count a person's unread notices of the last 30 days."""
    db.flush()
    return db.connection().execute(_UNREAD, {"person": person_id, "since": db.clock.now() - LIFETIME}).scalar_one()


def mark_read(db: Db, person_id: int, notice_id: int | None = None) -> None:
    """Mark one notice, or all of a person's, as read."""
    for notice in db.scalars(select(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))):
        if notice_id in (None, notice.id):
            notice.read_at = db.clock.now()
