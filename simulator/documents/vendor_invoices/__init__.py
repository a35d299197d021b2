"""The vendor's own invoices to its customers as documents: on paper, and as EHF to customers that receive e-invoices."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.billing.models import Invoice
    from simulator.core.sandbox import Db

__all__ = ["file_name", "pdf"]


def pdf(db: "Db", invoice: "Invoice", language: str) -> bytes:
    """Return an invoice on A4, in a language."""
    from simulator.documents import pictures
    from simulator.documents.vendor_invoices.content import content_of

    return pictures.pdf(content_of(db, invoice, language), language)


def file_name(invoice: "Invoice", language: str) -> str:
    """Return the name of the file, such as ``factuur-71000001.pdf``."""
    from simulator.core.texts import text

    kind = "credit_note" if invoice.total < 0 else "invoice"
    return f"{text(language, f'documents.vendor_invoice.{kind}')}-{invoice.number}.pdf"
