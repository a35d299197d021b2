"""The index of what entries may refer to: the entries of a scenario, and those of the sandbox below an overlay."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class IndexedCustomer:
    """What references need of a customer."""

    number: str
    country: str | None
    products: set[str] = field(default_factory=set)


@dataclass
class IndexedCompany:
    """What references need of a company."""

    customer: str
    country: str | None
    organisation_number: str
    services: set[str] = field(default_factory=set)
    verified: bool = True


@dataclass
class IndexedPerson:
    """What references need of a person."""

    key: str | None
    primary_contact: set[str] = field(default_factory=set)


@dataclass
class Index:
    """Everything that entries may refer to, by key; people by address."""

    country: str | None = None
    customers: dict[str, IndexedCustomer] = field(default_factory=dict)
    companies: dict[str, IndexedCompany] = field(default_factory=dict)
    people: dict[str, IndexedPerson] = field(default_factory=dict)
    access_points: dict[str, bool] = field(default_factory=dict)
    company_groups: dict[str, str] = field(default_factory=dict)
    """Key of a company group → key of its customer."""
    role_groups: dict[str, str] = field(default_factory=dict)
    """Key of a role group → key of its customer."""

    def email_of(self, name: str) -> str | None:
        """Return the address of a person named by key or address."""
        if name.strip().lower() in self.people:
            return name.strip().lower()
        return next((email for email, person in self.people.items() if person.key is not None and person.key == name), None)


def entries(raw: dict[str, Any], section: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the mappings in a section, with their positions; other items are reported as problems of shape elsewhere."""
    items = raw.get(section)
    return [(at, item) for at, item in enumerate(items) if isinstance(item, dict)] if isinstance(items, list) else []


def words_in(value: Any) -> list[str]:
    """Return the texts of a key that takes one text or a list."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_in(entry: dict[str, Any], key: str) -> str | None:
    """Return the text or number of a key, as text."""
    value = entry.get(key)
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and value.strip() else None
