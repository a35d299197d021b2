"""Routes of Visma.net Financials, one module per screen."""

from simulator.products.financials.views import autoinvoice, customers, invoices, left_out, send_invoices, start

__all__ = ["autoinvoice", "customers", "invoices", "left_out", "send_invoices", "start"]
