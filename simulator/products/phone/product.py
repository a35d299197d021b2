"""Phone's name and blueprint, as the composition root registers them."""

from simulator.web.product import Product

PRODUCT = Product(code="phone", name="phone.name", views="simulator.products.phone.views", in_manuals=False)
