"""Charging documents: each delivery adds to the charge of its company, unit and day of creation.

Source: consumption is settled on the day a document was created in AutoInvoice ("Verbruik Visma.net AutoInvoice opvragen"); units
are those of ``channels``. Own choice: pages of letters are charged beside the document from the second one on; a company without
a licence on that day is not charged, which the journal records.
"""

from simulator.billing import ledger
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.model.channels import CHANNELS, unit_of
from simulator.documents.model.models import Channel, Document

events.declare(document__uncharged="A document was delivered for a company that has no licence to charge it to.")

PAGE = "_PAGE"


def pieces_of(document: Document) -> list[ledger.Piece]:
    """Return what a delivered or received document is charged as."""
    unit = unit_of(document)
    pieces = [ledger.Piece(unit, document.created_on)]
    if CHANNELS[Channel(document.channel or "")].charges_pages and document.pages > 1:
        pieces.append(ledger.Piece(unit + PAGE, document.created_on, document.pages - 1))
    return pieces


def charge(db: Db, document: Document) -> None:
    """Charge a document that was just delivered or received, to the licence that pays that day."""
    pieces = pieces_of(document)
    unit = pieces[0].unit
    try:
        ledger.add_charges(db, document.company, pieces, document.product)
    except RuleViolation as refusal:
        events.record(db, "document.uncharged", subject=document.uuid, unit=unit, reason=refusal.code)
        return
    document.unit, document.charged = unit, document.charged + 1
