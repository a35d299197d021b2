"""Routes of AccountView, one module per window."""

from simulator.products.accountview.views import activation, autoinvoice, left_out, licence, registration, reports, start
from simulator.products.accountview.views.blueprint import blueprint

__all__ = ["activation", "autoinvoice", "blueprint", "left_out", "licence", "registration", "reports", "start"]
