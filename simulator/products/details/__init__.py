"""My details: the visitor's own account, its name and language, its password and its two-step verification."""
