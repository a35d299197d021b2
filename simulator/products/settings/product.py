"""Settings' name, blueprint, permission, tile and menu, as the composition root registers them.

Source: "Brukertips i Kundeservice", only the admin user can open Settings; "Verbruik Visma.net AutoInvoice opvragen", Downloaden
van de specificatie: its tile in the overview. Own choice: the tabs beside *Licences*.
"""

from simulator.core.late import late
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="settings",
    name="settings.name",
    views="simulator.products.settings.routes",
    permissions={"settings.open": (CUSTOMER_ADMINISTRATOR,)},
    tile=Tile("settings.tile", "gear", "settings.open"),
    waiting=late("simulator.products.settings.queries:waiting"),
    menu=(
        MenuItem("settings.overview", "settings.overview", "settings.open"),
        MenuItem("settings.licences", "settings.licences", "settings.open"),
        MenuItem("settings.contracts", "settings.contracts", "settings.open"),
        MenuItem("settings.all_invoices", "settings.all_invoices", "settings.open"),
        MenuItem("settings.contacts", "settings.contacts", "settings.open"),
    ),
)
