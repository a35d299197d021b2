"""My details' name and blueprint, as the composition root registers them."""

from simulator.products.details.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="details", name="details.name", blueprint=blueprint)
