"""What is there to refer to: the entries of a scenario, on top of what a sandbox holds already."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class KnownCustomer:
    """A customer as references need it."""

    number: str
    country: str | None
    products: set[str] = field(default_factory=set)


@dataclass
class KnownCompany:
    """A company as references need it."""

    customer: str
    country: str | None
    organisation_number: str
    services: set[str] = field(default_factory=set)


@dataclass
class KnownPerson:
    """A person as references need it."""

    key: str | None
    primary_contact: set[str] = field(default_factory=set)


@dataclass
class Known:
    """Everything that can be referred to, by key; people by address."""

    country: str | None = None
    customers: dict[str, KnownCustomer] = field(default_factory=dict)
    companies: dict[str, KnownCompany] = field(default_factory=dict)
    people: dict[str, KnownPerson] = field(default_factory=dict)
    access_points: dict[str, bool] = field(default_factory=dict)

    def email_of(self, name: str) -> str | None:
        """Return the address of a person named by key or address."""
        if name.strip().lower() in self.people:
            return name.strip().lower()
        return next((email for email, person in self.people.items() if person.key is not None and person.key == name), None)


def entries(raw: dict[str, Any], section: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the entries of a section that have keys, with their places; faults of shape are told elsewhere."""
    found = raw.get(section)
    return [(at, entry) for at, entry in enumerate(found) if isinstance(entry, dict)] if isinstance(found, list) else []


def words_in(value: Any) -> list[str]:
    """Return the texts of a key that takes one or several."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_in(entry: dict[str, Any], key: str) -> str | None:
    """Return the text or number behind a key, as text."""
    value = entry.get(key)
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and value.strip() else None
