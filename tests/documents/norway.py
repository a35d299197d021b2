"""The Norwegian companies of the scenario ``company-no``, each standing differently in ELMA, and how tests reach them."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from simulator.core import events, jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Company, CompanyService, Customer, Person
from simulator.documents.registers.participants import Answer, RegistrationState, registration_state
from tests.conftest import NOW

REGISTERED = "310000019"
"""Receives through AutoInvoice."""
ELSEWHERE = "310000027"
"""Receives through another access point."""
UNREGISTERED = "310000035"
"""Does not stand in ELMA."""
OTHER_ACCESS_POINT = "Nordavind Aksesspunkt"

Command = Callable[[Db, Actor, Company], Answer]


def create(store: Store, name: str = "norway", language: str | None = None) -> None:
    """Make a sandbox in which those companies are."""
    store.create(name, Creation(scenario="company-no", language=language, clock=Clock.frozen(NOW)))


def company(db: Db, number: str) -> Company:
    """Return the company with an organisation number."""
    return db.scalars(select(Company).where(Company.organisation_number == number)).one()


def acting(db: Db, key: str = "administrator") -> Actor:
    """Return somebody of the cast as an actor."""
    return actor_of(db, db.scalars(select(Person).where(Person.key == key)).one())


def ask(sandbox: Sandbox, command: Command, number: str) -> Answer:
    """Let the administrator ask for a change of a company's standing."""
    with sandbox.transaction() as db:
        return command(db, acting(db), company(db, number))


def ask_and_wait(sandbox: Sandbox, command: Command, number: str) -> Answer:
    """Let the administrator ask for a change, and let the queue do its work."""
    answer = ask(sandbox, command, number)
    jobs.run_due(sandbox)
    return answer


def registration(sandbox: Sandbox, number: str) -> RegistrationState:
    """Return how a company stands."""
    with sandbox.reading() as db:
        return registration_state(db, company(db, number))


def journal(sandbox: Sandbox) -> list[tuple[str, str | None]]:
    """Return the types and actors of what the journal tells about ELMA."""
    with sandbox.reading() as db:
        return [(line.type, line.actor) for line in events.after(db) if line.type.startswith("elma.")]


def pass_time(sandbox: Sandbox, seconds: int) -> None:
    """Put the sandbox's frozen clock forward and let the queue do its work."""
    with sandbox.transaction() as db:
        clock = db.record.clock
        db.record.clock = replace(clock, base=clock.base.fromtimestamp(clock.base.timestamp() + seconds, clock.base.tzinfo))
    jobs.run_due(sandbox)


def add_company(db: Db, key: str, country: str, number: str) -> Company:
    """Add a company that uses AutoInvoice to the scenario's customer."""
    added = Company(
        key=key,
        customer=db.scalars(select(Customer).where(Customer.key == "fjordlys")).one(),
        name=f"Company {key}",
        country=country,
        organisation_number=number,
        account_number=f"200300-{key}",
        currency="EUR",
        time_zone="Europe/Oslo",
    )
    db.add(added)
    db.flush()
    db.add(CompanyService(company_id=added.id, service="autoinvoice"))
    db.flush()
    return added
