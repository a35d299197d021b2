"""Exporting clients from Visma Business and Visma Global, which makes them companies at the platform.

Source: "WebFaktura og Visma.net", Forutsetninger and Registrer bedriften i Visma.net; Visma Business, country and number say which
company a client is. Own choice: the order of the checks; a company that the export makes gets the service that it is exported for,
while a company that was there before gets it in Admin, where its users are linked too; the form of a Firma ID.
"""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from simulator.billing import licences
from simulator.billing.countries import country_of
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.directory.actors import Actor
from simulator.directory.companies import Details
from simulator.directory.models import Company, CompanyStatus, Grant
from simulator.directory.roles import BY_CODE
from simulator.sales import clients, installations
from simulator.sales.models import Client, Export, InstalledProgram, Opg, ProgramCode

WEBFAKTURA = "webfaktura"
SERVICES = (WEBFAKTURA, "autoinvoice")
"""Services that a client can be exported for; the first unless another is chosen."""

LEAST_VERSION = {
    ProgramCode.BUSINESS: ("Visma Business", "12"),
    ProgramCode.GLOBAL: ("Visma Global", "13.02"),
    ProgramCode.WEBFAKTURA_ADMIN: ("WebFaktura Admin (sync)", "2.2"),
}
"""Names of programs, and the oldest versions that the platform works with."""

events.declare(client__exported="A client was exported from its program to the platform, for a service.")


@dataclass(frozen=True)
class Exported:
    """What an export led to.

    Attributes:
        company: the company at the platform.
        is_new: whether the export made it.
        lacks_service: whether the service is not active on it; an administrator adds it in Admin.
        lacks_users: whether nobody has a role in the service on it; an administrator links the office user in Admin.
    """

    company: Company
    is_new: bool
    lacks_service: bool
    lacks_users: bool


@dataclass(frozen=True)
class ServiceRow:
    """How it is about a client and a service.

    Attributes:
        service: its code.
        licence: why the service cannot be activated as far as licences go; None when it can.
        export: the newest export for it; None when there was none.
        lacks_service: whether the client was exported for it, and it is not active on its company.
        lacks_users: whether the client was exported for it, and nobody has a role in it there.
    """

    service: str
    licence: RuleViolation | None
    export: Export | None
    lacks_service: bool
    lacks_users: bool


@dataclass(frozen=True)
class Readiness:
    """Whether a client can be exported from a program, and what its exports led to.

    Attributes:
        connection: why there is no connection with the platform; None when there is.
        version: why the program is too old; None when it is not.
        least_version: name of the program and the oldest version that works with the platform.
        firma_id: the number of the client's company; None when it is no active company.
        services: one row for each service that it can be exported for.
    """

    connection: RuleViolation | None
    version: RuleViolation | None
    least_version: str
    firma_id: str | None
    services: tuple[ServiceRow, ...]


def readiness(db: Db, installed: InstalledProgram) -> Readiness:
    """Return whether a client can be exported from a program, and what its exports led to."""
    client, company = installed.client, installed.client.company
    done = {export.service: export for export in of_client(db, client)} if clients.is_exported(client) else {}
    active = companies.services_of(db, company) if company is not None else []
    rows = [
        ServiceRow(
            service,
            licences.refusal(db, client.customer, service),
            done.get(service),
            service in done and service not in active,
            service in done and company is not None and not _has_users(db, company, service),
        )
        for service in SERVICES
    ]
    return Readiness(
        gateway_refusal(db, client),
        version_refusal(installed),
        " ".join(LEAST_VERSION[ProgramCode(installed.program)]),
        firma_id(company) if company is not None and clients.is_exported(client) else None,
        tuple(rows),
    )


def firma_id(company: Company) -> str:
    """Return the number by which programs know a company of the platform, its *Firma ID*."""
    return str(1_000_000 + company.id)


def of_client(db: Db, client: Client) -> list[Export]:
    """Return the exports that made a client the company which it is, by service."""
    query = select(Export).where(Export.client_id == client.id, Export.company_id == client.company_id)
    return list(db.scalars(query.order_by(Export.service)))


def of_company(db: Db, company: Company) -> list[Export]:
    """Return the exports that made or updated a company, by service."""
    return list(db.scalars(select(Export).where(Export.company_id == company.id).order_by(Export.service, Export.client_id)))


def is_exported_for(db: Db, client: Client, service: str) -> bool:
    """Return whether a client is an active company and was exported for a service."""
    return clients.is_exported(client) and any(export.service == service for export in of_client(db, client))


