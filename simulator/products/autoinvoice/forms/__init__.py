"""Forms of AutoInvoice, a module a noun."""
