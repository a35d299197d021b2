"""Home's name and blueprint, as the composition root registers them."""

from simulator.products.home.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="home", name="home.name", blueprint=blueprint)
