"""The routes of WebFaktura."""

from simulator.products.webfaktura.views import clients, einvoice, invoices, users
from simulator.products.webfaktura.views.blueprint import blueprint

__all__ = ["blueprint", "clients", "einvoice", "invoices", "users"]
