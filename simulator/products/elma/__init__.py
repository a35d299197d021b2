"""ELMA, Norway's register of receivers of e-invoices: its public search, pages for access points' operators, and an API."""
