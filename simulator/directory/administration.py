"""Changes of users by administrators, with the rules that ensure that each customer has an administrator.

Every change increments the user's ``version`` and is recorded in the journal, so that when two administrators edit the same
user, the second sees what was changed, by whom and when.

Source: "Veelgestelde vragen in Visma.net", primary contact: exactly one, setting another demotes the old one; "Customer
administrator rollen": support access and Customer administrator exclude each other. Own choice: that at least one active
Customer administrator must remain, and what deactivating and removing mean.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, select

from simulator.core import events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.events import Event
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory import links, people, sign_in_sessions
from simulator.directory.groups.models import GrantSource
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status, SupportAccess
from simulator.directory.people import Particulars, record_change
from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    BY_CODE,
    CUSTOMER_ADMINISTRATOR,
    EXCLUSIVE,
    Level,
    Role,
)
from simulator.directory.signing_in import devices, pending_sign_ins

CHANGEABLE = ("first_name", "last_name", "phone", "language")
"""Particulars that an administrator can change. People change their own address, in My details."""

events.declare(
    user__changed="Particulars of a user were changed.",
    user__deactivated="A user was deactivated: no signing in, roles kept.",
    user__reactivated="A deactivated user may sign in again.",
    user__removed="A user was removed from a customer; the account stays.",
    user__made_primary_contact="A user became the primary contact of a customer.",
)

CHANGES = (
    "user.added",
    "user.changed",
    "user.deactivated",
    "user.reactivated",
    "user.removed",
    "user.made_primary_contact",
    "role.granted",
    "role.revoked",
    "role.assigned",
    "role.unassigned",
    "group.joined",
    "group.left",
    "user.access_changed",
    "details.changed",
)
"""Events that increment a user's version; the last one is recorded where people change their own details."""

_forget_in_groups = late("simulator.directory.groups.groups:forget_person")


def change(db: Db, actor: str, person: Person, particulars: Particulars) -> list[str]:
    """Change a user's names, phone and language.

    Returns:
        The names of the changed particulars; if there are none, no event is recorded.
    """
    new = {
        "first_name": particulars.first_name.strip(),
        "last_name": particulars.last_name.strip(),
        "phone": particulars.phone,
        "language": particulars.language,
    }
    changes = {name: [getattr(person, name), new[name]] for name in CHANGEABLE if getattr(person, name) != new[name]}
    for name in changes:
        setattr(person, name, new[name])
    if changes:
        record_change(db, person, "user.changed", actor, fields=list(changes), changes=changes)
    return list(changes)


def give(db: Db, actor: str | None, person: Person, role: Role, *, customer: Customer, company: Company | None) -> None:
    """Grant a role.

    Raises:
        RuleViolation: ``directory.exclusive_roles`` when the person has a role that excludes this one.
    """
    for pair in EXCLUSIVE:
        if role in pair and role.level is Level.CUSTOMER:
            other = pair[1] if role is pair[0] else pair[0]
            held = select(Grant.id).where(
                Grant.person_id == person.id, Grant.role == other.code, Grant.customer_id == customer.id
            )
            if db.scalar(held) is not None:
                raise RuleViolation("directory.exclusive_roles", field="grant", role=role, other=other)
    people.grant(db, actor, person, role, customer=customer, company=company)


def take(db: Db, actor: str, person: Person, grant: Grant) -> None:
    """Revoke a role. One that the person has through a group too is then inherited only.

    Raises:
        RuleViolation: ``directory.inherited_role`` when the person has it only through a group, ``directory.last_administrator``,
            or ``directory.by_support_access`` for the role that comes with such an access.
    """
    if grant.role == APPLICATION_ADMINISTRATOR.code and _has_support_access(db, person, grant.customer_id):
        raise RuleViolation("directory.by_support_access", name=person.name)
    on = grant.customer or grant.company
    assert on is not None
    if not grant.direct:
        raise RuleViolation("directory.inherited_role", field="grant", role=BY_CODE[grant.role].name, on=on.name)
    inherited = is_inherited(db, grant)
    if grant.role == CUSTOMER_ADMINISTRATOR.code and grant.customer_id is not None and not inherited:
        _ensure_administrator_remains(db, person, grant.customer_id)
    people.record_revoked(db, actor, grant, on.name)
    if inherited:
        grant.direct = False
    else:
        db.delete(grant)
    db.flush()
    db.expire(person, ["grants"])


def is_inherited(db: Db, grant: Grant) -> bool:
    """Return whether a person has a role through a group, be it direct too or not."""
    return not grant.direct or db.scalar(select(exists(select(1).where(GrantSource.grant_id == grant.id)))) is True


def deactivate(db: Db, actor: str, person: Person) -> None:
    """Deactivate a user: no signing in, all sessions end, roles stay.

    Own choice: nothing of before counts after a reactivation: devices are forgotten, sign-ins under way end, and
    so do mailed links to sign in or to set a new password.

    Raises:
        RuleViolation: ``directory.own_account``, ``directory.already_inactive``, ``directory.last_administrator`` or
            ``directory.is_primary_contact``.
    """
    _refuse_own_account(actor, person)
    if person.status == Status.INACTIVE:
        raise RuleViolation("directory.already_inactive", name=person.name)
    for membership in _memberships(db, person):
        _ensure_removable(db, person, membership)
    person.status = Status.INACTIVE
    sign_in_sessions.end_all(db, person)
    pending_sign_ins.restart(db, person)
    devices.forget(db, person)
    links.withdraw(db, person)
    record_change(db, person, "user.deactivated", actor)


