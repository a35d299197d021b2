"""Routes of Visma Administration 2000, one module per subject."""

from simulator.products.administration.views import company, customers, documents, guide, invoices, start, unsent

__all__ = ["company", "customers", "documents", "guide", "invoices", "start", "unsent"]
