"""The routes of Visma Business."""

from simulator.products.business.views import activation, company, invoices, left_out, receiving, start
from simulator.products.business.views.blueprint import blueprint

__all__ = ["activation", "blueprint", "company", "invoices", "left_out", "receiving", "start"]
