"""Routes of Admin, one module per noun."""

from simulator.products.admin.views import (
    bulk,
    change_log,
    companies,
    company_moves,
    company_users,
    configuration,
    domains,
    emergency,
    exports,
    groups,
    reports,
    roles,
    start,
    support,
    user,
    users,
)

__all__ = [
    "bulk",
    "change_log",
    "companies",
    "company_moves",
    "company_users",
    "configuration",
    "domains",
    "emergency",
    "exports",
    "groups",
    "reports",
    "roles",
    "start",
    "support",
    "user",
    "users",
]
