"""ELMA as the composition root knows it. It is no application of the platform, so it has no tile."""

from simulator.products.elma.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="elma", name="elma.name", blueprint=blueprint)
