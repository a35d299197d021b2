"""Walks manuals without a browser: pages come over HTTP, forms are sent as a browser would send them."""
