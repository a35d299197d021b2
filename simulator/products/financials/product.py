"""The name, permission, tile and menu of Visma.net Financials, as the composition root registers them.

Source: "Verbruik Visma.net AutoInvoice opvragen" calls it Visma.net Financials, "Specificatie verbruik Visma.net AutoInvoice"
Visma.net ERP; help of Visma.net ERP: names and numbers of the screens. Own choice: the role decides about the tile; pages of the
books say so when a company's books are not kept in Financials.
"""

from simulator.directory.roles import FINANCIALS_ADMINISTRATOR, FINANCIALS_USER
from simulator.web.product import MenuItem, Product, Tile

_OPEN = "financials.open"

PRODUCT = Product(
    code="financials",
    name="financials.name",
    views="simulator.products.financials.views.blueprint",
    permissions={_OPEN: (FINANCIALS_ADMINISTRATOR, FINANCIALS_USER)},
    tile=Tile("financials.tile", "calculator", _OPEN, names="financials.erp"),
    menu=(
        MenuItem("financials.start", "financials.start", _OPEN),
        MenuItem(
            "autoinvoice.tile",
            "financials.received",
            _OPEN,
            children=(
                MenuItem("autoinvoice.received", "financials.received", _OPEN),
                MenuItem("autoinvoice.sent", "financials.sent", _OPEN),
            ),
        ),
        MenuItem(
            "financials.customer_ledger",
            "financials.customers",
            _OPEN,
            children=(
                MenuItem("financials.customers", "financials.customers", _OPEN),
                MenuItem("financials.invoices", "financials.invoices", _OPEN),
                MenuItem("financials.send_invoices", "financials.send_invoices", _OPEN),
                MenuItem("financials.reprint", "financials.reprint_invoices", _OPEN),
                MenuItem("financials.consumers", "financials.consumers", _OPEN),
            ),
        ),
        MenuItem("financials.inbox", "financials.invoice_inbox", _OPEN),
        MenuItem("financials.autoinvoice_settings", "financials.autoinvoice_settings", _OPEN),
    ),
)
