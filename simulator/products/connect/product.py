"""Connect's name and blueprint, as the composition root registers them."""

from simulator.products.connect.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="connect", name="connect.name", blueprint=blueprint)
