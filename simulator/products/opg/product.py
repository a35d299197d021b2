"""The name and blueprint of On Premise Gateway, as the composition root registers them; programs lead to it, so it has no tile."""

from simulator.web.product import Product

PRODUCT = Product(code="opg", name="opg.name", views="simulator.products.opg.views")
