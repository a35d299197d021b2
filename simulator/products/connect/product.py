"""Connect as the composition root knows it."""

from simulator.products.connect.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="connect", name="connect.name", blueprint=blueprint)
