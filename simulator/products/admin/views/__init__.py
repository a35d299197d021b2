"""Routes of Admin, one module per noun."""

from simulator.products.admin.views import (
    companies,
    company_users,
    configuration,
    emergency,
    groups,
    left_out,
    reports,
    roles,
    start,
    support,
    user,
    users,
)

__all__ = [
    "companies",
    "company_users",
    "configuration",
    "emergency",
    "groups",
    "left_out",
    "reports",
    "roles",
    "start",
    "support",
    "user",
    "users",
]
