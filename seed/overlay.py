"""Applies an overlay to a fresh sandbox: new entries are added, existing ones change in the keys that the overlay has."""

from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select

from simulator.billing.models import Licence
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.directory.groups.models import CompanyGroup, RoleGroup
from simulator.directory.models import ClearTextSecrets, Company, CompanyService, Customer, Person, Status
from simulator.directory.security_keys import ceremonies
from simulator.documents.model.models import AccessPoint, Account

from .cache import Head
from .content import write
from .faults import Fault, fault_problems, write_faults
from .index import Index, IndexedCompany, IndexedCustomer, IndexedPerson, text_in
from .load import merged
from .model import Content
from .problems import Problem, validate
from .references import References
from .setting import Setting

BELOW = "with."


class Overlay(Content):
    """What is laid over a scenario; ``faults`` are of a sandbox, and no scenario has any."""

    faults: list[Fault] = Field(default=[])


def apply_overlay(db: Db, raw: dict[str, Any], head: Head, creation_day: date) -> None:
    """Check an overlay and write it.

    Args:
        db: a transaction in the fresh sandbox.
        raw: the overlay, in the scenario's shape.
        head: the scenario below it.
        creation_day: the day that relative days count from.

    Raises:
        BadInput: with all problems.
    """
    content, problems = validate(Overlay, _completed(db, raw))
    problems = merged(problems, References(raw, index_of(db, head.country)).check())
    if problems or content is None:
        raise BadInput([(f"{BELOW}{where}" if where else "with", what) for where, what in problems])
    name = db.record.scenario
    setting = Setting(db, name, creation_day, head.time_zone, head.country, raw, below=BELOW)
    write(setting, content)
    write_faults(setting, content.faults)


def overlay_problems(scenario: dict[str, Any], raw: dict[str, Any], now: datetime) -> list[Problem]:
    """Return what is wrong with an overlay, as far as scenario and overlay say it: shapes, references, faults; without a sandbox.

    Args:
        scenario: the scenario below it, as read.
        raw: the overlay, in the scenario's shape.
        now: what the sandbox's clock shows at first.
    """
    below = References(scenario)
    below.check()
    content, problems = validate(Overlay, {section: _with_the_rest(scenario, section, raw[section]) for section in raw})
    problems = merged(problems, References(raw, below.index).check())
    if content is None:
        return problems
    people = {person.key for person in below.index.people.values()}
    for at, fault in enumerate(content.faults):
        if fault.person is not None and "@" not in fault.person and fault.person not in people:
            problems.append(
                (f"faults.{at}.person", f"expected an address or a person of the scenario, found {fault.person!r}")
            )
    return [*problems, *fault_problems(content.faults, now)]


def _with_the_rest(scenario: dict[str, Any], section: str, entries: Any) -> Any:
    """Return the entries of a section of an overlay, changes of existing ones with what the scenario says of them."""
    below = {entry["key"]: entry for entry in scenario.get(section) or () if isinstance(entry, dict) and "key" in entry}
    if not isinstance(entries, list):
        return entries
    return [below.get(entry.get("key"), {}) | entry if isinstance(entry, dict) else entry for entry in entries]


def index_of(db: Db, country: str) -> Index:
    """Return the index of a sandbox."""
    index = Index(country=country or None)
    for customer in db.scalars(select(Customer)):
        products = set(db.scalars(select(Licence.product).where(Licence.customer_id == customer.id)))
        index.customers[customer.key] = IndexedCustomer(customer.number, customer.country, products)
    unverified = set(db.scalars(select(Account.company_id).where(Account.verified.is_(False))))
    for company in db.scalars(select(Company)):
        services = set(db.scalars(select(CompanyService.service).where(CompanyService.company_id == company.id)))
        index.companies[company.key or ""] = IndexedCompany(
            company.customer.key, company.country, company.organisation_number, services, company.id not in unverified
        )
    for person in db.scalars(select(Person)):
        index.people[person.email] = IndexedPerson(person.key)
    for access_point in db.scalars(select(AccessPoint)):
        index.access_points[access_point.key] = access_point.ours
    for table, keys in ((CompanyGroup, index.company_groups), (RoleGroup, index.role_groups)):
        owners = select(table.key, Customer.key).join(Customer, Customer.id == table.customer_id)
        keys.update((key or "", owner) for key, owner in db.execute(owners.where(table.key.is_not(None))))
    return index


def _completed(db: Db, raw: dict[str, Any]) -> dict[str, Any]:
    """Complete changes of existing entries with the keys they leave out, so that they have the shape of an entry."""
    fill = {"customers": _customer, "companies": _company, "people": _person, "access_points": _access_point}
    completed = dict(raw)
    for section, complete in fill.items():
        entries = raw.get(section)
        if isinstance(entries, list):
            completed[section] = [complete(db, entry) | entry if isinstance(entry, dict) else entry for entry in entries]
    return completed


def _customer(db: Db, entry: dict[str, Any]) -> dict[str, Any]:
    customer = db.scalar(select(Customer).where(Customer.key == text_in(entry, "key")))
    return {"number": customer.number, "name": customer.name} if customer else {}


def _company(db: Db, entry: dict[str, Any]) -> dict[str, Any]:
    company = db.scalar(select(Company).where(Company.key == text_in(entry, "key")))
    if company is None:
        return {}
    return {"customer": company.customer.key, "name": company.name, "organisation_number": company.organisation_number}


def _access_point(db: Db, entry: dict[str, Any]) -> dict[str, Any]:
    access_point = db.scalar(select(AccessPoint).where(AccessPoint.key == text_in(entry, "key")))
    return {"name": access_point.name} if access_point else {}


def _person(db: Db, entry: dict[str, Any]) -> dict[str, Any]:
    key, email = text_in(entry, "key"), (text_in(entry, "email") or "").strip().lower()
    person = db.scalar(select(Person).where(Person.key == key)) if key else None
    person = person or db.scalar(select(Person).where(Person.email == email))
    if person is None:
        return {}
    filled: dict[str, Any] = {"email": person.email, "first_name": person.first_name, "last_name": person.last_name}
    filled["status"] = status = entry.get("status", person.status_at(db.clock.now()).value)
    if status != Status.NOT_ACTIVATED:
        secrets = db.get(ClearTextSecrets, person.id)
        filled["password"] = secrets.password if secrets else None
        filled["two_step"] = person.totp_secret is not None
        for held in ceremonies.keys_of(db, person):
            filled.setdefault("passkeys" if held.passkey else "security_keys", []).append(held.name)
    return filled
