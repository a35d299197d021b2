"""Routes of AutoInvoice, one module a noun."""

from simulator.products.autoinvoice.views import (
    details,
    entry,
    identity,
    notifications,
    receive_invoices,
    register,
    scan_account,
    sending,
    settings,
    start,
    users,
)

__all__ = [
    "details",
    "entry",
    "identity",
    "notifications",
    "receive_invoices",
    "register",
    "scan_account",
    "sending",
    "settings",
    "start",
    "users",
]
