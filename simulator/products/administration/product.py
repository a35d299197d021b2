"""Declaration of Visma Administration 2000 as a product."""

from simulator.web.product import Product, Tile

PRODUCT = Product(
    code="administration",
    name="administration.name",
    views="simulator.products.administration.views.blueprint",
    tile=Tile("administration.tile", "calculator", None),
    on_computer=True,
)
