"""ELMA's name and blueprint, as the composition root registers them. It is no application of the platform, so it has no tile."""

import simulator.products.elma.views  # noqa: F401 - registers the routes on the blueprint
from simulator.products.elma.views.blueprint import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="elma", name="elma.name", blueprint=blueprint)
