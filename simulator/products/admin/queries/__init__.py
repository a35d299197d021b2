"""Reads that feed the pages of Admin, a module a noun."""
