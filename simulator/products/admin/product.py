"""Visma.net Admin as the composition root knows it."""

from simulator.products.admin.permissions import MATRIX
from simulator.products.admin.views.blueprint import blueprint
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="admin",
    name="admin.name",
    blueprint=blueprint,
    permissions=MATRIX,
    of_customer=True,
    tile=Tile("admin.tile", "people", "admin.open", "admin.start"),
    menu=(
        MenuItem("admin.start", "admin.start", "admin.open"),
        MenuItem("admin.users", "admin.users", "admin.view_users"),
        MenuItem("admin.companies", "admin.companies", "admin.open"),
        MenuItem("admin.reports", "admin.reports", "admin.open"),
        MenuItem("admin.support", "admin.support", "admin.open"),
    ),
)
