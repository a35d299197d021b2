"""AutoInvoice's name, blueprint, permissions, tile and menu, as the composition root registers them."""

from simulator.core.late import late
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="autoinvoice",
    name="autoinvoice.name",
    views="simulator.products.autoinvoice.views.blueprint",
    permissions={
        "autoinvoice.open": (AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER),
        "autoinvoice.settings": (AUTOINVOICE_ADMINISTRATOR,),
    },
    tile=Tile("autoinvoice.tile", "receipt", "autoinvoice.open"),
    waiting=late("simulator.products.autoinvoice.queries.waiting:waiting"),
    menu=(
        MenuItem("autoinvoice.start", "autoinvoice.start", "autoinvoice.open"),
        MenuItem("autoinvoice.received", "autoinvoice.received", "autoinvoice.open"),
        MenuItem("autoinvoice.sent", "autoinvoice.sent", "autoinvoice.open"),
        MenuItem("autoinvoice.upload", "autoinvoice.upload", "autoinvoice.open"),
        MenuItem("autoinvoice.consumers", "autoinvoice.consumers", "autoinvoice.open", country="NO"),
        MenuItem("autoinvoice.settings", "autoinvoice.settings", "autoinvoice.open"),
    ),
)
