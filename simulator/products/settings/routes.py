"""All routes of Settings."""

from simulator.products.settings import contracts, usage
from simulator.products.settings.views import blueprint

__all__ = ["blueprint", "contracts", "usage"]
