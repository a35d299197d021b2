"""Writes crowds: many companies and people at once, for large scenarios."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import func, insert, select

from simulator.billing import countries
from simulator.core.chance import Chance
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import (
    ClearTextSecrets,
    Company,
    CompanyService,
    Customer,
    Grant,
    Membership,
    PasswordEntry,
    Person,
    Status,
)
from simulator.directory.roles import BY_NAME

from . import model, names
from .identifiers import made_up
from .setting import Setting

MOST_COMPANIES = 50_000
AT_ONCE = 1000
SIGNED_IN_WITHIN = 60
"""Days before the creation within which people of a crowd signed in last. Own choice."""


def company_key(crowd: str, number: int) -> str:
    """Return the key of a crowd's company; they are numbered from 1."""
    return f"{crowd}-{number}"


def write_crowds_of_companies(setting: Setting, entries: list[model.Crowd]) -> None:
    """Add the companies of every crowd."""
    for at, entry in enumerate(entries):
        if entry.companies:
            _write_companies(setting, entry, f"crowds.{at}", _chance(setting, at, "companies"))


def write_crowds_of_people(setting: Setting, entries: list[model.Crowd]) -> None:
    """Add the people of every crowd; those with a role have it on companies of their crowd."""
    for at, entry in enumerate(entries):
        if entry.people:
            _Crowd(setting, entry, _chance(setting, at, "people")).write()


def _chance(setting: Setting, at: int, what: str) -> Chance:
    draws = count(1)
    return Chance(f"{setting.scenario}:{setting.below}crowds.{at}:{what}", lambda: next(draws))


def _write_companies(setting: Setting, entry: model.Crowd, where: str, chance: Chance) -> None:
    db, customer = setting.db, setting.customer(entry.customer)
    taken = set(db.scalars(select(Company.organisation_number).where(Company.country == customer.country)))
    numbers = list(islice((number for number in made_up(customer.country) if number not in taken), entry.companies))
    if len(numbers) < entry.companies:
        most = f"at most {len(numbers)} companies, as many made-up numbers as are left in {customer.country}"
        raise BadInput([(f"{setting.below}{where}.companies", f"expected {most}, found {entry.companies}")])
    first = _next_id(db, Company)
    names_drawn = names.company_names(customer.country, chance)
    rows = [
        {
            "id": first + number,
            "key": company_key(entry.key, number + 1),
            "customer_id": customer.id,
            "name": next(names_drawn),
            "country": customer.country,
            "organisation_number": numbers[number],
            "account_number": customer.number,
            "internal_number": f"{number + 1:05}",
            "currency": countries.country_of(customer.country).currency,
            "time_zone": setting.time_zone,
        }
        for number in range(entry.companies)
    ]
    _insert(db, Company, rows)
    services = list(dict.fromkeys(entry.services))
    _insert(db, CompanyService, [{"company_id": row["id"], "service": service} for row in rows for service in services])


class _Crowd:
    """The people of one crowd while they are drawn. Own choice: people with an authenticator have used their emergency code."""

    def __init__(self, setting: Setting, entry: model.Crowd, chance: Chance) -> None:
        self.setting = setting
        self.entry = entry
        self.chance = chance
        self.customer: Customer = setting.customer(entry.customer)
        self.role = BY_NAME[entry.role].code if entry.role else None

    def write(self) -> None:
        """Draw everybody, and write the rows table by table."""
        db = self.setting.db
        people = list(self._people(_next_id(db, Person)))
        _insert(db, Person, people)
        _insert(db, Membership, [{"person_id": person["id"], "customer_id": self.customer.id} for person in people])
        _insert(db, Grant, list(self._grants(people)))
        active = [person for person in people if person["password_hash"] is not None]
        _insert(db, PasswordEntry, [{"person_id": person["id"], "hash": person["password_hash"]} for person in active])
        _insert(db, ClearTextSecrets, [{"person_id": person["id"], "password": self._password(person)} for person in people])

    def _people(self, first_id: int) -> Iterator[dict[str, Any]]:
        db, entry = self.setting.db, self.entry
        now, language = db.clock.now(), db.record.language
        taken = set(db.scalars(select(Person.email)))
        drawn = names.person_names(self.customer.country, self.chance)
        for number in range(entry.people):
            first_name, last_name, email = next(
                (first, last, f"{local}@{entry.domain}")
                for first, last, local in drawn
                if f"{local}@{entry.domain}" not in taken
            )
            status = self._status()
            activated = status is not Status.NOT_ACTIVATED
            days_ago = timedelta(days=self.chance.number(SIGNED_IN_WITHIN), minutes=self.chance.number(600))
            yield {
                "id": first_id + number,
                "email": email,
                "first_name": first_name,
                "last_name": last_name,
                "language": language,
                "status": status.value,
                "created_at": now,
                "password_hash": credentials.hash_password(entry.password or "") if activated else None,
                "totp_secret": self.chance.base32() if activated and self._happens(entry.two_step) else None,
                "terms_accepted_at": now if activated else None,
                "last_signed_in_at": now - days_ago if activated else None,
            }

    def _status(self) -> Status:
        drawn = self.chance.number(100)
        if drawn < self.entry.not_activated:
            return Status.NOT_ACTIVATED
        return Status.INACTIVE if drawn < self.entry.not_activated + self.entry.inactive else Status.ACTIVE

    def _happens(self, percent: int) -> bool:
        return self.chance.number(100) < percent

    def _grants(self, people: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        if self.role is None:
            return
        keys = [company_key(self.entry.key, number + 1) for number in range(self.entry.companies)]
        ids = dict(
            self.setting.db.execute(select(Company.key, Company.id).where(Company.key.startswith(self.entry.key))).all()
        )
        companies = [ids[key] for key in keys]
        for person in people:
            start, how_many = self.chance.number(len(companies)), self.entry.companies_each.draw(self.chance)
            for step in range(min(how_many, len(companies))):
                yield {
                    "person_id": person["id"],
                    "role": self.role,
                    "company_id": companies[(start + step) % len(companies)],
                }

    def _password(self, person: dict[str, Any]) -> str | None:
        return self.entry.password if person["password_hash"] is not None else None


def _next_id(db: Db, table: type[Company] | type[Person]) -> int:
    db.flush()
    return (db.scalar(select(func.max(table.id))) or 0) + 1


def _insert(db: Db, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in portions; what they leave out gets the table's default.

    Asks the table, because the mapped class would make a statement of its own wherever another value is None.
    """
    for start in range(0, len(rows), AT_ONCE):
        db.execute(insert(table.__table__), rows[start : start + AT_ONCE])
