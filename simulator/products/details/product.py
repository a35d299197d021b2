"""My details' name and blueprint, as the composition root registers them."""

from simulator.web.product import Product

PRODUCT = Product(code="details", name="details.name", views="simulator.products.details.views", in_manuals=False)
