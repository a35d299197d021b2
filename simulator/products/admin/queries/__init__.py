"""Queries of Admin, one module per noun."""
