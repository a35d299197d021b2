"""Permissions of Admin: the one table that routes, pages and commands use.

A role on the customer holds for the customer with all its companies; a role on a company holds for that company only.

Source: "Opprette bruker" (Customer administrator and Business contact add users), "Customer administrator rollen" and "Hvordan
opprette supportbruker" (companies, roles, support access). Own choice: the other permissions of a Company administrator and
an Application administrator; the primary contact has the permissions of a Business contact, and may set another primary
contact; nobody grants a role above the own ones to the own account.
"""

from collections.abc import Mapping

from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    BUSINESS_CONTACT,
    COMPANY_ADMINISTRATOR,
    CUSTOMER_ADMINISTRATOR,
    PRIMARY_CONTACT,
    Role,
)

_CONTACTS = (BUSINESS_CONTACT, PRIMARY_CONTACT)
_CUSTOMER = (CUSTOMER_ADMINISTRATOR, *_CONTACTS, APPLICATION_ADMINISTRATOR)

ADMINISTRATORS = (*_CUSTOMER, COMPANY_ADMINISTRATOR)
"""The roles that administer something."""

MATRIX: Mapping[str, tuple[Role, ...]] = {
    "admin.open": ADMINISTRATORS,
    "admin.view_start": ADMINISTRATORS,
    "admin.view_users": ADMINISTRATORS,
    "admin.add_user": ADMINISTRATORS,
    "admin.edit_user": ADMINISTRATORS,
    "admin.resend_activation": ADMINISTRATORS,
    "admin.generate_code": ADMINISTRATORS,
    "admin.give_roles": ADMINISTRATORS,
    "admin.give_customer_roles": (CUSTOMER_ADMINISTRATOR, *_CONTACTS),
    "admin.remove_user": _CUSTOMER,
    "admin.manage_groups": _CUSTOMER,
    "admin.set_primary_contact": (CUSTOMER_ADMINISTRATOR, PRIMARY_CONTACT),
    "admin.give_support_access": (CUSTOMER_ADMINISTRATOR,),
    "admin.view_companies": ADMINISTRATORS,
    "admin.edit_company": (CUSTOMER_ADMINISTRATOR, APPLICATION_ADMINISTRATOR, COMPANY_ADMINISTRATOR),
    "admin.manage_companies": (CUSTOMER_ADMINISTRATOR, APPLICATION_ADMINISTRATOR),
    "admin.view_configuration": _CUSTOMER,
    "admin.view_invoices": (CUSTOMER_ADMINISTRATOR, *_CONTACTS),
    "admin.export_invoice": (CUSTOMER_ADMINISTRATOR, *_CONTACTS),
    "admin.configure": (CUSTOMER_ADMINISTRATOR,),
}
"""Permission → the roles that hold it."""
