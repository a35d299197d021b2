"""Lines of the journal that more than one product writes about invoices."""

from simulator.core import events
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db

events.declare(
    invoice__exported="An invoice, or its specification, was exported as a file.",
    usage__exported="Accumulated use of a product was exported as a file.",
)


def record_export(db: Db, email: str, number: str, format_: str, file: StoredFile) -> None:
    """Write down that somebody exported an invoice.

    Args:
        db: the transaction.
        email: who.
        number: the invoice's.
        format_: the file's kind, ``xlsx`` or ``csv``.
        file: the file, as it is kept.
    """
    events.record(db, "invoice.exported", actor=email, subject=number, format=format_, file=file.id)


def record_usage_export(db: Db, email: str, product: str, format_: str, file: StoredFile) -> None:
    """Write down that somebody exported the accumulated use of a product; arguments as for an invoice."""
    events.record(db, "usage.exported", actor=email, subject=product, format=format_, file=file.id)
