"""What the control API says about sandboxes, people, messages, lines of the journal and jobs."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from simulator.core.clock import iso
from simulator.core.events import Event
from simulator.core.jobs import Job
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Customer, Grant, Membership, Note, Person
from simulator.directory.roles import BY_CODE

Answer = dict[str, Any]

PAGE = 200
"""People a page."""


def sandbox(db: Db) -> Answer:
    """Describe a sandbox, with its scenario's named cast."""
    record, url = db.record, db.sandbox.base_address
    cast = select(Person).where(Person.key.is_not(None)).order_by(Person.id)
    return {
        "name": record.name,
        "scenario": record.scenario,
        "url": url,
        "join_url": f"{url}/?join={record.join_key}",
        "now": iso(db.clock.now()),
        "clock_mode": record.clock_mode,
        "language": record.language,
        "created_at": iso(record.created_at),
        "expires_at": iso(record.expires_at) if record.expires_at else None,
        "tags": list(record.tags),
        "people": people(db, cast),
    }


def page_of_people(db: Db, after: str | None = None) -> list[Answer]:
    """Describe up to 200 people, in the order of their addresses.

    Args:
        db: a transaction that reads.
        after: address of the last person of the page before.
    """
    query = select(Person).order_by(Person.email).limit(PAGE)
    return people(db, query if after is None else query.where(Person.email > after.strip().lower()))


def people(db: Db, query: Any) -> list[Answer]:
    """Describe the people that a query finds, in its order."""
    with_grants = query.options(
        selectinload(Person.grants).options(joinedload(Grant.customer), joinedload(Grant.company)),
        joinedload(Person.lock),
    )
    found = db.scalars(with_grants).all()
    ids = [person.id for person in found]
    notes = {note.person_id: note.password for note in db.scalars(select(Note).where(Note.person_id.in_(ids)))}
    customers = _customers(db, ids)
    companies = _companies(db, found)
    return [_person(db, person, notes.get(person.id), customers.get(person.id, []), companies(person)) for person in found]


def _customers(db: Db, ids: Sequence[int]) -> dict[int, list[Customer]]:
    """Return at which customers people are listed, by name."""
    query = (
        select(Membership.person_id, Customer)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(Membership.person_id.in_(ids))
        .order_by(Customer.name, Customer.id)
    )
    found: dict[int, list[Customer]] = {}
    for person_id, customer in db.execute(query):
        found.setdefault(person_id, []).append(customer)
    return found


def _companies(db: Db, people: Sequence[Person]) -> Callable[[Person], list[Company]]:
    """Return which companies each person can choose in the switcher, by name: a role on a customer opens all of its own."""
    grants = [grant for person in people for grant in person.grants]
    customer_ids = {grant.customer_id for grant in grants if grant.customer_id is not None}
    company_ids = {grant.company_id for grant in grants if grant.company_id is not None}
    query = (
        select(Company)
        .where(Company.customer_id.in_(customer_ids) | Company.id.in_(company_ids))
        .order_by(Company.name, Company.id)
    )
    companies = db.scalars(query).all()

    def of(person: Person) -> list[Company]:
        targets = {(grant.customer_id, grant.company_id) for grant in person.grants}
        return [one for one in companies if {(one.customer_id, None), (None, one.id)} & targets]

    return of


def _person(
    db: Db, person: Person, password: str | None, customers: Sequence[Customer], companies: Sequence[Company]
) -> Answer:
    return {
        "key": person.key,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "password": password,
        "language": person.language,
        "status": str(person.status_at(db.clock.now())),
        "totp_secret": person.totp_secret,
        "emergency_code": None,
        "customers": [_customer(customer) for customer in customers],
        "companies": [_company(company) for company in companies],
        "roles": list(dict.fromkeys(BY_CODE[grant.role].name for grant in person.grants)),
        "grants": [_grant(grant) for grant in person.grants],
    }


def _customer(customer: Customer) -> Answer:
    return {"key": customer.key, "number": customer.number, "name": customer.name, "country": customer.country}


def _company(company: Company) -> Answer:
    return {
        "key": company.key,
        "name": company.name,
        "country": company.country,
        "organisation_number": company.organisation_number,
    }


def _grant(grant: Grant) -> Answer:
    """Say what a role was given on; ``on`` is the key, as a scenario writes it."""
    target = grant.company or grant.customer
    role = BY_CODE[grant.role]
    return {
        "role": role.name,
        "level": str(role.level),
        "on": target.key if target else None,
        "name": target.name if target else None,
    }


def message(sent: Message) -> Answer:
    """Describe a message."""
    return {
        "id": sent.id,
        "kind": sent.kind,
        "from": sent.sender,
        "to": sent.recipient,
        "subject": sent.subject,
        "text": sent.text,
        "html": sent.html,
        "links": list(sent.links),
        "codes": list(sent.codes),
        "sent_at": iso(sent.sent_at),
        "state": sent.state,
    }


def event(line: Event) -> Answer:
    """Describe a line of the journal."""
    return {
        "id": line.id,
        "at": iso(line.at),
        "type": line.type,
        "actor": line.actor,
        "subject": line.subject,
        "data": line.data,
    }


def job(row: Job) -> Answer:
    """Describe a job."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "data": row.data,
        "queued_at": iso(row.queued_at),
        "due_at": iso(row.due_at),
        "finished_at": iso(row.finished_at) if row.finished_at else None,
        "attempts": row.attempts,
        "error": row.error,
    }
