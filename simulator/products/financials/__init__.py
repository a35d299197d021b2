"""Visma.net Financials, also called Visma.net ERP: AutoInvoice from within, customers, sales invoices, and sending them."""
