"""Clients and their programs: who may open which.

Own choice: a program on the computer is opened by the person who is signed in. They may open it for a client whose company they
can choose in the company switcher; with a role on a customer, also for its clients that are no active company.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from simulator.core import events
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyStatus, Customer, Grant
from simulator.sales.models import Client, InstalledProgram, Module, ProgramCode

events.declare(program__changed="A tester or trainer changed a program of a client: its version, licence or modules.")


def clients(db: Db, actor: Actor, program: ProgramCode) -> list[InstalledProgram]:
    """Return the clients that a person may open in a program, by the client's number."""
    return [installed for installed in _openable(db, actor, program) if installed.program == program]


def programs(db: Db, actor: Actor) -> set[str]:
    """Return the codes of the programs that a person may open for at least one client."""
    return {installed.program for installed in _openable(db, actor, None)}


def client(db: Db, actor: Actor, program: ProgramCode, client_id: int) -> InstalledProgram:
    """Return a client that a person may open in a program, as the program has it.

    Raises:
        NotFound: there is none, it has no such program, or it is another customer's.
    """
    installed = db.get(InstalledProgram, (client_id, program))
    if installed is None or not _may_open(db, actor, installed.client):
        raise NotFound("client", str(client_id))
    return installed


def of_company(db: Db, company: Company) -> Client | None:
    """Return the client that is a company at the platform."""
    return db.scalar(select(Client).where(Client.company_id == company.id))


def by_key(db: Db, key: str) -> Client | None:
    """Return the client with a key of the scenario; the key of its company also names it."""
    by_company = select(Client).join(Company, Company.id == Client.company_id).where(Company.key == key)
    return db.scalar(select(Client).where(Client.key == key)) or db.scalar(by_company)


def all_of(db: Db) -> Sequence[Client]:
    """Return all clients, by customer and number."""
    query = (
        select(Client).join(Customer, Customer.id == Client.customer_id).order_by(Customer.number, Client.number, Client.id)
    )
    return db.scalars(query).all()


def install(
    db: Db,
    client: Client,
    program: ProgramCode,
    *,
    version: str,
    licensed: bool = True,
    modules: Sequence[Module] = (),
) -> InstalledProgram:
    """Install a program for a client, or change what is installed."""
    installed = db.get(InstalledProgram, (client.id, program))
    if installed is None:
        installed = InstalledProgram(client_id=client.id, program=program)
        db.add(installed)
    installed.version, installed.licensed, installed.modules = version, licensed, sorted(map(str, modules))
    db.flush()
    db.expire(client, ["programs"])
    return installed


def uninstall(db: Db, installed: InstalledProgram) -> None:
    """Remove a program from a client; its books stay."""
    db.delete(installed)
    db.flush()
    db.expire(installed.client, ["programs"])


def has_version(installed: InstalledProgram, least: str) -> bool:
    """Return whether a program is of this version or newer: numbers are compared part by part, so ``13.02`` is 13 and 2.

    Own choice: letters behind a number are passed over, and a missing part is 0.
    """
    return _parts(installed.version) >= _parts(least)


def _parts(version: str) -> tuple[int, ...]:
    numbers = ["".join(character for character in part if character.isdigit()) for part in version.split(".")]
    parts = [int(number or 0) for number in numbers]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _openable(db: Db, actor: Actor, program: ProgramCode | None) -> list[InstalledProgram]:
    query = (
        select(InstalledProgram)
        .join(InstalledProgram.client)
        .where(_openable_by(actor))
        .options(contains_eager(InstalledProgram.client))
        .order_by(Client.number, Client.id, InstalledProgram.program)
    )
    if program is not None:
        query = query.where(InstalledProgram.program == program)
    return list(db.scalars(query))


def _openable_by(actor: Actor) -> ColumnElement[bool]:
    companies = [company.id for company in actor.companies]
    customers = select(Grant.customer_id).where(Grant.person_id == actor.id, Grant.customer_id.is_not(None))
    return Client.company_id.in_(companies) | Client.customer_id.in_(customers)


def _may_open(db: Db, actor: Actor, client: Client) -> bool:
    return db.scalar(select(Client.id).where(Client.id == client.id, _openable_by(actor))) is not None


def is_exported(client: Client) -> bool:
    """Return whether a client is a company at the platform that is active."""
    return client.company is not None and client.company.status == CompanyStatus.ACTIVE