def reactivate(db: Db, actor: str, person: Person) -> None:
    """Let a deactivated user sign in again, or activate an account that was never activated.

    Raises:
        RuleViolation: ``directory.not_inactive``.
    """
    if person.status != Status.INACTIVE:
        raise RuleViolation("directory.not_inactive", name=person.name)
    person.status = Status.ACTIVE if person.password_hash else Status.NOT_ACTIVATED
    record_change(db, person, "user.reactivated", actor)


def remove(db: Db, actor: str | None, person: Person, customer: Customer) -> None:
    """Remove a user from a customer, with all roles there. The account and roles elsewhere stay.

    Raises:
        RuleViolation: ``directory.own_account``, ``directory.last_administrator`` or ``directory.is_primary_contact``.
    """
    _refuse_own_account(actor, person)
    membership = db.get_one(Membership, (person.id, customer.id))
    _ensure_removable(db, person, membership)
    _forget_in_groups(db, person, customer)
    companies = select(Company.id).where(Company.customer_id == customer.id)
    db.execute(
        delete(Grant).where(
            Grant.person_id == person.id, (Grant.customer_id == customer.id) | Grant.company_id.in_(companies)
        )
    )
    db.delete(membership)
    db.flush()
    db.expire(person, ["grants"])
    record_change(db, person, "user.removed", actor, customer_id=customer.id, customer=customer.number)


def make_primary_contact(db: Db, actor: str, person: Person, customer: Customer) -> None:
    """Make a user the primary contact of a customer, with a mail to this user and to the previous primary contact.

    Raises:
        RuleViolation: ``directory.contact_not_active``. Own choice: a primary contact must be able to sign in.
            ``directory.contact_of_support``: nobody of the vendor's support is one.
    """
    if person.desk:
        raise RuleViolation("directory.contact_of_support", name=person.name)
    if person.status != Status.ACTIVE:
        raise RuleViolation("directory.contact_not_active", name=person.name)
    members = select(Membership).where(Membership.customer_id == customer.id, Membership.primary_contact.is_(True))
    previous = None
    for membership in db.scalars(members).all():
        if membership.person_id == person.id:
            return
        membership.primary_contact = False
        previous = db.get_one(Person, membership.person_id)
    db.get_one(Membership, (person.id, customer.id)).primary_contact = True
    record_change(
        db,
        person,
        "user.made_primary_contact",
        actor,
        customer_id=customer.id,
        customer=customer.number,
        before=previous.email if previous is not None else None,
    )
    for recipient in (person, previous):
        if recipient is not None:
            outbox.mail(
                db,
                "primary_contact_changed",
                to=recipient.email,
                language=recipient.language,
                first_name=recipient.first_name,
                contact=person.name,
                customer=customer.name,
            )


def belongs_elsewhere(db: Db, person: Person, customer_id: int) -> bool:
    """Return whether a user is also listed at another customer."""
    other = select(Membership.person_id).where(Membership.person_id == person.id, Membership.customer_id != customer_id)
    return db.scalar(select(exists(other))) is True


def changes_since(db: Db, person: Person, version: int) -> Sequence[Event]:
    """Return the events that changed a user after a version, oldest first."""
    if version >= person.version:
        return []
    newest_first = select(Event).where(Event.subject == person.email, Event.type.in_(CHANGES)).order_by(Event.id.desc())
    changes = []
    for event in db.scalars(newest_first):
        if "version" not in event.data:
            continue
        if event.data["version"] <= version:
            break
        changes.append(event)
    return changes[::-1]


def administrators(db: Db, customer_id: int, statuses: Collection[Status] | None = None) -> Sequence[int]:
    """Return the ids of a customer's Customer administrators, by id; only those with certain statuses if there are any."""
    query = select(Person.id).join(Grant).where(Grant.role == CUSTOMER_ADMINISTRATOR.code, Grant.customer_id == customer_id)
    if statuses is not None:
        query = query.where(Person.status.in_(statuses))
    return db.scalars(query.order_by(Person.id)).all()


def _memberships(db: Db, person: Person) -> Sequence[Membership]:
    return db.scalars(select(Membership).where(Membership.person_id == person.id).order_by(Membership.customer_id)).all()


def _refuse_own_account(actor: str | None, person: Person) -> None:
    """Refuse to deactivate or remove the own account. Own choice: another administrator does it."""
    if actor == person.email:
        raise RuleViolation("directory.own_account")


def _has_support_access(db: Db, person: Person, customer_id: int | None) -> bool:
    query = select(SupportAccess.id).where(
        SupportAccess.person_id == person.id, SupportAccess.customer_id == customer_id, SupportAccess.ended_at.is_(None)
    )
    return db.scalar(select(exists(query))) is True


def _ensure_removable(db: Db, person: Person, membership: Membership) -> None:
    """Refuse to deactivate or remove the primary contact or the last administrator of a customer."""
    if membership.primary_contact:
        raise RuleViolation("directory.is_primary_contact", name=person.name)
    if person.id in administrators(db, membership.customer_id):
        _ensure_administrator_remains(db, person, membership.customer_id)


def _ensure_administrator_remains(db: Db, person: Person, customer_id: int) -> None:
    """Refuse to leave a customer without an active Customer administrator, or without any."""
    counted = [Status.ACTIVE] if person.status == Status.ACTIVE else None
    if all(id_ == person.id for id_ in administrators(db, customer_id, counted)):
        raise RuleViolation("directory.last_administrator", name=person.name)
