"""My details as the composition root knows it."""

from simulator.products.details.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="details", name="details.name", blueprint=blueprint)
