"""Mail's name and blueprint, as the composition root registers them."""

from simulator.web.product import Product

PRODUCT = Product(code="mail", name="mail.name", views="simulator.products.mail.views", in_manuals=False)
