"""E-invoices as several products see them; for now the register of those who receive them, ELMA."""
