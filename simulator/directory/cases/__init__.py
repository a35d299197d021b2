"""Cases of the vendor's desks: what customers wrote by mail, form or chat, and what was done about it."""
