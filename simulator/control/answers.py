"""How the control API describes sandboxes, people, messages, events and jobs."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import Executable, bindparam, case, func, select
from sqlalchemy.util import memoized_property

from simulator.control import schemas
from simulator.core import normal_forms, sidecar
from simulator.core.clock import Clock, ClockMode, iso
from simulator.core.copies import Snapshot
from simulator.core.events import Event
from simulator.core.jobs import Job
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import (
    ClearTextSecrets,
    Company,
    CompanyStatus,
    Customer,
    Grant,
    Lock,
    Membership,
    Person,
    status_at,
)
from simulator.directory.roles import BY_CODE

PAGE = 200
"""People per page."""


_PEOPLE = (
    select(
        Person.id,
        Person.key,
        Person.first_name,
        Person.last_name,
        Person.email,
        Person.language,
        Person.status,
        case((ClearTextSecrets.lost_secret == Person.totp_secret, None), else_=Person.totp_secret).label("totp_secret"),
        Lock.until.label("locked_until"),
        ClearTextSecrets.password,
        ClearTextSecrets.emergency_code,
    )
    .outerjoin(Lock, Lock.email == Person.email)
    .outerjoin(ClearTextSecrets, ClearTextSecrets.person_id == Person.id)
)
_CAST = _PEOPLE.where(Person.key.is_not(None)).order_by(Person.id)
_PAGE = _PEOPLE.order_by(Person.email).limit(PAGE)
_NEXT_PAGE = _PAGE.where(Person.email > bindparam("after"))

_THESE: Any = bindparam("people", expanding=True)
_GRANTS = (
    select(
        Grant.person_id,
        Grant.role,
        Grant.customer_id,
        Grant.company_id,
        func.coalesce(Company.key, Company.organisation_number, Customer.key).label("key"),
        func.coalesce(Company.name, Customer.name).label("name"),
    )
    .outerjoin(Customer, Customer.id == Grant.customer_id)
    .outerjoin(Company, Company.id == Grant.company_id)
    .where(Grant.person_id.in_(_THESE))
    .order_by(Grant.id)
)
_CUSTOMERS = (
    select(Membership.person_id, Customer.key, Customer.number, Customer.name, Customer.country)
    .join(Customer, Customer.id == Membership.customer_id)
    .where(Membership.person_id.in_(_THESE))
    .order_by(Customer.name, Customer.id)
)
_COMPANIES = (
    select(Company.id, Company.customer_id, Company.key, Company.name, Company.country, Company.organisation_number)
    .where(
        Company.customer_id.in_(select(Grant.customer_id).where(Grant.person_id.in_(_THESE)))
        | Company.id.in_(select(Grant.company_id).where(Grant.person_id.in_(_THESE)))
    )
    .where(Company.status == CompanyStatus.ACTIVE)
    .order_by(Company.name, Company.id)
)


@dataclass(frozen=True)
class Cast:
    """The people of a sandbox, as they are stored; their description also depends on the clock.

    Attributes:
        language: the sandbox's.
        people: the people, in their order.
        grants: their roles, by person.
        customers: their customers, by person.
        companies: all companies that any of them can choose.
    """

    language: str
    people: Sequence[Any]
    grants: Mapping[int, Sequence[Any]]
    customers: Mapping[int, Sequence[Any]]
    companies: Sequence[Any]

    @memoized_property
    def _descriptions(self) -> list[schemas.Person]:
        """What is said of them, but for their status: the same for every copy of a template."""
        return [
            _person(
                row,
                self.customers.get(row.id, ()),
                _open_to(self.grants.get(row.id, ()), self.companies),
                self.grants.get(row.id, ()),
            )
            for row in self.people
        ]

    def described(self, now: datetime) -> list[schemas.Person]:
        """Describe them at an instant."""
        return [
            {**description, "status": str(status_at(row.status, row.locked_until, now))}
            for description, row in zip(self._descriptions, self.people, strict=True)
        ]


class Summary(TypedDict):
    """What lists look at of a sandbox, as JSON with instants in ISO 8601; what depends on the server's address comes later.

    ``people_until`` is the instant of the sandbox's clock at which somebody's status changes by itself.
    """

    scenario: str
    language: str
    tags: list[str]
    created_at: str
    expires_at: str | None
    join_key: str
    clock_mode: str
    clock_base: str
    clock_anchor: str
    people_until: str | None


class ListEntry(NamedTuple):
    """A sandbox in a list: its summary, and its named cast as JSON text, which is long and only passed on."""

    summary: Summary
    people: str


SUMMARY_FORM = ",".join((*Summary.__annotations__, *schemas.Person.__annotations__))
"""Summaries written by a release with other fields are read anew."""


def sandbox(db: Db) -> schemas.Sandbox:
    """Describe a sandbox, with its scenario's named cast."""
    summary, people = _summary_of_record(db)
    return described(summary, people, db.sandbox.name, db.sandbox.base_address)


