"""The role catalogue: all roles, the level on which each is granted, and its service.

Source: Visma.net Admin's role names as published; they are English in every language unless a source shows another one.
Levels: roles on a customer are for administration; roles on a company are for a service. Services that are not simulated as
products have roles too. Own choice: the codes, *Company administrator*, and the roles of Autoinvoice, Expense and
Payroll that no source names.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The level on which a role is granted."""

    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True)
class Role:
    """One role.

    Attributes:
        code: stable code, for example ``customer_administrator``.
        name: English name, as scenarios, the control API and manuals write it.
        level: the level on which it is granted.
        service: its service, None for administration.
        also_on_company: whether this customer role can also be granted on a single company.
    """

    code: str
    name: str
    level: Level
    service: str | None = None
    also_on_company: bool = False

    @property
    def text(self) -> str:
        """Text key of the displayed name; with the suffix ``.gives``, the key of the description of what the role permits."""
        return f"role.{self.code}"

    def fits(self, level: Level) -> bool:
        """Return whether the role can be granted on a level."""
        return level is self.level or (self.also_on_company and level is Level.COMPANY)


CUSTOMER_ADMINISTRATOR = Role("customer_administrator", "Customer administrator", Level.CUSTOMER)
BUSINESS_CONTACT = Role("business_contact", "Business contact", Level.CUSTOMER)
APPLICATION_ADMINISTRATOR = Role("application_administrator", "Application administrator", Level.CUSTOMER)
COMPANY_ADMINISTRATOR = Role("company_administrator", "Company administrator", Level.COMPANY)
AUTOINVOICE_ADMINISTRATOR = Role("autoinvoice_administrator", "Autoinvoice administrator", Level.COMPANY, "autoinvoice")
AUTOINVOICE_USER = Role("autoinvoice_user", "Autoinvoice user", Level.COMPANY, "autoinvoice")
FINANCIALS_ADMINISTRATOR = Role("financials_administrator", "Financials Administrator", Level.COMPANY, "financials")
FINANCIALS_USER = Role("financials_user", "Financials User", Level.COMPANY, "financials")
APPROVAL_SYSTEM_ADMINISTRATOR = Role("approval_system_administrator", "System Administrator", Level.COMPANY, "approval")
APPROVAL_SYSTEM_VIEWER = Role("approval_system_viewer", "System Viewer", Level.COMPANY, "approval")
WEBFAKTURA_USER = Role("webfaktura_user", "WebFaktura user", Level.COMPANY, "webfaktura")
WEBFAKTURA_ADMIN = Role("webfaktura_admin", "WebFaktura admin", Level.COMPANY, "webfaktura")

PRIMARY_CONTACT = Role("primary_contact", "Primary contact", Level.CUSTOMER)
"""Not granted like the others: exactly one user of a customer is its primary contact."""


def _of(service: str, **names: str) -> tuple[Role, ...]:
    return tuple(Role(code, name, Level.COMPANY, service) for code, name in names.items())


ROLES: tuple[Role, ...] = (
    CUSTOMER_ADMINISTRATOR,
    BUSINESS_CONTACT,
    APPLICATION_ADMINISTRATOR,
    COMPANY_ADMINISTRATOR,
    Role(
        "authentication_administrator",
        "Authentication Administrator",
        Level.CUSTOMER,
        "authentication_settings",
        also_on_company=True,
    ),
    AUTOINVOICE_ADMINISTRATOR,
    AUTOINVOICE_USER,
    *_of(
        "autopay",
        autopay_administrator="AutoPay Administrator",
        autopay_accountant="AutoPay Accountant",
        autopay_approver="AutoPay Approver",
        autopay_payroll_accountant="AutoPay Payroll Accountant",
        autopay_payroll_approver="AutoPay Payroll Approver",
    ),
    *_of("autoreport", autoreport_user="AutoReport User"),
    *_of(
        "approval",
        invoice_approver="Invoice Approver",
        expense_approver="Expense Approver",
        absence_approver="Absence Approver",
        timesheet_approver="Timesheet Approver",
        purchase_approver="Purchase Approver",
    ),
    APPROVAL_SYSTEM_ADMINISTRATOR,
    APPROVAL_SYSTEM_VIEWER,
    *_of(
        "calendar",
        absence_administrator="Absence Administrator",
        absence_manager="Absence Manager",
        absence_user="Absence User",
    ),
    *_of("employees", employees_administrator="Administrator"),
    *_of("expense", expense_company_administrator="Expense Company Administrator", expense_user="Expense user"),
    *_of("payroll", payroll_administrator="Payroll administrator"),
    FINANCIALS_ADMINISTRATOR,
    FINANCIALS_USER,
    *_of("financials", api_user="API User"),
    *_of("app_store", integration_administrator="Integration Administrator"),
    *_of("business_nxt", application_access="Application access", system_supervisor="System supervisor"),
    WEBFAKTURA_USER,
    WEBFAKTURA_ADMIN,
)
BY_CODE = {role.code: role for role in ROLES}
BY_NAME = {role.name: role for role in ROLES}

SUPPORT_DESK = Role("support_desk", "Support desk", Level.CUSTOMER)
"""The role of the vendor's support desk. It is not in the catalogue: nobody at a customer can grant it."""

SERVICES: tuple[str, ...] = tuple(dict.fromkeys(role.service for role in ROLES if role.service))
"""Services with roles, in the order of the catalogue; ``service.<code>`` is the text key of the name."""

CONFLICTS: tuple[tuple[Role, Role], ...] = ((APPROVAL_SYSTEM_ADMINISTRATOR, APPROVAL_SYSTEM_VIEWER),)
"""Roles that one person should never have both on one company: a warning, not a refusal.

Source: "Roller i Visma.net".
"""

EXCLUSIVE: tuple[tuple[Role, Role], ...] = ((CUSTOMER_ADMINISTRATOR, APPLICATION_ADMINISTRATOR),)
"""Roles that one person cannot have both on one customer.

Source: "Customer administrator rollen", a partner with support access cannot be Customer administrator at once.
"""
