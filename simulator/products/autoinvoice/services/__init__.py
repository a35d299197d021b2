"""Deeds of AutoInvoice, a module a noun."""
