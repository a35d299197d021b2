"""Routes of AutoInvoice, one module a noun."""

from simulator.products.autoinvoice.views import entry, receive_invoices, settings, start

__all__ = ["entry", "receive_invoices", "settings", "start"]
