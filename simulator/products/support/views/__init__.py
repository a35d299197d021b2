"""Routes of the vendor's desks: cases, and people who need help."""

from simulator.products.support.views import cases, people
from simulator.products.support.views.blueprint import blueprint

__all__ = ["blueprint", "cases", "people"]
