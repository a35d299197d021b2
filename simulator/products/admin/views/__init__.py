"""Routes of Admin, one module per noun."""

from simulator.products.admin.views import companies, configuration, emergency, left_out, reports, roles, start, user, users

__all__ = ["companies", "configuration", "emergency", "left_out", "reports", "roles", "start", "user", "users"]
