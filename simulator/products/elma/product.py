"""ELMA as the composition root knows it. It is no application of the platform, so it has no tile."""

import simulator.documents.facts  # noqa: F401 - makes known what can be asked about the register
from simulator.products.elma.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(code="elma", name="elma.name", blueprint=blueprint)
