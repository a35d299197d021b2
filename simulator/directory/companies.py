"""Companies: finding, adding and changing them, their services, and their deactivation, termination and deletion."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import joinedload

from simulator.core import events, jobs
from simulator.core.errors import RuleViolation
from simulator.core.jobs import job
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory import countries, people
from simulator.directory.activation import BEFORE_ACTIVATION, WHEN_ACTIVATED
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer, Grant, Person
from simulator.directory.roles import BY_CODE

_take_out_of_groups = late("simulator.directory.groups.groups:take_company_out")
_end_access_to = late("simulator.directory.groups.groups:end_access_to")

DELETION_DELAY = timedelta(days=31)
DELETE = "company.delete"
"""Kind of the job that deletes a terminated company."""

events.declare(
    company__added="A company was added to a customer.",
    company__changed="Details of a company were changed.",
    company__service_activated="A service was activated on a company.",
    company__service_deactivated="A service was deactivated on a company; roles in it stay, without effect.",
    company__deactivated="A company was deactivated; roles on it stay, without effect.",
    company__reactivated="A deactivated company was activated again.",
    company__terminated="A deactivated company was terminated; it is deleted 31 days later.",
    company__deleted="A company was deleted, with the roles on it.",
)


@dataclass(frozen=True, kw_only=True)
class Details:
    """The details of a company that can be changed. Forms check lengths and formats; numbers are checked here."""

    name: str
    organisation_number: str
    internal_number: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    vat_number: str | None = None
    demo: bool = False


class ChangedMeanwhile(RuleViolation):
    """Another person (``by``) changed the same row at an instant (``at``) after the form was displayed."""

    status = 409

    def __init__(self, code: str, by: str, at: datetime) -> None:
        super().__init__(code)
        self.by = by
        self.at = at


def is_present(now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """Return the condition of companies that exist at an instant: not deleted, and not terminated 31 days ago.

    Source: Visma Admin help, Company: a terminated company stays 31 days. The clock decides, even if the job has not run yet.
    """
    return (Company.status != CompanyStatus.DELETED) & or_(Company.gone_at.is_(None), Company.gone_at > now)


def visible_to(db: Db, actor: Actor, company_id: int) -> Company | None:
    """Return a company if it exists and belongs to the actor's customer."""
    query = select(Company).where(
        Company.id == company_id, Company.customer_id == actor.customer_id, is_present(db.clock.now())
    )
    return db.scalar(query)


def services_of(db: Db, company: Company) -> list[str]:
    """Return the codes of the services that are active on a company, by code."""
    query = select(CompanyService.service).where(CompanyService.company_id == company.id)
    return list(db.scalars(query.order_by(CompanyService.service)))


def ineffective_roles(db: Db, person_id: int, services: Iterable[str]) -> list[tuple[str, str, bool]]:
    """Return companies on which a person's roles in some services have no effect.

    Returns:
        Unique triples (company, service, whether the company is deactivated), by company and then service.
    """
    codes = [role.code for role in BY_CODE.values() if role.service in set(services)]
    grants = db.execute(
        select(Company.name, Company.id, Grant.role, Company.status)
        .join(Company, Company.id == Grant.company_id)
        .where(Grant.person_id == person_id, Grant.role.in_(codes), is_present(db.clock.now()))
        .order_by(func.sort_key(Company.name), Company.id)
    )
    ineffective = []
    for name, company_id, role, status in grants:
        service = BY_CODE[role].service
        assert service is not None
        if status != CompanyStatus.ACTIVE:
            ineffective.append((name, service, True))
        elif db.get(CompanyService, (company_id, service)) is None:
            ineffective.append((name, service, False))
    return list(dict.fromkeys(ineffective))


def add(db: Db, actor: Actor | Person, customer: Customer, country: str, currency: str, details: Details) -> Company:
    """Add a company to a customer, with no service active.

    Args:
        db: the transaction.
        actor: the administrator.
        customer: its customer.
        country: two letters.
        currency: three letters.
        details: all other details.

    Raises:
        RuleViolation: ``directory.country_unknown``, ``directory.bad_organisation_number``,
            ``directory.organisation_number_taken`` or ``directory.bad_vat_number``.

    Source: Visma Admin help, Company. Own choice: country and currency stay as they are afterwards, because invoices follow
    them; the account number is the customer's.
    """
    if country not in countries.BY_CODE:
        raise RuleViolation("directory.country_unknown", field="country", country=country)
    details = _checked(db, country, details, None)
    company = Company(
        customer_id=customer.id,
        country=country,
        currency=currency,
        time_zone=countries.BY_CODE[country].time_zone,
        account_number=customer.number,
        changed_at=db.clock.now(),
        changed_by=actor.name,
        **asdict(details),
    )
    db.add(company)
    db.flush()
    _record(db, "company.added", company, actor.email)
    return company


