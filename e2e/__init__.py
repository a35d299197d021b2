"""Manuals as data, and the client that walks them in a real browser. Speaks HTTP only."""
