"""Connect's name and blueprint, as the composition root registers them."""

from simulator.web.product import Product

PRODUCT = Product(code="connect", name="connect.name", views="simulator.products.connect.views")
