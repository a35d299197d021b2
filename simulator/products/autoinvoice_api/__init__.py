"""AutoInvoice's interface for programs."""
