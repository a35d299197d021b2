"""The name, blueprint and tile of Visma Business, as the composition root registers them.

Source: "WebFaktura og Visma.net". Own choice: people who may open a client of it open it, see ``sales.clients``, and no role does.
"""

from simulator.web.product import Product, Tile

PRODUCT = Product(
    code="business",
    name="business.name",
    views="simulator.products.business.views",
    tile=Tile("business.name", "building", None),
    on_computer=True,
)
