"""The routes of WebFaktura."""

from simulator.products.webfaktura.views import clients, company, einvoice, invoices, users
from simulator.products.webfaktura.views.blueprint import blueprint

__all__ = ["blueprint", "clients", "company", "einvoice", "invoices", "users"]
