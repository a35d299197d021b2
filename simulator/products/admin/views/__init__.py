"""Routes of Admin, one module a noun."""

from simulator.products.admin.views import companies, left_out, reports, start, users

__all__ = ["companies", "left_out", "reports", "start", "users"]
