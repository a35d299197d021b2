"""Home's name and blueprint, as the composition root registers them."""

from simulator.web.product import Product

PRODUCT = Product(code="home", name="home.name", views="simulator.products.home.views", in_manuals=False)
