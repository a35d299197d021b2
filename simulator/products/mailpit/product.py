"""The Mailpit interface as the composition root knows it."""

from simulator.web.product import Product

PRODUCT = Product(
    code="mailpit", name="mailpit.name", views="simulator.products.mailpit.views", in_manuals=False, programs=True
)
