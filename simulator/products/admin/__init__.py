"""Visma.net Admin: the users of a customer and their roles."""
