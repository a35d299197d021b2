"""Users of a company in AutoInvoice: adding them, their role, taking them off.

Source: frequent questions on AutoInvoice in AccountView: *Gebruiker toevoegen*, data and role, *Aanmaken*; the new user gets a mail
with an activation link and finds the own *API-sleutel* in the settings; roles are Admin and User. Own choice: a company keeps one
administrator at least; a user who is taken off keeps the account and other roles.
"""

from sqlalchemy import func, select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import administration, people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Grant, Membership, Person
from simulator.directory.people import Particulars
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.documents.accounts import api_keys
from simulator.documents.model.models import Quiet

ROLES = {"user": AUTOINVOICE_USER, "admin": AUTOINVOICE_ADMINISTRATOR}

events.declare(autoinvoice__notifications_chosen="Somebody chose what mails of AutoInvoice are wanted.")


def grants_on(db: Db, company: Company) -> list[Grant]:
    """Return the roles in AutoInvoice on a company, by name of who holds them; administration first where both are held."""
    query = (
        select(Grant)
        .join(Grant.person)
        .where(Grant.company_id == company.id, Grant.role.in_([role.code for role in ROLES.values()]))
        .order_by(func.sort_key(Person.first_name), func.sort_key(Person.last_name), Person.id, Grant.role)
    )
    return list(db.scalars(query))


def user_of(db: Db, company: Company, person_id: int) -> tuple[Person, str] | None:
    """Return a user of a company and which role it is, ``admin`` or ``user``; None for who is no user of it."""
    held = [grant for grant in grants_on(db, company) if grant.person_id == person_id]
    if not held:
        return None
    return held[0].person, "admin" if any(grant.role == AUTOINVOICE_ADMINISTRATOR.code for grant in held) else "user"


def governs(db: Db, company: Company, person: Person) -> bool:
    """Return whether a company's administrators see and change somebody's own particulars.

    Own choice: of those who belong to the company's customer and to no other, and do not work at the vendor's desk.
    """
    of = set(db.scalars(select(Membership.customer_id).where(Membership.person_id == person.id)))
    return of == {company.customer_id} and not person.desk


def add(db: Db, actor: Actor, company: Company, particulars: Particulars, role: str) -> Person:
    """Add a user to a company, with a key for programs.

    Raises:
        RuleViolation: ``autoinvoice.user_already``.
    """
    person = people.by_email(db, particulars.email)
    if person is not None and user_of(db, company, person.id) is not None:
        raise RuleViolation("autoinvoice.user_already", field="email", email=person.email)
    if person is None or db.get(Membership, (person.id, company.customer_id)) is None:
        person = people.invite(db, actor, company.customer, particulars, [(ROLES[role], company)])
    else:
        people.grant(db, actor.email, person, ROLES[role], company=company)
        people.mail_new_rights(db, actor.name, person, at=company.name)
    api_keys.ensure_for(db, person, actor.email)
    return person


def set_role(db: Db, actor: Actor, company: Company, person: Person, role: str) -> bool:
    """Give a user of a company the other role.

    Returns:
        False when it is that already.

    Raises:
        RuleViolation: ``autoinvoice.last_administrator``.
    """
    held = _held(db, company, person)
    if {grant.role for grant in held} == {ROLES[role].code}:
        return False
    if role != "admin":
        _keep_an_administrator(db, company, person)
    people.grant(db, actor.email, person, ROLES[role], company=company)
    _take(db, actor, person, [grant for grant in held if grant.role != ROLES[role].code])
    return True


def remove(db: Db, actor: Actor, company: Company, person: Person) -> None:
    """Take a user off a company.

    Raises:
        RuleViolation: ``autoinvoice.last_administrator``.
    """
    _keep_an_administrator(db, company, person)
    _take(db, actor, person, _held(db, company, person))


def be_quiet(db: Db, actor: Actor, *, internal: bool, everything: bool) -> None:
    """Keep what somebody wants no mails about."""
    quiet = db.get(Quiet, actor.id) or Quiet(person_id=actor.id)
    quiet.internal, quiet.everything = internal, everything
    db.add(quiet)
    events.record(
        db,
        "autoinvoice.notifications_chosen",
        actor=actor.email,
        subject=actor.email,
        internal=internal,
        everything=everything,
    )


def _held(db: Db, company: Company, person: Person) -> list[Grant]:
    return [grant for grant in grants_on(db, company) if grant.person_id == person.id]


def _take(db: Db, actor: Actor, person: Person, grants: list[Grant]) -> None:
    for grant in grants:
        administration.take(db, actor.email, person, grant)


def _keep_an_administrator(db: Db, company: Company, person: Person) -> None:
    administrators = {grant.person_id for grant in grants_on(db, company) if grant.role == AUTOINVOICE_ADMINISTRATOR.code}
    if administrators == {person.id}:
        raise RuleViolation("autoinvoice.last_administrator", name=person.name)
