"""Routes of ELMA, a module for each of its readers: the public, operators of access points, and their programs."""

from simulator.products.elma.views import api, provider, queues, search

__all__ = ["api", "provider", "queues", "search"]
