"""ELMA's name and blueprint, as the composition root registers them. It is no application of the platform, so it has no tile."""

from simulator.web.product import Product

PRODUCT = Product(code="elma", name="elma.name", views="simulator.products.elma.views.blueprint")
