"""Commands of Settings: exports, orders, requests for transfers."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from simulator.billing import contracts, licences, queries, transfers, usage
from simulator.billing.journal import record_export, record_usage_export
from simulator.billing.models import Contract, Invoice, Licence
from simulator.billing.products import BY_CODE
from simulator.core import files, formats, outbox
from simulator.core.desks import CUSTOMER_CENTRE
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.actors import Actor
from simulator.directory.cases.models import CaseEntry
from simulator.directory.models import Person
from simulator.products.settings.exports import OF_CONTRACT_INVOICE, OF_INVOICE, OF_USAGE, Format
from simulator.products.settings.forms import TransferLicences


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
    sheet = OF_CONTRACT_INVOICE if invoice.contract_id is not None else OF_INVOICE
    content = format_.write(sheet, rows, language, db.clock.now())
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


def order_users(
    db: Db, actor: Actor, licence: Licence, before: int, users: int, today: date
) -> tuple[contracts.Change, list[Invoice]]:
    """Order more or fewer users, and confirm it to the administrator by mail; see ``contracts.order_users``."""
    change, made = contracts.order_users(db, actor, licence, before, users, today)
    contract = licence.contract
    assert contract is not None
    outbox.mail(
        db,
        "order_confirmed" if made else "fewer_users_confirmed",
        to=actor.email,
        language=actor.language,
        link=db.address("settings", "licenses"),
        product=BY_CODE[licence.product].name,
        customer=contract.customer.name,
        number=contract.number,
        before=change.before,
        users=change.users,
        day=formats.short_date(actor.language, change.starts_on),
        first_name=db.get_one(Person, actor.id).first_name,
        invoices=", ".join(invoice.number for invoice in made),
    )
    return change, made


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


def request_transfer(
    db: Db, actor: Actor, contract: Contract, users: Mapping[int, int], form: TransferLicences, language: str
) -> int:
    """Request a transfer, and mail it to the customer centre, where it becomes a case; return its id.

    Raises:
        RuleViolation: as ``transfers.find_receiver`` and ``transfers.request``.
    """
    receiver = transfers.find_receiver(
        db,
        contract,
        form.receiver.data,
        form.name.data or "",
        form.contact_name.data or "",
        form.contact_email.data or "",
    )
    first_day, today = date.fromisoformat(form.first_day.data), licences.today_of(db, contract.customer)
    transfer = transfers.request(db, actor, contract, users, receiver, first_day, today)
    items = "\n".join(f"{BY_CODE[item.licence.product].name}: {item.users}" for item in transfer.items)
    values = {
        "number": contract.number,
        "customer": contract.customer.name,
        "customer_number": contract.customer.number,
        "receiver": receiver.name,
        "receiver_number": form.receiver.data.strip(),
        "day": formats.short_date(language, first_day),
        "items": items,
        "name": actor.name,
    }
    mail = outbox.PersonalMail(
        sender=actor.email,
        sender_name=actor.name,
        to=CUSTOMER_CENTRE.alias,
        subject=text(language, "transfer.mail.subject", number=contract.number),
        text=text(language, "transfer.mail.body", **values) + "\n",
        language=language,
    )
    message = outbox.write(db, mail)
    transfer.case_number = db.scalar(select(CaseEntry.number).where(CaseEntry.message_id == message.id))
    db.flush()
    return transfer.id
