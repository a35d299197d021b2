"""Phone as the composition root knows it."""

from simulator.products.phone.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="phone", name="phone.name", blueprint=blueprint)
