"""Notices: messages to one person in the bell of the page's header, each of a kind and most with a link to a page.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 3: a finished export is announced in the bell, and the notice leads to
the file. Own choice: the other kinds, and what is kept for how long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, and_, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import Base, among
from simulator.core.sandbox import Db

LIFETIME = timedelta(days=30)
"""Own choice: how long the bell lists a notice, on the sandbox's clock."""


class NoticeKind(StrEnum):
    """The kinds of notices. Without another one, the text of a notice is ``notice.<kind>``."""

    EXPORT_READY = "export_ready"
    EXPORT_FAILED = "export_failed"
    USER_ACTIVATED = "user_activated"
    ROLES_CHANGED = "roles_changed"
    SUPPORT_ACCESS_STARTED = "support_access_started"
    SUPPORT_ACCESS_ENDING = "support_access_ending"
    LICENCE_LIMIT = "licence_limit"
    INVOICE_MADE = "invoice_made"
    CONTRACT_RENEWING = "contract_renewing"
    CANCELLATION_REGISTERED = "cancellation_registered"
    CANCELLATION_REFUSED = "cancellation_refused"
    ACCESS_ENDING = "access_ending"
    DOCUMENT_ON_HOLD = "document_on_hold"
    REGISTRATION_CHANGED = "registration_changed"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"notice.kind.{self.value}"


class Notice(Base):
    """One notice. ``text`` is a text key and ``data`` fills it; ``link`` is an address below the sandbox.

    Days in ``data`` are texts in the form of ISO 8601; their names end in ``day``. The link opens at the company, or at any company
    of the customer, that the notice is about.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("notice_of_person", "person_id", "read_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(info=among(NoticeKind))
    customer_id: Mapped[int | None]
    company_id: Mapped[int | None]
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


@dataclass(frozen=True)
class Filter:
    """Filters of a person's notices: one kind, or None for all; those that are unread only."""

    kind: NoticeKind | None = None
    unread: bool = False


def notify(
    db: Db,
    person_id: int,
    kind: NoticeKind,
    *,
    text: str | None = None,
    link: str | None = None,
    customer_id: int | None = None,
    company_id: int | None = None,
    **data: Any,
) -> Notice:
    """Add a notice to a person's bell.

    Args:
        db: the transaction.
        person_id: the person.
        kind: the kind of notice.
        text: text key; ``notice.<kind>`` if None.
        link: address below the sandbox.
        customer_id: the customer that it is about.
        company_id: the company that it is about.
        data: values of the text's placeholders; days are stored in the form of ISO 8601.
    """
    notice = Notice(
        person_id=person_id,
        kind=kind,
        customer_id=customer_id,
        company_id=company_id,
        created_at=db.clock.now(),
        text=text or f"notice.{kind.value}",
        data={name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()},
        link=link,
        read_at=None,
    )
    db.add(notice)
    db.changed = True
    return notice


EVERY = Filter()
"""Filters nothing."""


def _listed(db: Db, person_id: int, filters: Filter) -> ColumnElement[bool]:
    terms = [Notice.person_id == person_id, Notice.created_at > db.clock.now() - LIFETIME]
    if filters.kind is not None:
        terms.append(Notice.kind == filters.kind)
    if filters.unread:
        terms.append(Notice.read_at.is_(None))
    return and_(*terms)


def latest(db: Db, person_id: int, limit: int = 20, offset: int = 0, filters: Filter = EVERY) -> Sequence[Notice]:
    """Return some of a person's notices of the last 30 days, newest first."""
    query = select(Notice).where(_listed(db, person_id, filters)).order_by(Notice.created_at.desc(), Notice.id.desc())
    return db.scalars(query.limit(limit).offset(offset)).all()


def count(db: Db, person_id: int, filters: Filter) -> int:
    """Count a person's notices of the last 30 days."""
    return db.scalars(select(func.count(Notice.id)).where(_listed(db, person_id, filters))).one()


def kinds(db: Db, person_id: int) -> list[NoticeKind]:
    """Return the kinds that a person's notices of the last 30 days have, in the order of ``NoticeKind``."""
    present = set(db.scalars(select(Notice.kind).where(_listed(db, person_id, EVERY)).distinct()))
    return [kind for kind in NoticeKind if kind in present]


def newest_about(db: Db, person_id: int, kinds: Collection[NoticeKind], **data: Any) -> Notice | None:
    """Return a person's newest notice of the last 30 days that is of one of some kinds, and filled with these data."""
    query = select(Notice).where(_listed(db, person_id, EVERY), Notice.kind.in_(kinds)).order_by(Notice.id.desc())
    return next((notice for notice in db.scalars(query) if notice.data == data), None)


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


def mark_read(db: Db, person_id: int, notice_id: int | None = None, *, up_to: int | None = None) -> None:
    """Mark one notice as read, or all of a person's.

    Args:
        db: the transaction.
        person_id: the person.
        notice_id: the notice; None for all.
        up_to: with all, the id of the newest notice that is marked: what came after the reader's page was made stays unread.
    """
    statement = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    if up_to is not None:
        statement = statement.where(Notice.id <= up_to)
    db.execute(statement.values(read_at=db.clock.now()), execution_options={"synchronize_session": "fetch"})
    db.changed = True
