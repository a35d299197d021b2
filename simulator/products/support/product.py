"""Declaration of the support desk as a product."""

from simulator.core.late import late
from simulator.directory.roles import SUPPORT_DESK
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="support",
    name="support.name",
    views="simulator.products.support.views",
    permissions={"support.help": (SUPPORT_DESK,)},
    tile=Tile("support.tile", "life-preserver", "support.help"),
    waiting=late("simulator.products.support.queries:waiting"),
    menu=(
        MenuItem("support.requests", "support.requests", "support.help"),
        MenuItem("support.people", "support.people", "support.help"),
    ),
)
