"""All routes of Settings."""

from simulator.products.settings import cancellation, contracts, transfer, usage
from simulator.products.settings.views import blueprint

__all__ = ["blueprint", "cancellation", "contracts", "transfer", "usage"]
