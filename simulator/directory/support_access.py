"""Support access: a customer lets a consultant of the vendor in, until the end of a day.

Source: "Hvordan opprette supportbruker": a Customer administrator gives it with an end date, a week ahead; the consultant becomes
Application administrator on the customer and may give himself roles on its companies; it ends by itself after the date and can be
withdrawn at any time. "Customer administrator rollen": nobody has it and is Customer administrator. Own choice: a year is the
longest; the day ends in the time zone of the customer's country; with the access end all roles at the customer, those included
that the consultant gave himself.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.core import events, formats, jobs, notices, outbox
from simulator.core.errors import RuleViolation
from simulator.core.jobs import job
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory import administration, countries, people
from simulator.directory.actors import Actor
from simulator.directory.models import Customer, Membership, Person, Status, SupportAccess
from simulator.directory.people import record_change
from simulator.directory.roles import APPLICATION_ADMINISTRATOR

USUAL = timedelta(days=7)
"""How long access is given for, unless the administrator chooses another day. Source: Connect HRM, support access."""
LONGEST = timedelta(days=365)
REMINDED_AT = time(8)
"""Own choice: when, on the day before the last one, mails say that the access ends."""
END, REMIND = "support_access.end", "support_access.remind"
"""Kinds of the jobs that end an access, and that say a day before that it ends."""

PAGE = "/admin/support"

events.declare(
    support_access__given="A consultant of the vendor was given access to a customer, until the end of a day.",
    support_access__changed="The last day of a support access was changed.",
    support_access__withdrawn="A support access was withdrawn before its last day was over.",
    support_access__ended="A support access ended with its last day.",
)


class AccessChanged(RuleViolation):
    """Another administrator gave, changed or withdrew the access after the page was rendered."""

    status = 409


def today(db: Db, customer: Customer) -> date:
    """Return the day in the time zone of a customer."""
    return db.clock.now().astimezone(_zone(customer)).date()


def open_access(db: Db, person_id: int, customer_id: int) -> SupportAccess | None:
    """Return the access of a consultant to a customer that has not ended, or None."""
    query = select(SupportAccess).where(
        SupportAccess.person_id == person_id, SupportAccess.customer_id == customer_id, SupportAccess.ended_at.is_(None)
    )
    access = db.scalar(query)
    return access if access is not None and access.ends_at > db.clock.now() else None


def newest(db: Db, customer_id: int) -> dict[int, SupportAccess]:
    """Return the newest access of each consultant who has, or had, access to a customer, by the person's id."""
    query = select(SupportAccess).where(SupportAccess.customer_id == customer_id).order_by(SupportAccess.id)
    return {access.person_id: access for access in db.scalars(query)}


def give(
    db: Db, actor: Actor | None, customer: Customer, person: Person, last_day: date, version: int | None = None
) -> SupportAccess | None:
    """Give a consultant access to a customer, or change the last day of the access that the consultant has.

    Args:
        db: the transaction.
        actor: the administrator; None for a scenario, which sends no mails.
        customer: the customer.
        person: the consultant.
        last_day: the last day of the access, in the time zone of the customer's country.
        version: the version of the access when the page was rendered, 0 for none; None skips the check.

    Returns:
        The access; None when it has this last day already.

    Raises:
        AccessChanged: ``directory.support_access_changed``.
        RuleViolation: ``directory.not_a_consultant``, ``directory.consultant_inactive``, ``directory.support_day_past``,
            ``directory.support_day_far``, ``directory.is_primary_contact`` or ``directory.exclusive_roles``.
    """
    if not person.desk:
        raise RuleViolation("directory.not_a_consultant")
    if person.status != Status.ACTIVE:
        raise RuleViolation("directory.consultant_inactive", name=person.name)
    access = _current(db, person, customer, version)
    if access is not None and access.last_day == last_day:
        return None
    first = today(db, customer)
    if last_day < first:
        raise RuleViolation("directory.support_day_past", day=last_day, name=person.name)
    if last_day - first > LONGEST:
        raise RuleViolation("directory.support_day_far", day=first + LONGEST, name=person.name)
    by = actor.email if actor is not None else None
    ends_at = datetime.combine(last_day + timedelta(days=1), time(0), _zone(customer))
    if access is None:
        access = SupportAccess(
            customer=customer, person=person, begins_at=db.clock.now(), last_day=last_day, ends_at=ends_at, ended_at=None
        )
        db.add(access)
        _let_in(db, by, customer, person)
        record_change(
            db, person, "support_access.given", by, customer_id=customer.id, until=last_day.isoformat(), name=person.name
        )
    else:
        before, access.last_day, access.ends_at = access.last_day, last_day, ends_at
        access.version += 1
        changes = {"last_day": [before.isoformat(), last_day.isoformat()]}
        record_change(db, person, "support_access.changed", by, customer_id=customer.id, changes=changes, name=person.name)
    db.flush()
    _plan(db, access)
    if actor is not None:
        _mail(db, "support_access_given", access)
        _notify(db, NoticeKind.SUPPORT_ACCESS_STARTED, access)
    return access


