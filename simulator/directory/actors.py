"""Actors: signed-in people, with the roles that count for the chosen customer and company."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, literal, null, select

from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory.models import (
    Company,
    CompanyService,
    CompanyStatus,
    Grant,
    Membership,
    Person,
    SignInSession,
    Status,
    SupportAccess,
)
from simulator.directory.roles import BY_CODE, PRIMARY_CONTACT, SUPPORT_DESK, Level, Role

company_opened = late("simulator.directory.login_history:opened")


@dataclass(frozen=True)
class SelectableCompany:
    """A company that a person can choose in the company switcher."""

    id: int
    name: str
    customer_id: int
    time_zone: str
    country: str


@dataclass(frozen=True)
class Actor:
    """A signed-in person at a customer and, mostly, a company.

    Attributes:
        id: the person's id.
        email: the person's address, which also names the person in the journal.
        name: first and last name.
        language: the person's language.
        customer_id: the chosen customer; None for a person without any role.
        company: the company chosen in the switcher; None if there is none to choose.
        companies: all companies that the person can choose, by name.
        roles: codes of the roles that count for this customer and this company.
        granted: all roles at this customer, each with the id of the company it was granted on, or None for the customer itself.
    """

    id: int
    email: str
    name: str
    language: str
    customer_id: int | None
    company: SelectableCompany | None
    companies: tuple[SelectableCompany, ...]
    roles: frozenset[str]
    granted: frozenset[tuple[str, int | None]]

    is_authenticated = is_active = True
    is_anonymous = False
    """What Flask-Login asks of the person that its loader returns."""

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it."""
        return str(self.id)

    def holds(self, roles: Iterable[Role], *, anywhere: bool = False) -> bool:
        """Return whether one of these roles counts here, or anywhere at this customer."""
        held = {code for code, _ in self.granted} if anywhere else self.roles
        return any(role.code in held for role in roles)

    def companies_with(self, roles: Iterable[Role]) -> frozenset[int]:
        """Return the ids of this customer's companies on which one of these roles was granted."""
        codes = {role.code for role in roles}
        return frozenset(company for code, company in self.granted if company is not None and code in codes)

    def holds_on_customer(self, roles: Iterable[Role]) -> bool:
        """Return whether one of these roles was granted on the customer itself."""
        return any((role.code, None) in self.granted for role in roles)


_PERSON = select(
    Person.id, Person.email, Person.first_name, Person.last_name, Person.language, Person.company_id, Person.desk
)
_BY_SESSION = (
    _PERSON.join(SignInSession, SignInSession.person_id == Person.id)
    .where(SignInSession.id == bindparam("session"), SignInSession.ended_at.is_(None))
    .where(SignInSession.ends_at > bindparam("now"), Person.status == Status.ACTIVE, SignInSession.bypassed.is_(False))
)
_BY_ID = _PERSON.where(Person.id == bindparam("person"))
_AT_COMPANY = select(
    *(column for column in _PERSON.selected_columns if column.name != "company_id"),
    bindparam("company", type_=Integer).label("company_id"),
).where(Person.id == bindparam("person"))
_GRANTS = (
    select(Grant.role, Grant.customer_id, Grant.company_id)
    .where(Grant.person_id == bindparam("person"))
    .union_all(
        select(literal(PRIMARY_CONTACT.code), Membership.customer_id, null()).where(
            Membership.person_id == bindparam("person"), Membership.primary_contact.is_(True)
        )
    )
)
"""The primary contact of a customer counts as a person with a role on it."""
_COMPANIES = (
    select(Company.id, Company.name, Company.customer_id, Company.time_zone, Company.country)
    .where(
        Company.customer_id.in_(select(Grant.customer_id).where(Grant.person_id == bindparam("person")))
        | Company.id.in_(select(Grant.company_id).where(Grant.person_id == bindparam("person")))
    )
    .where(Company.status == CompanyStatus.ACTIVE)
    .order_by(Company.name, Company.id)
)
_OVER = select(SupportAccess.customer_id).where(
    SupportAccess.person_id == bindparam("person"),
    SupportAccess.ended_at.is_(None),
    SupportAccess.ends_at <= bindparam("now"),
)
_SERVICES = select(CompanyService.service).where(CompanyService.company_id == bindparam("company"))


def holds_at_customer(db: Db, person_id: int, customer_id: int, roles: Iterable[Role]) -> bool:
    """Return whether a person who may sign in has one of these roles on a customer, for any chosen company."""
    db.flush()
    codes = {role.code for role in roles}
    granted = db.connection().execute(_GRANTS, {"person": person_id})
    if customer_id in _customers_over(db, person_id):
        return False
    if not any(role in codes and on_customer == customer_id for role, on_customer, _ in granted):
        return False
    return db.get_one(Person, person_id).status == Status.ACTIVE


