"""AutoInvoice: choosing a company, its lists of invoices, uploading and resending, and its settings."""
