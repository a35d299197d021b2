"""Home as the composition root knows it."""

from simulator.products.home.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="home", name="home.name", blueprint=blueprint)
