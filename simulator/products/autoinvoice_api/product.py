"""AutoInvoice's interface for programs as the composition root knows it."""

from simulator.products.autoinvoice_api import calls
from simulator.products.autoinvoice_api.table import blueprint
from simulator.web.product import Product

PRODUCT = Product(
    code="autoinvoice-api", name="autoinvoice_api.name", blueprint=blueprint, path="autoinvoice/api", programs=True
)

__all__ = ["PRODUCT", "calls"]
