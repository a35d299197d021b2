"""The journal for people: each event as a short sentence in the reader's language, with the names of people and companies.

Own choice, all of it. The text of a type is ``event.<type>``; what is filled in is named in ``Line.values``. A line is read in no
language yet, so that what is cached of a sandbox serves every reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from simulator.core.changes import Label, Value, written
from simulator.core.events import Event
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.texts import catalogue, sentence
from simulator.directory.models import Company, Customer, Person
from simulator.directory.roles import BY_NAME

_NAMED_BY = {"service": "service.", "desk": "desk.", "reason": "event.reason.", "program": "lobby.program."}
"""Data of events whose values have names, with the beginning of the text keys."""
_STATES = {"case.state_changed": "case.state.", "acs.changed": "lobby.acs.", "opg.changed": "opg.state."}
"""Types of events whose ``state`` has a name, with the beginning of the text keys."""


@dataclass(frozen=True)
class Line:
    """A line of the journal.

    Attributes:
        type: of the event.
        at: its instant.
        by: name or address of who did it; empty for the platform, and for the person that it is about.
        values: what fills the text: the data of the event, and ``subject``, ``customer``, ``company``, ``role`` and ``message`` by
            their names.
    """

    type: str
    at: datetime
    by: str
    values: Mapping[str, Value]

    def in_words(self, language: str) -> str:
        """Return the event as a sentence without a full stop; the type itself when this release has no text for it."""
        key = f"event.{self.type}"
        if key not in catalogue(language):
            return self.type
        values = _Values({name: written(value, language) for name, value in self.values.items()})
        return sentence(language, key, values) % values


class _Values(dict[str, str]):
    """What fills a text; an event of another release may lack something."""

    def __missing__(self, name: str) -> str:
        return "–"


@dataclass(frozen=True)
class _Names:
    """The names behind addresses, numbers and ids."""

    people: Mapping[str, str]
    customers: Mapping[str, str]
    companies: Mapping[str, str]
    messages: Mapping[int, str]


def lines(db: Db, events: Sequence[Event]) -> list[Line]:
    """Return events as lines for people, in the same order."""
    names = _names(db, events)
    return [_line(event, names) for event in events]


def _names(db: Db, events: Sequence[Event]) -> _Names:
    words = {str(value) for event in events for value in (event.subject, event.actor, *event.data.values()) if value}
    ids = {event.data["message"] for event in events if event.type.startswith("mail.") and "message" in event.data}
    addresses, numbers = {word for word in words if "@" in word}, {word for word in words if "@" not in word}
    people = select(Person.email, Person.first_name, Person.last_name).where(Person.email.in_(addresses))
    customers = select(Customer.number, Customer.name).where(Customer.number.in_(numbers))
    companies = select(Company.organisation_number, Company.name).where(Company.organisation_number.in_(numbers))
    messages = select(Message.id, Message.subject).where(Message.id.in_(ids))
    return _Names(
        people={email: f"{first} {last}" for email, first, last in db.execute(people)} if addresses else {},
        customers={number: name for number, name in db.execute(customers)} if numbers else {},
        companies={number: name for number, name in db.execute(companies.order_by(Company.id.desc()))} if numbers else {},
        messages={id_: subject for id_, subject in db.execute(messages)} if ids else {},
    )


def _line(event: Event, names: _Names) -> Line:
    data, subject = event.data, event.subject or ""
    values: dict[str, Value] = {name: _value(event.type, name, value) for name, value in data.items()}
    for name, word in (("subject", subject), ("assigned", data.get("assigned"))):
        values[name] = names.people.get(str(word), word or "–")
    if event.type.startswith("document."):
        values["subject"] = data.get("number") or subject
    customer, company = str(data.get("customer", subject)), data.get("company")
    values["customer"] = names.customers.get(customer, customer)
    # Events name a company by its number or name, or as the owner of their subject.
    values["company"] = names.companies.get(str(company)) or names.companies.get(subject) or data.get("name")
    if values["company"] is None:
        values["company"] = company if isinstance(company, str) else subject
    values["message"] = names.messages.get(data.get("message", 0), "–")
    by = event.actor if event.actor and event.actor != event.subject else ""
    return Line(event.type, event.at, names.people.get(by, by), values)


def _value(type_: str, name: str, value: Any) -> Value:
    """Return a value of an event's data, with its name where it has one."""
    if name == "role" and isinstance(value, str) and value in BY_NAME:
        return Label(value, BY_NAME[value].text)
    beginning = _STATES.get(type_) if name == "state" else _NAMED_BY.get(name)
    word = "external" if name == "reason" and str(value).startswith("external_") else str(value).replace("-", "_")
    if beginning and f"{beginning}{word}" in catalogue("en"):
        return Label(str(value), f"{beginning}{word}")
    return str(value) if value not in (None, "") else None
