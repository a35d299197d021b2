"""My details: what a person keeps up to date about the own account, the password and two-step verification."""
