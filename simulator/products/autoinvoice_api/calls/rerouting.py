"""Calls that send an invoice again by another route.

Source: AutoXChange API, ``/v1/invoices/{id}/reroute``. AutoInvoice, sent invoices: sending again is for sent and failed
ones. Own choice: an address given for a letter takes the place of the one on the invoice.
"""

from dataclasses import replace

from simulator.core.sandbox import Db
from simulator.documents.exchange import resending
from simulator.documents.model import parties
from simulator.documents.model.models import Direction, Document
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.answers import invoice
from simulator.products.autoinvoice_api.calls.invoices import changing_invoices, visible
from simulator.products.autoinvoice_api.errors import not_found
from simulator.products.autoinvoice_api.table import call
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

LETTER: fields.Shape = {
    "recipient_name": fields.stripped_line(required=True),
    "recipient_address1": fields.stripped_line(required=True),
    "recipient_address2": fields.stripped_line(),
    "recipient_post_code": fields.stripped_line(longest=20, required=True),
    "recipient_post_office": fields.stripped_line(required=True),
    "recipient_state": fields.stripped_line(),
    "recipient_country": fields.country(required=True),
}


@call("PUT", "/v1/invoices/{id}/reroute/print", "invoice:send", body=LETTER)
def reroute_print(caller: Caller, id: str, **address: str | None) -> schemas.Invoice:
    """Send an invoice again, as a letter."""
    with changing_invoices(caller) as db:
        document = _sent(db, caller, id)
        resending.resend(db, caller.person.email, document, "print")
        street = ", ".join(part for part in (address["recipient_address1"], address["recipient_address2"]) if part)
        document.party = parties.keep(
            db,
            replace(
                parties.of_party(document.party),
                name=address["recipient_name"] or document.party.name,
                street=street,
                postal_code=address["recipient_post_code"],
                city=address["recipient_post_office"],
                country=address["recipient_country"] or document.party.country,
            ),
        )
        return invoice(document, caller.company)


@call(
    "PUT",
    "/v1/invoices/{id}/reroute/email",
    "invoice:send",
    body={"recipient_email": fields.email(required=True)},
)
def reroute_email(caller: Caller, id: str, recipient_email: str) -> schemas.Invoice:
    """Send an invoice again, by e-mail."""
    with changing_invoices(caller) as db:
        document = resending.resend(db, caller.person.email, _sent(db, caller, id), "email", recipient_email)
        return invoice(document, caller.company)


@call(
    "PUT",
    "/v1/invoices/{id}/reroute/einvoice",
    "invoice:send",
    body={
        "recipient_eia": fields.stripped_line(longest=80, required=True),
        "recipient_operator": fields.stripped_line(longest=40, required=True),
    },
)
def reroute_einvoice(caller: Caller, id: str, recipient_eia: str, recipient_operator: str) -> schemas.Invoice:
    """Send an invoice again, as an e-invoice to an address."""
    with changing_invoices(caller) as db:
        document = _sent(db, caller, id)
        resending.resend(db, caller.person.email, document, "einvoice", recipient_eia, recipient_operator)
        return invoice(document, caller.company)


def _sent(db: Db, caller: Caller, uuid: str) -> Document:
    document = visible(db, caller, uuid)
    if document.direction != Direction.SENT:
        raise not_found("sent invoice")
    return document
