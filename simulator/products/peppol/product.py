"""The registers of Peppol, as the composition root registers them. They serve programs, without signing in."""

from simulator.web.product import Product

PRODUCT = Product(
    code="peppol",
    name="peppol.name",
    views="simulator.products.peppol.views",
    paths=("sml", "smp", "directory"),
    programs=True,
    without_visit=True,
)
