"""Journal lines about exported invoices and use, which more than one product writes."""

from simulator.core import events
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db

events.declare(
    invoice__exported="An invoice, or its specification, was exported as a file.",
    usage__exported="Accumulated use of a product was exported as a file.",
)


def record_export(db: Db, email: str, number: str, format_: str, file: StoredFile) -> None:
    """Record the export of an invoice.

    Args:
        db: the transaction.
        email: address of the person.
        number: the invoice's number.
        format_: ``xlsx`` or ``csv``.
        file: the exported file.
    """
    events.record(db, "invoice.exported", actor=email, subject=number, format=format_, file=file.id)


def record_usage_export(db: Db, email: str, product: str, format_: str, file: StoredFile) -> None:
    """Record the export of the accumulated use of a product; arguments as for an invoice."""
    events.record(db, "usage.exported", actor=email, subject=product, format=format_, file=file.id)
