"""Charging documents: each delivery adds to the charge of its company, unit and day of creation.

Source: consumption is settled on the day a document was created in AutoInvoice ("Verbruik Visma.net AutoInvoice opvragen"); units
as printed in "Specificatie verbruik Visma.net AutoInvoice". Own choice: which unit a channel is charged as,
Finvoice only where it has a price in the customer's currency; pages of letters are charged beside the document from the second one
on; a company without a licence on that day is not charged, which the journal tells.
"""

from simulator.billing import countries, ledger, units
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.model.models import Channel, Direction, Document

events.declare(document__uncharged="A document was delivered for a company that has no licence to charge it to.")

PAGE = "_PAGE"


def unit_of(document: Document) -> str:
    """Return what a document is charged as when it is delivered by its channel."""
    if document.direction == Direction.RECEIVED:
        return "SCAN_PDF" if document.channel == Channel.SCAN else "INCOMING_EINVOICE"
    if document.channel == Channel.PRINT:
        return "PRINT_PRIORITY" if document.party.country == document.company.country else "PRINT_EU"
    if document.channel == Channel.OPERATOR:
        return "FINVOICE" if document.party.country == "FI" and _is_priced("FINVOICE", document) else "EINVOICE"
    return {Channel.INTERNAL: "INTERNAL", Channel.PEPPOL: "EINVOICE", Channel.EMAIL: "EMAIL"}[
        Channel(document.channel or "")
    ]


def _is_priced(unit: str, document: Document) -> bool:
    return countries.country_of(document.company.customer.country).currency in units.unit_of(unit).prices


def charge(db: Db, document: Document) -> None:
    """Charge a document that was just delivered or received, to the licence that pays that day."""
    unit = unit_of(document)
    pieces = [ledger.Piece(unit, document.created_on)]
    if document.channel == Channel.PRINT and document.pages > 1:
        pieces.append(ledger.Piece(unit + PAGE, document.created_on, document.pages - 1))
    try:
        ledger.add_charges(db, document.company, pieces, document.product)
    except RuleViolation as refusal:
        events.record(db, "document.uncharged", subject=document.uuid, unit=unit, reason=refusal.code)
        return
    document.unit, document.charged = unit, document.charged + 1