def actor_of_session(db: Db, session_id: str) -> Actor | None:
    """Return the person of a valid session as an actor, or None.

    Every page calls this, so it reads columns with prepared statements, and no objects.
    """
    row = db.connection().execute(_BY_SESSION, {"session": session_id, "now": db.clock.now()}).first()
    return _actor(db, row) if row is not None else None


def actor_of(db: Db, person: Person) -> Actor:
    """Return a person as an actor, at the company they chose last."""
    db.flush()
    return _actor(db, db.connection().execute(_BY_ID, {"person": person.id}).one())


def actor_at(db: Db, actor: Actor, company_id: int) -> Actor:
    """Return the actor as if a company were chosen, which is one of those that can be."""
    return _actor(db, db.connection().execute(_AT_COMPANY, {"person": actor.id, "company": company_id}).one())


def actor_at_customer(db: Db, person_id: int, customer_id: int) -> Actor | None:
    """Return a person who may sign in as an actor at a customer, whichever company is chosen; None without a role there."""
    db.flush()
    row = db.connection().execute(_BY_ID, {"person": person_id}).one_or_none()
    if row is None or db.get_one(Person, person_id).status != Status.ACTIVE:
        return None
    actor = _actor(db, row)
    if actor.customer_id != customer_id:
        company = next((company for company in actor.companies if company.customer_id == customer_id), None)
        actor = _actor(db, row._replace(company_id=company.id)) if company is not None else actor
    return actor if actor.customer_id == customer_id and actor.granted else None


def _actor(db: Db, person: Any) -> Actor:
    """Build an actor from the columns of a person.

    With a role on a customer, all companies of that customer can be chosen; what the actor may do there depends on the roles.
    Own choice: a role on a deactivated company, or in a service that is not active on a company, has no effect.
    """
    connection = db.connection()
    grants = connection.execute(_GRANTS, {"person": person.id}).all()
    companies = tuple(SelectableCompany(*row) for row in connection.execute(_COMPANIES, {"person": person.id}))
    if person.desk and (over := _customers_over(db, person.id)):
        grants = [grant for grant in grants if grant.customer_id not in over]
        companies = tuple(company for company in companies if company.customer_id not in over)
    chosen = (company for company in companies if company.id == person.company_id)
    company = next(chosen, companies[0] if companies else None)
    customers = {customer_id for _, customer_id, _ in grants if customer_id is not None}
    customer_id = company.customer_id if company else min(customers, default=None)
    company_id = company.id if company else None
    here = frozenset(
        role
        for role, on_customer, on_company in grants
        if (on_customer is not None and on_customer == customer_id) or (on_company is not None and on_company == company_id)
    )
    if company_id is not None and any(_service(role) for role in here):
        services = connection.execute(_SERVICES, {"company": company_id}).scalars().all()
        here = frozenset(role for role in here if _service(role) in (None, *services))
    of_customer = {company.id for company in companies if company.customer_id == customer_id}
    granted = frozenset(
        (role, on_company)
        for role, on_customer, on_company in grants
        if (on_customer is not None and on_customer == customer_id) or on_company in of_customer
    )
    if person.desk:
        here |= {SUPPORT_DESK.code}
    name = f"{person.first_name} {person.last_name}"
    return Actor(person.id, person.email, name, person.language, customer_id, company, companies, here, granted)


def _customers_over(db: Db, person_id: int) -> Collection[int]:
    """Return the customers to which a consultant's access is over, even if the job that takes the roles has not run yet."""
    return db.connection().execute(_OVER, {"person": person_id, "now": db.clock.now()}).scalars().all()


def _service(code: str) -> str | None:
    """Return the service that a role belongs to; None for the primary contact, which is no role of the catalogue."""
    role = BY_CODE.get(code)
    return role.service if role is not None and role.level is Level.COMPANY else None


def effective_grants(db: Db, actor: Actor) -> list[tuple[str, int | None, int | None]]:
    """Return the roles of a person that have an effect: code, customer and company, at all customers and companies.

    Without effect are roles on a company that cannot be chosen, and a consultant's whose access is over.
    """
    query = select(Grant.role, Grant.customer_id, Grant.company_id).where(Grant.person_id == actor.id)
    over = _customers_over(db, actor.id)
    selectable = {company.id for company in actor.companies}
    return [
        (role, customer_id, company_id)
        for role, customer_id, company_id in db.execute(query)
        if (company_id in selectable if customer_id is None else customer_id not in over)
    ]


def choose_company(db: Db, actor: Actor, company_id: int) -> bool:
    """Store the company that a person chose.

    Returns:
        False if the person cannot choose this company.
    """
    if all(company.id != company_id for company in actor.companies):
        return False
    person = db.get_one(Person, actor.id)
    person.company_id = company_id
    if person.desk:
        company_opened(db, person, db.get_one(Company, company_id))
    return True
