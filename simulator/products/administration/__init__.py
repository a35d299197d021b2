"""Visma Administration 2000: customers and invoices on a computer, and their way through AutoInvoice."""
