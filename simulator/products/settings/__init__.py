"""Settings: the customer, its licences with their invoices and usage, its contact persons."""
