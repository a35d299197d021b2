"""Who is acting, with the roles that count where they act now."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.models import Company, Grant, Person
from simulator.directory.roles import Role


@dataclass(frozen=True)
class Place:
    """A company a person can choose, as the company switcher lists it."""

    id: int
    name: str
    customer_id: int


@dataclass(frozen=True)
class Actor:
    """A signed-in person at a customer and, mostly, a company.

    Attributes:
        id: the person's id.
        email: the person's address, which is also the word for the person in the journal.
        name: first and last name.
        language: the person's language.
        customer_id: the customer whose administration is open; None without any role.
        company: the company chosen in the switcher; None when there is none to choose.
        places: every company the person can choose, by name.
        roles: codes of the roles that count for this customer and this company.
    """

    id: int
    email: str
    name: str
    language: str
    customer_id: int | None
    company: Place | None
    places: tuple[Place, ...]
    roles: frozenset[str]

    def holds(self, roles: Iterable[Role]) -> bool:
        """Say whether one of these roles counts here."""
        return any(role.code in self.roles for role in roles)


def actor_of(db: Db, person: Person) -> Actor:
    """Return a person as an actor, at the company chosen last.

    A role on a customer opens all companies of that customer to the switcher; what may be done there is decided by roles.
    """
    grants = db.execute(select(Grant.role, Grant.customer_id, Grant.company_id).where(Grant.person_id == person.id)).all()
    customers = {customer_id for _, customer_id, _ in grants if customer_id is not None}
    companies = {company_id for _, _, company_id in grants if company_id is not None}
    rows = db.execute(
        select(Company.id, Company.name, Company.customer_id)
        .where(Company.customer_id.in_(customers) | Company.id.in_(companies))
        .order_by(Company.name, Company.id)
    )
    places = tuple(Place(*row) for row in rows)
    company = next((place for place in places if place.id == person.company_id), places[0] if places else None)
    customer_id = company.customer_id if company else min(customers, default=None)
    company_id = company.id if company else None
    here = frozenset(
        role
        for role, on_customer, on_company in grants
        if (on_customer is not None and on_customer == customer_id) or (on_company is not None and on_company == company_id)
    )
    return Actor(person.id, person.email, person.name, person.language, customer_id, company, places, here)


def choose_company(db: Db, actor: Actor, company_id: int) -> bool:
    """Remember the company a person chose.

    Returns:
        False when it is none that this person can choose.
    """
    if all(place.id != company_id for place in actor.places):
        return False
    db.get_one(Person, actor.id).company_id = company_id
    return True