def version_refusal(installed: InstalledProgram) -> RuleViolation | None:
    """Return why a program cannot work with the platform as far as its version goes; None when it can."""
    program, least = LEAST_VERSION[ProgramCode(installed.program)]
    if clients.has_version(installed, least):
        return None
    return RuleViolation("sales.version_too_old", program=program, least=least, version=installed.version)


def gateway_refusal(db: Db, client: Client) -> RuleViolation | None:
    """Return why the programs of a client's customer have no connection with the platform; None when they have."""
    state = installations.of(db, client.customer_id).opg
    return None if state == Opg.CONNECTED else RuleViolation(f"sales.gateway_{state}")


def refusal(db: Db, installed: InstalledProgram, service: str) -> RuleViolation | None:
    """Return why a client cannot be exported for a service now, apart from its number; None when it can."""
    return (
        version_refusal(installed)
        or gateway_refusal(db, installed.client)
        or licences.refusal(db, installed.client.customer, service)
    )


def export(db: Db, actor: Actor, installed: InstalledProgram, service: str) -> Exported:
    """Export a client: it becomes a company of its customer, or the company with its number is updated.

    Args:
        db: the transaction.
        actor: the person who exports.
        installed: the program, with the client.
        service: the service that the export is for.

    Raises:
        RuleViolation: what ``refusal`` returns; ``sales.company_of_other_customer``, ``sales.company_of_other_client``,
            ``directory.company_deactivated`` or ``directory.company_terminated``; as ``directory.companies.add``.
    """
    violation = refusal(db, installed, service)
    if violation is not None:
        raise violation
    client = installed.client
    company = _company_of(db, client)
    is_new = company is None
    if company is None:
        country = client.country
        company = companies.add(db, actor, client.customer, country, country_of(country).currency, _details(client, None))
        client.company_id, client.company = company.id, company
        companies.activate_service(db, actor, company, service)
    else:
        client.company_id, client.company = company.id, company
        companies.change(db, actor, company, company.version, _details(client, company))
    record(db, client, installed.program, service, actor=actor.email)
    events.record(
        db,
        "client.exported",
        actor=actor.email,
        subject=client.name,
        client=client.number,
        organisation_number=company.organisation_number,
        service=service,
        program=installed.program,
        is_new=is_new,
    )
    return Exported(company, is_new, service not in companies.services_of(db, company), not _has_users(db, company, service))


def record(db: Db, client: Client, program: str, service: str, *, actor: str | None) -> Export:
    """Store that a client, which is a company, was exported from a program for a service now."""
    assert client.company_id is not None
    export = db.get(Export, (client.id, service))
    if export is None:
        export = Export(client_id=client.id, service=service)
        db.add(export)
    export.company_id, export.program = client.company_id, program
    export.exported_at, export.exported_by = db.clock.now(), actor
    db.flush()
    return export


def _company_of(db: Db, client: Client) -> Company | None:
    """Return the company that an export updates: the one with the client's number, else the one that the client is; or None."""
    holder = companies.holder_of(db, client.country, client.organisation_number)
    if holder is not None and holder.customer_id != client.customer_id:
        raise RuleViolation("sales.company_of_other_customer", number=client.organisation_number)
    company = holder
    if company is None and client.company is not None and client.company.status != CompanyStatus.DELETED:
        company = client.company
    if company is None:
        return None
    other = clients.of_company(db, company)
    if other is not None and other is not client:
        facts = {"number": client.organisation_number, "name": other.name, "client": other.number}
        raise RuleViolation("sales.company_of_other_client", **facts)
    if company.status == CompanyStatus.DEACTIVATED:
        raise RuleViolation("directory.company_deactivated", company=company.name)
    return company


def _details(client: Client, company: Company | None) -> Details:
    """Return the details of a client's company after an export: what the program does not know stays as it is."""
    details = Details(name=client.name, organisation_number=client.organisation_number, internal_number=client.number)
    if company is not None:
        details = Details(**{name: getattr(company, name) for name in asdict(details)})
    named = {
        name: getattr(client, name) for name in ("name", "organisation_number", "email", "street", "postal_code", "city")
    }
    return replace(details, **{name: value for name, value in named.items() if value})


def _has_users(db: Db, company: Company, service: str) -> bool:
    codes = [role.code for role in BY_CODE.values() if role.service == service]
    return db.scalar(select(Grant.id).where(Grant.company_id == company.id, Grant.role.in_(codes)).limit(1)) is not None
