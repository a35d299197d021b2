"""Routes of ELMA: the public search, the pages of access points' operators with their queues, and the API for programs."""

from simulator.products.elma.views import api, provider, queues, search

__all__ = ["api", "provider", "queues", "search"]
