"""Sandboxes for the vendor's invoices: those of the billing's tests."""

from tests.billing.conftest import books, open_books, template  # noqa: F401
