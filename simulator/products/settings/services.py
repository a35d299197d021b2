"""Commands of Settings: exports."""

from simulator.billing import queries, usage
from simulator.billing.journal import record_export, record_usage_export
from simulator.billing.models import Invoice
from simulator.core import files
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.actors import Actor
from simulator.products.settings.exports import OF_INVOICE, OF_USAGE, Format


def export_specification(db: Db, actor: Actor, invoice: Invoice, format_: Format, language: str) -> StoredFile:
    """Export the specification of an invoice as a file.

    Args:
        db: the transaction.
        actor: the owner of the file.
        invoice: an invoice that the actor may see.
        format_: the file format.
        language: language of headings, texts and formats.

    Returns:
        The file, stored for the actor.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie: the download begins at
    once.
    """
    rows = queries.specification(db, invoice)
    name = f"{text(language, 'settings.specification').lower()}-{invoice.number}.{format_.code}"
    content = format_.write(OF_INVOICE, rows, language, db.clock.now())
    file = files.store(
        db,
        owner_id=actor.id,
        customer_id=invoice.customer_id,
        name=name,
        media_type=format_.media_type,
        content=content,
    )
    record_export(db, actor.email, invoice.number, format_.code, file)
    return file


def export_usage(
    db: Db, actor: Actor, customer_id: int, product: str, search: usage.Search, format_: Format, language: str
) -> StoredFile:
    """Export a table of accumulated usage as a file.

    Args:
        db: the transaction.
        actor: the owner of the file.
        customer_id: a customer that the actor may see.
        product: code of the product.
        search: the filters, and the grouping of the rows.
        format_: the file format.
        language: language of headings, texts and formats.

    Returns:
        The file, stored for the actor.
    """
    table = usage.find(db, customer_id, product, search)
    period = f"{search.first:%Y%m}-{search.last:%Y%m}"
    name = f"{text(language, 'settings.usage').lower()}-{product}-{period}.{format_.code}"
    content = format_.write(OF_USAGE, table.rows, language, db.clock.now())
    file = files.store(
        db, owner_id=actor.id, customer_id=customer_id, name=name, media_type=format_.media_type, content=content
    )
    record_usage_export(db, actor.email, product, format_.code, file)
    return file