def change(db: Db, actor: Actor, company: Company, version: int, details: Details) -> bool:
    """Change details of a company.

    Args:
        db: the transaction.
        actor: the administrator.
        company: the company.
        version: the version that the form displayed.
        details: all details, changed or not.

    Returns:
        False if nothing differs.

    Raises:
        RuleViolation: ``directory.company_terminated``, ``directory.bad_organisation_number``,
            ``directory.organisation_number_taken`` or ``directory.bad_vat_number``.
        ChangedMeanwhile: ``directory.company_changed``.

    Source: "Hva må gjøres ved bytte av organisasjonsnummer", the number is corrected in Admin.
    """
    _refuse_terminated(company)
    if version != company.version and company.changed_by is not None and company.changed_at is not None:
        raise ChangedMeanwhile("directory.company_changed", company.changed_by, company.changed_at)
    new = asdict(_checked(db, company.country, details, company))
    changes = {name: [getattr(company, name), value] for name, value in new.items() if getattr(company, name) != value}
    if not changes:
        return False
    for name, value in new.items():
        setattr(company, name, value)
    _touch(db, company, actor)
    _record(db, "company.changed", company, actor.email, changes=changes)
    return True


def _checked(db: Db, country: str, details: Details, company: Company | None) -> Details:
    """Return details as they are stored, after checking the numbers."""
    of_country = countries.BY_CODE[country]
    number = countries.compact(details.organisation_number)
    if not of_country.is_number(number):
        raise RuleViolation(
            "directory.bad_organisation_number", field="organisation_number", number=number, example=of_country.number
        )
    other = holder_of(db, country, number)
    if other is not None and other is not company:
        raise RuleViolation("directory.organisation_number_taken", field="organisation_number", number=number)
    vat_number = countries.compact(details.vat_number or "").upper() or None
    if vat_number is not None and not of_country.is_vat_number(vat_number):
        raise RuleViolation("directory.bad_vat_number", field="vat_number", number=vat_number)
    return Details(**asdict(details) | {"organisation_number": number, "vat_number": vat_number})


def holder_of(db: Db, country: str, number: str) -> Company | None:
    """Return the company with a number; a terminated company whose 31 days are over is deleted and frees its number."""
    query = select(Company).where(
        Company.country == country, Company.organisation_number == number, Company.status != CompanyStatus.DELETED
    )
    company = db.scalar(query)
    if company is not None and company.gone_at is not None and company.gone_at <= db.clock.now():
        _delete(db, company, None)
        return None
    return company


def activate_service(db: Db, actor: Actor, company: Company, service: str) -> None:
    """Activate a service on a company; existing roles in it have effect again.

    Raises:
        RuleViolation: ``directory.company_terminated``, ``directory.company_deactivated``, ``directory.service_active``, or
            what ``BEFORE_ACTIVATION`` has against it.

    Source: Visma Admin help, Company, tab Services.
    """
    _refuse_terminated(company)
    if company.status != CompanyStatus.ACTIVE:
        raise RuleViolation("directory.company_deactivated", company=company.name)
    if db.get(CompanyService, (company.id, service)) is not None:
        raise RuleViolation("directory.service_active", company=company.name)
    if service in BEFORE_ACTIVATION:
        BEFORE_ACTIVATION[service](db, company, service)
    db.add(CompanyService(company_id=company.id, service=service))
    db.flush()
    if service in WHEN_ACTIVATED:
        WHEN_ACTIVATED[service](db, company)
    _record(db, "company.service_activated", company, actor.email, service=service)


def deactivate_service(db: Db, actor: Actor, company: Company, service: str) -> None:
    """Deactivate a service on a company. Own choice: roles in it are kept, without effect until it is active again.

    Raises:
        RuleViolation: ``directory.company_terminated`` or ``directory.service_inactive``.
    """
    _refuse_terminated(company)
    active = db.get(CompanyService, (company.id, service))
    if active is None:
        raise RuleViolation("directory.service_inactive", company=company.name)
    db.delete(active)
    _record(db, "company.service_deactivated", company, actor.email, service=service)


