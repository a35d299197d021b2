"""The role catalogue.

Source: Visma.net Admin's role names as published; role names are English in every language unless a source shows another one.
Levels: a role on a customer administers; a role on a company opens a service. Codes are our own choice.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a role is given on."""

    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True)
class Role:
    """One role.

    Attributes:
        code: stable code, for example ``customer_administrator``.
        name: English name, as scenarios, the control API and manuals write it.
        level: what it is given on.
        service: the service it belongs to, None for administration.
    """

    code: str
    name: str
    level: Level
    service: str | None = None

    @property
    def text(self) -> str:
        """Text key of the name shown."""
        return f"role.{self.code}"


CUSTOMER_ADMINISTRATOR = Role("customer_administrator", "Customer administrator", Level.CUSTOMER)
BUSINESS_CONTACT = Role("business_contact", "Business contact", Level.CUSTOMER)
COMPANY_ADMINISTRATOR = Role("company_administrator", "Company administrator", Level.COMPANY)
AUTOINVOICE_ADMINISTRATOR = Role("autoinvoice_administrator", "Autoinvoice administrator", Level.COMPANY, "autoinvoice")
AUTOINVOICE_USER = Role("autoinvoice_user", "Autoinvoice user", Level.COMPANY, "autoinvoice")

ROLES: tuple[Role, ...] = (
    CUSTOMER_ADMINISTRATOR,
    BUSINESS_CONTACT,
    COMPANY_ADMINISTRATOR,
    AUTOINVOICE_ADMINISTRATOR,
    AUTOINVOICE_USER,
)
BY_CODE = {role.code: role for role in ROLES}
BY_NAME = {role.name: role for role in ROLES}
