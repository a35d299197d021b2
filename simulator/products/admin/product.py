"""Declaration of Visma.net Admin as a product."""

from simulator.core.jobs.registry import register_lazily
from simulator.core.late import late
from simulator.products.admin.permissions import MATRIX
from simulator.web.product import MenuItem, Product, Tile

PRODUCT = Product(
    code="admin",
    name="admin.name",
    views="simulator.products.admin.views.blueprint",
    permissions=MATRIX,
    of_customer=True,
    tile=Tile("admin.tile", "people", "admin.open", names="admin.tile.names"),
    waiting=late("simulator.products.admin.queries.waiting:waiting"),
    start="startpage",
    menu=(
        MenuItem(
            "admin.start",
            "admin.start",
            "admin.view_start",
            children=(
                MenuItem("admin.start", "admin.start", "admin.view_start"),
                MenuItem("admin.configuration", "admin.configuration", "admin.view_configuration"),
                MenuItem("admin.domains", "admin.email_domains", "admin.view_configuration"),
                MenuItem("admin.change_log", "admin.change_log", "admin.view_configuration"),
            ),
        ),
        MenuItem(
            "admin.users",
            "admin.users",
            "admin.view_users",
            children=(
                MenuItem("admin.users.tab", "admin.users", "admin.view_users"),
                MenuItem("admin.roles", "admin.roles", "admin.give_roles"),
                MenuItem("admin.user_groups", "admin.user_groups", "admin.manage_groups"),
                MenuItem("admin.role_groups", "admin.role_groups", "admin.manage_groups"),
            ),
        ),
        MenuItem(
            "admin.companies",
            "admin.companies",
            "admin.view_companies",
            children=(
                MenuItem("admin.companies.tab", "admin.companies", "admin.view_companies"),
                MenuItem("admin.company_groups", "admin.company_groups", "admin.manage_groups"),
            ),
        ),
        MenuItem(
            "admin.reports",
            "admin.reports",
            "admin.open",
            children=(
                MenuItem("admin.login_history", "admin.login_history", "admin.view_start"),
                MenuItem("admin.invoices", "admin.invoices", "admin.view_invoices"),
                MenuItem("admin.invoice_data", "admin.invoice", "admin.view_invoices", passing=True),
            ),
        ),
        MenuItem("admin.support", "admin.support", "admin.view_start"),
    ),
)

register_lazily("simulator.products.admin.jobs", "admin.export_invoice", "admin.export_list")
register_lazily("simulator.products.admin.services.bulk", "admin.bulk_change")