def end_service(db: Db, company: Company, service: str) -> None:
    """Deactivate a service on a company because the right to use it has ended; nothing changes when it is inactive."""
    active = db.get(CompanyService, (company.id, service))
    if active is not None:
        db.delete(active)
        db.flush()
        _record(db, "company.service_deactivated", company, None, service=service)


def deactivate(db: Db, actor: Actor, company: Company) -> None:
    """Deactivate a company: nobody can choose it, and roles on it have no effect until it is active again.

    Raises:
        RuleViolation: ``directory.company_terminated`` or ``directory.company_deactivated``.
    """
    _refuse_terminated(company)
    if company.status != CompanyStatus.ACTIVE:
        raise RuleViolation("directory.company_deactivated", company=company.name)
    company.status = CompanyStatus.DEACTIVATED
    _touch(db, company, actor)
    _record(db, "company.deactivated", company, actor.email)
    _take_out_of_groups(db, actor.email, company)


def reactivate(db: Db, actor: Actor, company: Company) -> None:
    """Make a deactivated company active again, with its services and roles as they were.

    Raises:
        RuleViolation: ``directory.company_terminated`` or ``directory.company_active``.
    """
    _refuse_terminated(company)
    if company.status != CompanyStatus.DEACTIVATED:
        raise RuleViolation("directory.company_active", company=company.name)
    company.status = CompanyStatus.ACTIVE
    _touch(db, company, actor)
    _record(db, "company.reactivated", company, actor.email)


def terminate(db: Db, actor: Actor, company: Company) -> None:
    """Terminate a deactivated company: 31 days later it is deleted.

    Raises:
        RuleViolation: ``directory.company_terminated``, or ``directory.deactivate_first`` while it is active.

    Source: Visma Admin help, Company. Own choice: this cannot be undone, and until then the company is read-only.
    """
    _refuse_terminated(company)
    if company.status != CompanyStatus.DEACTIVATED:
        raise RuleViolation("directory.deactivate_first", company=company.name)
    company.status = CompanyStatus.TERMINATED
    company.gone_at = db.clock.now() + DELETION_DELAY
    _touch(db, company, actor)
    _record(db, "company.terminated", company, actor.email, gone_at=company.gone_at.isoformat())
    jobs.enqueue(db, DELETE, delay=DELETION_DELAY, company_id=company.id)


def remove(db: Db, actor: Actor, company: Company) -> None:
    """Delete a company at once; it must have no active services.

    Raises:
        RuleViolation: ``directory.company_terminated``, or ``directory.services_active``: deactivate and terminate it instead.

    Source: Visma Admin help, Company.
    """
    _refuse_terminated(company)
    if services_of(db, company):
        raise RuleViolation("directory.services_active", company=company.name)
    _delete(db, company, actor.email)


@job(DELETE)
def delete_terminated(db: Db, **data: Any) -> None:
    """Delete the terminated company ``company_id`` if its 31 days are over."""
    company = db.get_one(Company, data["company_id"])
    if company.status == CompanyStatus.TERMINATED and company.gone_at is not None and company.gone_at <= db.clock.now():
        _delete(db, company, None)


def _delete(db: Db, company: Company, actor: str | None) -> None:
    """Delete a company. Its row stays, because charges and invoices refer to it; its number is free again."""
    _end_access_to(db, actor, company)
    services = services_of(db, company)
    company.status = CompanyStatus.DELETED
    query = select(Grant).where(Grant.company_id == company.id).order_by(Grant.id).options(joinedload(Grant.person))
    grants = db.scalars(query).all()
    for grant in grants:
        people.record_revoked(db, actor, grant, company.name)
    db.execute(delete(Grant).where(Grant.company_id == company.id))
    for grant in grants:
        db.expire(grant.person, ["grants"])
    db.execute(delete(CompanyService).where(CompanyService.company_id == company.id))
    db.execute(update(Person).where(Person.company_id == company.id).values(company_id=None))
    _record(db, "company.deleted", company, actor, services=services)
    db.flush()


def _refuse_terminated(company: Company) -> None:
    if company.status in (CompanyStatus.TERMINATED, CompanyStatus.DELETED):
        raise RuleViolation("directory.company_terminated", company=company.name)


def _touch(db: Db, company: Company, actor: Actor) -> None:
    company.version += 1
    company.changed_at, company.changed_by = db.clock.now(), actor.name


def _record(db: Db, type_: str, company: Company, actor: str | None, **data: object) -> None:
    events.record(
        db,
        type_,
        actor=actor,
        subject=company.name,
        customer_id=company.customer_id,
        company=company.id,
        organisation_number=company.organisation_number,
        **data,
    )