def described(summary: Summary, people: list[schemas.Person], name: str, address: str) -> schemas.Sandbox:
    """Describe a sandbox by its summary, its named cast, its name and its address."""
    return {
        "name": name,
        "scenario": summary["scenario"],
        "url": address,
        "join_url": f"{address}/?join={summary['join_key']}",
        "join_base": f"{address}/~{summary['join_key']}",
        "now": iso(clock_of(summary).now()),
        "clock_mode": summary["clock_mode"],
        "language": summary["language"],
        "created_at": summary["created_at"],
        "expires_at": summary["expires_at"],
        "tags": summary["tags"],
        "people": people,
    }


def described_as_json(entry: ListEntry, name: str, address: str) -> str:
    """Describe a sandbox as JSON, by its entry in a list, its name and its address."""
    without_people = _json(described(entry.summary, [], name, address))
    return f"{without_people.removesuffix('[]}')}{entry.people}}}"


def clock_of(summary: Summary) -> Clock:
    """Return the clock of a sandbox by its summary."""
    base, anchor = (datetime.fromisoformat(summary[key]) for key in ("clock_base", "clock_anchor"))
    return Clock(ClockMode(summary["clock_mode"]), base, anchor)


def list_entry(store: Store, name: str) -> ListEntry:
    """Return what lists say of a sandbox, from beside its file if it holds.

    Raises:
        NotFound: there is none of that name.
        Unreadable: the sandbox's file is damaged.
    """
    stored = sidecar.stored_summary(store.file_of(name), SUMMARY_FORM)
    if stored is not None:
        beside = ListEntry(*stored)
        until = beside.summary["people_until"]
        if until is None or clock_of(beside.summary).now() < datetime.fromisoformat(until):
            return beside
    with store.open(name) as sandbox:
        return ListEntry(*sidecar.read_summary(sandbox, SUMMARY_FORM, _read_entry))


def _read_entry(db: Db) -> ListEntry:
    summary, people = _summary_of_record(db)
    return ListEntry(summary, _json(people))


def summary(db: Db) -> Summary:
    """Read the summary of a sandbox."""
    return _summary_of_record(db)[0]


def _summary_of_record(db: Db) -> tuple[Summary, list[schemas.Person]]:
    record = db.read_record()
    clock = Clock(ClockMode(record.clock_mode), record.clock_base, record.clock_anchor)
    return _summary(record, clock, cast_of(db))


def describe_created(sandbox: Sandbox, creation: Creation, cast: Cast) -> schemas.Sandbox:
    """Describe a sandbox that nobody can open yet without reading it again, and write its summary beside its file."""
    summary, people = _summary(creation, creation.clock, cast)
    sidecar.write(sandbox.path, SUMMARY_FORM, sidecar.stamps(sandbox.path), summary, _json(people))
    return described(summary, people, sandbox.name, sandbox.base_address)


