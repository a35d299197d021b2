"""Reads that feed the pages of AutoInvoice, a module a noun."""
