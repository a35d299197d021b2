"""Queries of Home: the notices of the bell, as the visitor sees them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from simulator.core import notices as bell
from simulator.core.notices import Filter, Notice, NoticeKind
from simulator.core.sandbox import Db
from simulator.directory import actors
from simulator.directory.actors import Actor
from simulator.web import i18n
from simulator.web.access import may_open
from simulator.web.listing import Listing, PageRequest

ICONS = {
    NoticeKind.EXPORT_READY: "download",
    NoticeKind.EXPORT_FAILED: "exclamation-triangle-fill",
    NoticeKind.USER_ACTIVATED: "person-circle",
    NoticeKind.ROLES_CHANGED: "people",
    NoticeKind.SUPPORT_ACCESS_STARTED: "life-preserver",
    NoticeKind.SUPPORT_ACCESS_ENDING: "life-preserver",
    NoticeKind.LICENCE_LIMIT: "bar-chart",
    NoticeKind.INVOICE_MADE: "receipt",
    NoticeKind.CONTRACT_RENEWING: "arrow-repeat",
    NoticeKind.CANCELLATION_REGISTERED: "journal-text",
    NoticeKind.CANCELLATION_REFUSED: "journal-text",
    NoticeKind.ACCESS_ENDING: "clock",
    NoticeKind.DOCUMENT_ON_HOLD: "inbox",
    NoticeKind.REGISTRATION_CHANGED: "broadcast",
}
"""Own choice: the icon of each kind."""

_UNITS = ((timedelta(days=1), "days"), (timedelta(hours=1), "hours"), (timedelta(minutes=1), "minutes"))


@dataclass(frozen=True)
class Entry:
    """A notice as the page lists it.

    Attributes:
        id: the notice's id.
        icon: name of the icon of its kind.
        text: in the language of the page.
        created_at: when it came.
        age: how long ago that was, in words.
        is_unread: whether it is unread.
        leads_on: whether it has a link that the visitor may follow.
    """

    id: int
    icon: str
    text: str
    created_at: datetime
    age: str
    is_unread: bool
    leads_on: bool


def list_notices(db: Db, actor: Actor, filters: Filter, page_request: PageRequest) -> Listing[Entry]:
    """Return a page of the actor's notices of the last 30 days, newest first."""
    total = bell.count(db, actor.id, filters)
    page = page_request.nearest(total)
    rows = bell.latest(db, actor.id, page.size, page.start, filters)
    targets = Targets(db, actor)
    entries = [_entry(notice, db.clock.now(), leads_on=targets.may_follow(notice)) for notice in rows]
    return Listing(entries, total, page.number, page.count, page_request)


class Targets:
    """Where notices lead to for an actor: whose link may be followed, and at which company.

    Own choice: a notice outlives the right to what it is about; then it has no link any longer.
    """

    def __init__(self, db: Db, actor: Actor) -> None:
        self._db, self._actor = db, actor
        self._by_company: dict[int | None, Actor] = {actor.company.id if actor.company else None: actor}

    def company_of(self, notice: Notice) -> int | None:
        """Return the company at which a notice's link opens: the chosen one, unless the notice is about another.

        Returns:
            None when the actor cannot choose a company that it is about, or has none at all.
        """
        chosen, selectable = self._actor.company, self._actor.companies
        if notice.company_id is not None:
            return next((company.id for company in selectable if company.id == notice.company_id), None)
        if notice.customer_id is None or notice.customer_id == self._actor.customer_id:
            return chosen.id if chosen else None
        return next((company.id for company in selectable if company.customer_id == notice.customer_id), None)

    def may_follow(self, notice: Notice) -> bool:
        """Return whether a notice has a link, and the actor may open its page."""
        if notice.link is None:
            return False
        company_id = self.company_of(notice)
        if company_id is None and self._is_elsewhere(notice):
            return False
        if company_id is not None and company_id not in self._by_company:
            self._by_company[company_id] = actors.actor_at(self._db, self._actor, company_id)
        return may_open(self._by_company.get(company_id, self._actor), notice.link)

    def _is_elsewhere(self, notice: Notice) -> bool:
        return notice.company_id is not None or notice.customer_id not in (None, self._actor.customer_id)


def _entry(notice: Notice, now: datetime, *, leads_on: bool) -> Entry:
    return Entry(
        notice.id,
        ICONS[NoticeKind(notice.kind)],
        i18n.t(notice.text, **{name: _in_words(name, value) for name, value in notice.data.items()}),
        notice.created_at,
        _age(now - notice.created_at),
        notice.read_at is None,
        leads_on,
    )


def _in_words(name: str, value: object) -> object:
    return i18n.show_date(date.fromisoformat(str(value))) if name.endswith("day") else value


def _age(age: timedelta) -> str:
    """Write how long ago something was, in whole days, hours or minutes."""
    for unit, name in _UNITS:
        if age >= unit:
            return i18n.t(f"home.age.{name}", count=i18n.show_number(age // unit))
    return i18n.t("home.age.now")