def write_past(db: Db, customer: Customer, person: Person, last_day: date) -> None:
    """Write an access of an earlier time, which ended with its last day: for scenarios."""
    ends_at = datetime.combine(last_day + timedelta(days=1), time(0), _zone(customer))
    begins_at = ends_at - USUAL
    db.add(
        SupportAccess(
            customer=customer, person=person, begins_at=begins_at, last_day=last_day, ends_at=ends_at, ended_at=ends_at
        )
    )


def withdraw(db: Db, actor: Actor, customer: Customer, person: Person, version: int | None = None) -> SupportAccess | None:
    """End the access of a consultant at once.

    Returns:
        The access; None when there was none.

    Raises:
        AccessChanged: ``directory.support_access_changed``.
    """
    access = _current(db, person, customer, version)
    if access is not None:
        _end(db, access, actor.email)
    return access


@job(END)
def end_due(db: Db, **data: Any) -> None:
    """End the access ``access_id`` if its last day is over."""
    access = db.get_one(SupportAccess, data["access_id"])
    if access.ended_at is None and access.ends_at <= db.clock.now():
        _end(db, access, None)


@job(REMIND)
def remind(db: Db, **data: Any) -> None:
    """Say that the access ``access_id`` ends tomorrow, if it still does."""
    access = db.get_one(SupportAccess, data["access_id"])
    if access.ended_at is None and access.last_day.isoformat() == data["last_day"] and access.ends_at > db.clock.now():
        _mail(db, "support_access_ends", access)
        _notify(db, NoticeKind.SUPPORT_ACCESS_ENDING, access)


def _current(db: Db, person: Person, customer: Customer, version: int | None) -> SupportAccess | None:
    """Return the open access, after comparing its version; one that is over and waits for its job is ended first."""
    query = select(SupportAccess).where(
        SupportAccess.person_id == person.id, SupportAccess.customer_id == customer.id, SupportAccess.ended_at.is_(None)
    )
    access = db.scalar(query)
    if access is not None and access.ends_at <= db.clock.now():
        _end(db, access, None)
        access = None
    if version is not None and version != (access.version if access is not None else 0):
        raise AccessChanged("directory.support_access_changed", name=person.name)
    return access


def _let_in(db: Db, by: str | None, customer: Customer, person: Person) -> None:
    membership = db.get(Membership, (person.id, customer.id))
    if membership is None:
        db.add(Membership(person_id=person.id, customer_id=customer.id))
        db.flush()
    elif membership.primary_contact:
        raise RuleViolation("directory.is_primary_contact", name=person.name)
    administration.give(db, by, person, APPLICATION_ADMINISTRATOR, customer=customer, company=None)


def _plan(db: Db, access: SupportAccess) -> None:
    now, zone = db.clock.now(), _zone(access.customer)
    jobs.enqueue(db, END, delay=access.ends_at - now, access_id=access.id)
    reminder = datetime.combine(access.last_day - timedelta(days=1), REMINDED_AT, zone)
    if reminder > now:
        jobs.enqueue(db, REMIND, delay=reminder - now, access_id=access.id, last_day=access.last_day.isoformat())


def _end(db: Db, access: SupportAccess, by: str | None) -> None:
    access.ended_at = db.clock.now() if by is not None else min(db.clock.now(), access.ends_at)
    access.ended_by = by
    access.version += 1
    db.flush()
    person, customer = access.person, access.customer
    if db.get(Membership, (person.id, customer.id)) is not None:
        administration.remove(db, by, person, customer)
    type_ = "support_access.withdrawn" if by is not None else "support_access.ended"
    record_change(db, person, type_, by, customer_id=customer.id, until=access.last_day.isoformat(), name=person.name)
    _mail(db, "support_access_ended", access)
    _notify(db, NoticeKind.SUPPORT_ACCESS_ENDING, access, text="notice.support_access.ended")


def _mail(db: Db, name: str, access: SupportAccess) -> None:
    """Write to the consultant and to the customer's administrators."""
    for recipient in (access.person, *people.customer_administrators(db, access.customer_id)):
        outbox.mail(
            db,
            name,
            to=recipient.email,
            language=recipient.language,
            link=db.address("admin", "support") if recipient is not access.person else db.address("home", ""),
            first_name=recipient.first_name,
            consultant=access.person.name,
            email=access.person.email,
            customer=access.customer.name,
            day=formats.short_date(recipient.language, access.last_day),
        )


def _notify(db: Db, kind: NoticeKind, access: SupportAccess, *, text: str | None = None) -> None:
    """Notify the consultant and the customer's administrators."""
    for recipient in (access.person, *people.customer_administrators(db, access.customer_id)):
        notices.notify(
            db,
            recipient.id,
            kind,
            text=text,
            link=PAGE if recipient is not access.person else "/home",
            customer_id=access.customer_id,
            name=access.person.name,
            customer=access.customer.name,
            last_day=access.last_day.isoformat(),
        )


def _zone(customer: Customer) -> ZoneInfo:
    return ZoneInfo(countries.BY_CODE[customer.country].time_zone)
