"""Mail's name and blueprint, as the composition root registers them."""

from simulator.products.mail.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="mail", name="mail.name", blueprint=blueprint)
