"""The calls of the interface, one file per noun; importing this package registers them."""

from simulator.products.autoinvoice_api.calls import (
    authorization,
    billing,
    companies,
    invoices,
    lookup,
    notifications,
    partner,
    profiles,
    reports,
    rerouting,
    settings,
    signing_in,
    users,
)
from simulator.products.autoinvoice_api.table import TABLE, blueprint

__all__ = [
    "TABLE",
    "authorization",
    "billing",
    "blueprint",
    "companies",
    "invoices",
    "lookup",
    "notifications",
    "partner",
    "profiles",
    "reports",
    "rerouting",
    "settings",
    "signing_in",
    "users",
]
