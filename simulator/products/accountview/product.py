"""AccountView's name, blueprint and tile, as the composition root registers them.

Source: "Verbruik Visma.net AutoInvoice opvragen". Own choice: people who may open a client of it open it, see
``sales.clients``, and no role does; AccountView.Net is for the administrator.
"""

from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from simulator.web.product import Product, Tile

PRODUCT = Product(
    code="accountview",
    name="accountview.name",
    views="simulator.products.accountview.views",
    permissions={"accountview.open_net": (CUSTOMER_ADMINISTRATOR,)},
    tile=Tile("accountview.name", "calculator", None),
    on_computer=True,
)
