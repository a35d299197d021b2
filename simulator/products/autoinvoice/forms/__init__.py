"""Forms of AutoInvoice, one module per subject."""
