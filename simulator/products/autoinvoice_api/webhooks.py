"""Webhooks: addresses that are called on events of documents; ``core.webhook_calls`` makes the calls.

Source: Maventa documentation, Webhooks: registered with an address and event names, an HTTP POST for each event. Own choice:
the payload, and that it is not signed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from simulator.core import events, faults, jobs
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.core.webhook_calls import Calls
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account, Document
from simulator.products.autoinvoice_api.answers import instant
from simulator.products.autoinvoice_api.event_names import EVENTS
from simulator.products.autoinvoice_api.models import ApiToken, Webhook, WebhookDelivery

DELIVER = "webhook.deliver"

faults.declare(DELIVER, "A webhook is called.", down="The receiver does not answer; the call is tried again later.")
events.declare(
    webhook__delivered="A webhook was told of a document and answered.",
    webhook__failed="A webhook was called and did not answer well; it is tried again later.",
    webhook__given_up="A webhook was called for the last time and did not answer well.",
)


def subscribe(db: Db, company: Company, vendor_key_id: int | None, destination: str, event_names: list[str]) -> Webhook:
    """Add a webhook that is called on events.

    Args:
        db: the transaction.
        company: the company that adds it.
        vendor_key_id: the vendor's key when it is for all companies that are served with it; None for this company only.
        destination: the address, which was checked.
        event_names: the events, by their names here.
    """
    webhook = Webhook(
        uuid=accounts.new_uuid(db),
        company_id=company.id,
        vendor_key_id=vendor_key_id,
        destination=destination,
        events=event_names,
        created_at=db.clock.now(),
        removed_at=None,
    )
    db.add(webhook)
    db.flush()
    return webhook


def served_by(db: Db, vendor_key_id: int) -> list[int]:
    """Return the ids of the companies for which programs have got tokens with a vendor's key, by id."""
    query = select(ApiToken.company_id).where(ApiToken.vendor_key_id == vendor_key_id).distinct()
    return list(db.scalars(query.order_by(ApiToken.company_id)))


def queue_deliveries(db: Db, line: Event) -> None:
    """Queue the calls of webhooks for an event of a document."""
    names = [name for name, type_ in EVENTS.items() if type_ == line.type]
    document = db.scalar(select(Document).where(Document.uuid == line.subject))
    if document is None:
        return
    for webhook in _of(db, document.company_id):
        for name in names:
            if name in webhook.events:
                _queue(db, webhook, name, document, line.at)


def _of(db: Db, company_id: int) -> list[Webhook]:
    vendors = select(ApiToken.vendor_key_id).where(ApiToken.company_id == company_id)
    query = select(Webhook).where(
        Webhook.removed_at.is_(None),
        or_((Webhook.company_id == company_id) & Webhook.vendor_key_id.is_(None), Webhook.vendor_key_id.in_(vendors)),
    )
    return list(db.scalars(query.order_by(Webhook.id)))


def _queue(db: Db, webhook: Webhook, name: str, document: Document, at: datetime) -> None:
    account = db.get_one(Account, document.company_id)
    uuid = accounts.new_uuid(db)
    delivery = WebhookDelivery(
        uuid=uuid,
        webhook_id=webhook.id,
        event=name,
        payload={
            "id": uuid,
            "event": name,
            "happened_at": instant(at),
            "company_id": account.uuid,
            "document_id": document.uuid,
            "invoice_id": document.uuid,
            "href": db.program_address("autoinvoice", "api", "v1", "invoices", document.uuid),
        },
    )
    CALLS.queue(db, delivery)


@jobs.job(DELIVER)
def deliver(db: Db, **data: Any) -> None:
    """Begin an attempt of a call."""
    CALLS.attempt(db, data["call_id"], data["number"])


def resume_deliveries(db: Db) -> None:
    """Make the calls again during which a server was killed or a sandbox copied."""
    CALLS.resume(db)


def _destination(delivery: WebhookDelivery) -> str | None:
    return delivery.webhook.destination if delivery.webhook.removed_at is None else None


def _facts(db: Db, delivery: WebhookDelivery) -> dict[str, Any]:
    company = db.get_one(Company, delivery.webhook.company_id)
    return {"company": company.organisation_number, "webhook": delivery.webhook.uuid}


def _record(db: Db, result: str, delivery: WebhookDelivery) -> None:
    events.record(
        db,
        f"webhook.{result}",
        subject=delivery.webhook.destination,
        event=delivery.event,
        document=delivery.payload["document_id"],
        attempt=delivery.attempts,
        status=delivery.answer,
        error=delivery.error,
    )


CALLS = Calls(operation=DELIVER, table=WebhookDelivery, destination=_destination, facts=_facts, record=_record)
