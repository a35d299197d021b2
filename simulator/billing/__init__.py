"""Licences, prices, the ledger of charges, and the invoices made of them."""
