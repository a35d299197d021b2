"""The name, blueprint and tile of WebFaktura Admin (sync), as the composition root registers them.

Source: "WebFaktura og Visma.net". Own choice: people who may open a client of it open it, see ``sales.clients``, and no role does.
"""

from simulator.web.product import Product, Tile

PRODUCT = Product(
    code="webfaktura-admin",
    name="webfaktura_admin.name",
    views="simulator.products.webfaktura_admin.views",
    tile=Tile("webfaktura_admin.name", "arrow-repeat", None),
    on_computer=True,
)
