"""Campaigns against a running server, each with a model of what must be there: kills, many clients, a full disk.

``python -m soak`` runs them for some minutes. A campaign that fails prints its seed, with which it draws the same again.
"""
