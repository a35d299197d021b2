"""The name, blueprint and tile of Visma Global, as the composition root registers them.

Source: "WebFaktura og Visma.net". Own choice: people who may open a client of it open it, see ``sales.clients``, and no role does.
"""

from simulator.web.product import Product, Tile

PRODUCT = Product(
    code="global",
    name="global.name",
    views="simulator.products.global_.views",
    tile=Tile("global.name", "globe", None),
    on_computer=True,
)
