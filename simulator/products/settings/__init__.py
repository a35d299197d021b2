"""Settings: the customer, its licences with their invoices, its contact persons."""
