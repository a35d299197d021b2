"""AutoInvoice: opening it for a company, and its settings for receiving invoices."""
