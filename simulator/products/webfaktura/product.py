"""The name, blueprint, tile and menu of WebFaktura, as the composition root registers them.

Source: "WebFaktura og Visma.net". Own choice: who opens it, see ``access``; the order of the menu.
"""

from simulator.core.late import late
from simulator.directory.roles import WEBFAKTURA_ADMIN, WEBFAKTURA_USER
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="webfaktura",
    name="webfaktura.name",
    views="simulator.products.webfaktura.views",
    permissions={"webfaktura.open": (WEBFAKTURA_USER, WEBFAKTURA_ADMIN)},
    tile=Tile("webfaktura.name", "receipt", "webfaktura.open"),
    is_opened_by=late("simulator.products.webfaktura.access:keeps_clients"),
    menu=(
        MenuItem("webfaktura.invoices", "webfaktura.invoices"),
        MenuItem(
            "webfaktura.my_company",
            "webfaktura.company",
            children=(
                MenuItem("webfaktura.company", "webfaktura.company"),
                MenuItem("webfaktura.users", "webfaktura.users"),
                MenuItem("webfaktura.einvoice", "webfaktura.einvoice"),
            ),
        ),
    ),
)
