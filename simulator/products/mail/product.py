"""Mail as the composition root knows it."""

from simulator.products.mail.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="mail", name="mail.name", blueprint=blueprint)
