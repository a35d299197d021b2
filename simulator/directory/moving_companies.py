"""Moving a company to another customer, which the vendor's desk does on a written request.

Source: "Hva må gjøres ved bytte av organisasjonsnummer": a company is moved to another customer by mail to the licence department,
with written confirmation. Own choice: what is checked and what goes along. Invoices that were made stay with the old customer;
consumption that was not invoiced yet goes along. All roles on the company end, because they belong to people of the old customer.
"""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory import companies, people
from simulator.directory.activation import BEFORE_ACTIVATION, BEFORE_MOVING
from simulator.directory.models import Company, CompanyStatus, Customer, Grant, Person

_end_access_to = late("simulator.directory.groups.groups:end_access_to")

events.declare(company__moved="A company was moved to another customer; roles on it ended.")


def check_move(db: Db, company: Company, to_customer: Customer) -> None:
    """Check whether a company may be moved to another customer, as far as that can be known before its services are there.

    Raises:
        RuleViolation: ``directory.same_customer``, ``directory.company_terminated``, ``directory.last_company`` when the old
            customer has no other company that exists, or what ``BEFORE_MOVING`` has against it, such as a contract that runs.
    """
    old = company.customer
    if old.id == to_customer.id:
        raise RuleViolation("directory.same_customer", field="customer_number", company=company.name, customer=old.name)
    if company.status in (CompanyStatus.TERMINATED, CompanyStatus.DELETED):
        raise RuleViolation("directory.company_terminated", company=company.name)
    others = select(func.count()).where(
        Company.customer_id == old.id, Company.id != company.id, companies.is_present(db.clock.now())
    )
    if not db.scalar(others):
        raise RuleViolation("directory.last_company", company=company.name, customer=old.name)
    for check in BEFORE_MOVING.values():
        check(db, company)


def move_company(db: Db, actor: str | None, company: Company, to_customer: Customer) -> None:
    """Move a company to another customer.

    Args:
        db: the transaction.
        actor: address of the member of the staff who does it; None for a scenario.
        company: the company.
        to_customer: its new customer.

    Raises:
        RuleViolation: what ``check_move`` raises, or what ``BEFORE_ACTIVATION`` has against one of its services at the new
            customer, such as a licence that is missing; nothing is changed then.
    """
    check_move(db, company, to_customer)
    old = company.customer
    with db.begin_nested():
        _end_roles(db, actor, company)
        company.customer = to_customer
        company.account_number = to_customer.number
        company.version += 1
        company.changed_at, company.changed_by = db.clock.now(), actor
        db.flush()
        for service in companies.services_of(db, company):
            if service in BEFORE_ACTIVATION:
                BEFORE_ACTIVATION[service](db, company, service)
    changes = {"customer": [old.name, to_customer.name]}
    for customer in (old, to_customer):
        facts: dict[str, Any] = {
            "company": company.id,
            "organisation_number": company.organisation_number,
            "changes": changes,
        }
        events.record(db, "company.moved", actor=actor, subject=company.name, customer_id=customer.id, **facts)


def _end_roles(db: Db, actor: str | None, company: Company) -> None:
    _end_access_to(db, actor, company)
    query = select(Grant).where(Grant.company_id == company.id).order_by(Grant.id).options(joinedload(Grant.person))
    grants = db.scalars(query).all()
    for grant in grants:
        people.record_revoked(db, actor, grant, company.name)
    db.execute(delete(Grant).where(Grant.company_id == company.id))
    for grant in grants:
        db.expire(grant.person, ["grants"])
    db.execute(update(Person).where(Person.company_id == company.id).values(company_id=None))
