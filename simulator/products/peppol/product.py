"""The registers of Peppol, as the composition root registers them. They serve programs and are public: no key is needed."""

from simulator.products.peppol.views import blueprint
from simulator.web.product import Product

PRODUCT = Product(
    code="peppol",
    name="peppol.name",
    blueprint=blueprint,
    path="",
    programs=True,
    unvisited=("sml", "smp", "directory"),
)
