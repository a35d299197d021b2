"""Routes of AccountView: its report on electronic addresses."""

from werkzeug.wrappers import Response

from simulator.products.accountview import queries
from simulator.products.accountview.queries import Debtor
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.tables import Column, Key, table_rows
from simulator.web.visit import visit

COLUMNS = (
    Column[Debtor](text="accountview.debtor.number", value=lambda line: line.buyer.number),
    Column[Debtor](text="accountview.debtor.name", value=lambda line: line.buyer.name),
    Column[Debtor](text="accountview.kvk_number", value=lambda line: line.buyer.organisation_number),
    Column[Debtor](text="accountview.debtor.address", value=lambda line: line.address or Key(_reason(line))),
)


def _reason(line: Debtor) -> str:
    """Return the text key of why a debtor has no electronic address."""
    return "accountview.debtor.unregistered" if line.buyer.organisation_number else "accountview.debtor.no_number"


@blueprint.get("/<int:client>/electronic-addresses")
@signed_in
def electronic_addresses(client: int) -> Response:
    """List a client's debtors with their electronic addresses.

    Source: AccountView, questions about AutoInvoice, report *Elektronisch factuuradres opzoeken*. Own choice: a debtor without an
    address is listed too, with the reason.
    """
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        debtors = queries.electronic_addresses(db, installed)
        table = table_rows(COLUMNS, debtors, i18n.language())
    count = sum(line.address is not None for line in debtors)
    return show(
        "accountview/addresses.html", i18n.t("accountview.addresses"), installed, table=table, count=i18n.show_number(count)
    )
