"""Phone's name and blueprint, as the composition root registers them."""

from simulator.products.phone.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="phone", name="phone.name", blueprint=blueprint)
