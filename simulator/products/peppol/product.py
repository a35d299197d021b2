"""The registers of Peppol as the composition root knows them. Programs ask them, without keys: they are public."""

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
