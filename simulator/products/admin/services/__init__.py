"""Deeds of Admin, a module a noun."""
