"""Clients and their programs: who may open which.

Source: "WebFaktura og Visma.net": an office keeps the books of clients in Visma Business and Visma Global, synchronizes them from
WebFaktura Admin, and people have user or admin access to WebFaktura on the client's company. Own choice:

- With a role on the customer that keeps a client's books one opens it in every program.
- Programs of the office (``OF_THE_OFFICE``) are open to its other people for the clients on whose company they have a role. A
  person is of the office with a role on a company of the customer that is no client, such as the office itself.
- Programs with roles of their own (``ROLES``) are open to people with one of these on the client's company, where the service
  is active.
- The others, in which a company keeps its own books, are open to people who can choose the company in the company switcher.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from simulator.core import events
from simulator.core.errors import NoAccess, NotFound
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor, effective_grants
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer
from simulator.directory.roles import (
    BY_CODE,
    FINANCIALS_ADMINISTRATOR,
    FINANCIALS_USER,
    WEBFAKTURA_ADMIN,
    WEBFAKTURA_USER,
)
from simulator.sales.models import Client, InstalledProgram, Module, ProgramCode

events.declare(program__changed="A tester or trainer changed a program of a client: its version, licence or modules.")

OF_THE_OFFICE = frozenset({ProgramCode.BUSINESS, ProgramCode.GLOBAL, ProgramCode.WEBFAKTURA_ADMIN})
ROLES = {
    ProgramCode.FINANCIALS: frozenset({FINANCIALS_ADMINISTRATOR.code, FINANCIALS_USER.code}),
    ProgramCode.WEBFAKTURA: frozenset({WEBFAKTURA_ADMIN.code, WEBFAKTURA_USER.code}),
}


@dataclass(frozen=True)
class Rights:
    """What decides about the clients of a person.

    Attributes:
        offices: the customers on which the person has a role.
        employers: the customers on a company of which the person has a role, one that is no client.
        roles: the person's roles that have an effect, by company; each company that can be chosen is there.
    """

    offices: frozenset[int]
    employers: frozenset[int]
    roles: dict[int | None, frozenset[str]]

    def may_open(self, program: str, client: Client) -> bool:
        """Return whether the person may open a client in a program."""
        if client.customer_id in self.offices:
            return True
        if client.company_id not in self.roles:
            return False
        if program in OF_THE_OFFICE:
            return client.customer_id in self.employers
        return program not in ROLES or not ROLES[ProgramCode(program)].isdisjoint(self.roles[client.company_id])


def rights(db: Db, actor: Actor) -> Rights:
    """Return what decides about the clients of a person."""
    grants = effective_grants(db, actor)
    on_companies = {company_id for _, _, company_id in grants if company_id is not None}
    no_client = ~select(Client.id).where(Client.company_id == Company.id).exists()
    employers = db.scalars(select(Company.customer_id).where(Company.id.in_(on_companies), no_client))
    services = db.execute(
        select(CompanyService.company_id, CompanyService.service).where(CompanyService.company_id.in_(on_companies))
    )
    active = {(company_id, service) for company_id, service in services}
    roles: dict[int | None, set[str]] = {company.id: set() for company in actor.companies}
    for code, _, company_id in grants:
        role = BY_CODE.get(code)
        if company_id is not None and role is not None and (role.service is None or (company_id, role.service) in active):
            roles[company_id].add(code)
    return Rights(
        frozenset(customer_id for _, customer_id, _ in grants if customer_id is not None),
        frozenset(employers),
        {company_id: frozenset(codes) for company_id, codes in roles.items()},
    )


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
        NoAccess: the person can choose its company, and may not open this program for it.
    """
    installed = db.get(InstalledProgram, (client_id, program))
    if installed is not None and rights(db, actor).may_open(program, installed.client):
        return installed
    if installed is not None and _can_choose(actor, installed.client):
        raise _no_access(program)
    raise NotFound("client", str(client_id))


def may_open(db: Db, actor: Actor, program: ProgramCode, client_id: int) -> bool:
    """Return whether a person may open a client in a program; not if there is none, or it has no such program."""
    installed = db.get(InstalledProgram, (client_id, program))
    return installed is not None and rights(db, actor).may_open(program, installed.client)


def refuse_program(db: Db, actor: Actor, program: ProgramCode) -> None:
    """Refuse a program to a person who may open none of its clients, and can choose the company of one.

    Raises:
        NoAccess: so it is.
    """
    companies = [company.id for company in actor.companies]
    query = select(Client.id).join(Client.programs).where(Client.company_id.in_(companies))
    is_there = db.scalar(query.where(InstalledProgram.program == program).limit(1)) is not None
    if is_there and not clients(db, actor, program):
        raise _no_access(program)


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
    if db.scalar(select(InstalledProgram.client_id).limit(1)) is None:
        return []
    decisive = rights(db, actor)
    query = (
        select(InstalledProgram)
        .join(InstalledProgram.client)
        .where(_in_sight(decisive))
        .options(contains_eager(InstalledProgram.client))
        .order_by(Client.number, Client.id, InstalledProgram.program)
    )
    if program is not None:
        query = query.where(InstalledProgram.program == program)
    return [installed for installed in db.scalars(query) if decisive.may_open(installed.program, installed.client)]


def _in_sight(decisive: Rights) -> ColumnElement[bool]:
    return Client.company_id.in_(decisive.roles) | Client.customer_id.in_(decisive.offices)


def _can_choose(actor: Actor, client: Client) -> bool:
    return any(company.id == client.company_id for company in actor.companies)


def _no_access(program: ProgramCode) -> NoAccess:
    return NoAccess("office_program" if program in OF_THE_OFFICE else "forbidden")


def is_exported(client: Client) -> bool:
    """Return whether a client is a company at the platform that is active."""
    return client.company is not None and client.company.status == CompanyStatus.ACTIVE