def _summary(row: Any, clock: Clock, cast: Cast) -> tuple[Summary, list[schemas.Person]]:
    """Write the summary of a sandbox, and describe its named cast.

    Args:
        row: its own row, or what it is created with.
        clock: its clock.
        cast: its named cast.
    """
    now = clock.now()
    locked_until = [person.locked_until for person in cast.people if person.locked_until and person.locked_until > now]
    summary: Summary = {
        "scenario": row.scenario,
        "language": cast.language,
        "tags": list(row.tags),
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at) if row.expires_at else None,
        "join_key": row.join_key,
        "clock_mode": clock.mode.value,
        "clock_base": clock.base.isoformat(),
        "clock_anchor": clock.anchor.isoformat(),
        "people_until": min(locked_until).isoformat() if locked_until else None,
    }
    return summary, cast.described(now)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def cast_of(db: Db) -> Cast:
    """Read the named cast of a sandbox."""
    return _read(db, _CAST)


def page_of_people(db: Db, after: str | None = None) -> list[schemas.Person]:
    """Describe up to 200 people, in the order of their addresses.

    Args:
        db: a transaction that reads.
        after: address of the last person of the page before.
    """
    cast = _read(db, _PAGE) if after is None else _read(db, _NEXT_PAGE, after=normal_forms.email(after))
    return cast.described(db.clock.now())


def _read(db: Db, query: Executable, **values: str) -> Cast:
    """Read the people that a query finds, by columns with statements made once, and no objects."""
    connection = db.connection()
    people = connection.execute(query, values).all()
    these = {"people": [person.id for person in people]}
    grants = _by_person(connection.execute(_GRANTS, these))
    customers = _by_person(connection.execute(_CUSTOMERS, these))
    return Cast(db.head.language, people, grants, customers, connection.execute(_COMPANIES, these).all())


def _by_person(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    by_person: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row)
    return by_person


def _open_to(grants: Sequence[Any], companies: Sequence[Any]) -> list[Any]:
    """Return the companies that a person can choose in the switcher: a role on a customer opens all its companies."""
    on_customers = {grant.customer_id for grant in grants if grant.customer_id is not None}
    on_companies = {grant.company_id for grant in grants if grant.company_id is not None}
    return [company for company in companies if company.customer_id in on_customers or company.id in on_companies]


def _person(person: Any, customers: Iterable[Any], companies: Iterable[Any], grants: Sequence[Any]) -> schemas.Person:
    return {
        "key": person.key,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "password": person.password,
        "language": person.language,
        "status": person.status,
        "totp_secret": person.totp_secret,
        "emergency_code": person.emergency_code,
        "customers": [_customer(customer) for customer in customers],
        "companies": [_company(company) for company in companies],
        "roles": list(dict.fromkeys(BY_CODE[grant.role].name for grant in grants)),
        "grants": [_grant(grant) for grant in grants],
    }


def _customer(customer: Any) -> schemas.Customer:
    return {"key": customer.key, "number": customer.number, "name": customer.name, "country": customer.country}


def _company(company: Any) -> schemas.Company:
    return {
        "key": company.key,
        "name": company.name,
        "country": company.country,
        "organisation_number": company.organisation_number,
    }


def _grant(grant: Any) -> schemas.Grant:
    """Describe a grant; ``on`` is the key of its customer or company in the scenario, or the number of a company added since."""
    role = BY_CODE[grant.role]
    return {"role": role.name, "level": str(role.level), "on": grant.key, "name": grant.name}


def message(sent: Message) -> schemas.Message:
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
        "attachments": [{"name": row.name, "media_type": row.media_type, "size": row.size} for row in sent.attachments],
        "sent_at": iso(sent.sent_at),
        "state": sent.state,
    }


def event(line: Event) -> schemas.Event:
    """Describe a line of the journal."""
    return {
        "id": line.id,
        "at": iso(line.at),
        "type": line.type,
        "actor": line.actor,
        "subject": line.subject,
        "data": line.data,
    }


def snapshot(stored: Snapshot) -> schemas.Snapshot:
    """Describe a snapshot."""
    return {"name": stored.name, "created_at": iso(stored.created_at), "now": iso(stored.now), "size": stored.size}


def job(row: Job) -> schemas.Job:
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
