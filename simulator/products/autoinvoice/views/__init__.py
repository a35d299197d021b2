"""Routes of AutoInvoice, one module a noun."""

from simulator.products.autoinvoice.views import receive_invoices, settings, start

__all__ = ["receive_invoices", "settings", "start"]
