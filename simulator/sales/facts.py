"""Facts about the programs of clients and about their books that can be asked."""

from typing import Any

from sqlalchemy import select

from simulator.core.errors import BadInput
from simulator.core.facts import fact, read
from simulator.core.sandbox import Db
from simulator.sales import clients, exports, submission, webfaktura
from simulator.sales.models import Client, SalesInvoice
from simulator.sales.submission import Outcome


@fact("sales_invoice")
def sales_invoice(db: Db, what: Any) -> tuple[bool, Any]:
    """Say what became of an invoice of a client's books: ``{client, number, outcome?, channel?, delivery?}``.

    ``client`` is the client's key, or that of its company. Found is the invoice as it is; nothing when there is none.

    Raises:
        BadInput: the shape is not right, or there is no such client.
    """
    if isinstance(what, dict) and type(what.get("number")) is int:
        what = what | {"number": str(what["number"])}
    fields = read("sales_invoice", what, {"client": str, "number": str}, {"outcome": str, "channel": str, "delivery": str})
    if fields.get("outcome", Outcome.SENT) not in list(Outcome):
        raise BadInput([("sales_invoice.outcome", f"expected one of {', '.join(Outcome)}, found {fields['outcome']!r}")])
    client = _client(db, "sales_invoice", fields["client"])
    query = select(SalesInvoice).where(SalesInvoice.client_id == client.id, SalesInvoice.number == fields["number"])
    invoice = db.scalar(query)
    if invoice is None:
        return False, None
    trace = submission.trace(db, invoice)
    state = {"outcome": str(trace.outcome), "channel": trace.channel, "delivery": invoice.delivery}
    return all(state[name] == fields[name] for name in state if name in fields), state


@fact("client")
def client(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether a client is a company at the platform: ``{client, registered, exported_for?, linked?}``.

    ``client`` is the client's key; ``exported_for`` a service that it was exported for; ``linked`` whether it is registered as a
    WebFaktura client. Found is the key or organisation number of its company; nothing when it is none.

    Raises:
        BadInput: the shape is not right, or there is no such client.
    """
    fields = read("client", what, {"client": str, "registered": bool}, {"exported_for": str, "linked": bool})
    row = _client(db, "client", fields["client"])
    company = row.company
    holds = (
        (company is not None) == fields["registered"]
        and ("exported_for" not in fields or exports.is_exported_for(db, row, fields["exported_for"]))
        and fields.get("linked", webfaktura.is_linked(db, row)) == webfaktura.is_linked(db, row)
    )
    return holds, (company.key or company.organisation_number) if company else None


def _client(db: Db, name: str, key: str) -> Client:
    row = clients.by_key(db, key)
    if row is None:
        raise BadInput([(f"{name}.client", f"there is no client with the key {key!r}")])
    return row
