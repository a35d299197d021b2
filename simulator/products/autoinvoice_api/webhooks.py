"""Webhooks: addresses that are called on events of documents, and the calls to them.

Each call is stored as a row by the transaction that records the event; the sandbox's queue decides when it is due, and
the call itself runs in ``outgoing_calls``, so that a slow receiver blocks no document. A server that was killed resumes
its calls.

Source: Maventa documentation, Webhooks: registered with an address and event names, an HTTP POST for each event. Own choice:
the payload, that it is not signed, that any 2xx answer is a success, and when a call is repeated.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import or_, select

from simulator.core import events, faults, hosts, jobs, outgoing_calls
from simulator.core.events import Event
from simulator.core.outside import CallResult, post
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account, Document
from simulator.products.autoinvoice_api.answers import instant
from simulator.products.autoinvoice_api.event_names import EVENTS
from simulator.products.autoinvoice_api.models import ApiToken, DeliveryState, Webhook, WebhookDelivery

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60))
"""How long after each attempt the next one is made, on the sandbox's clock; given up after the last, close to three days."""

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
        state=DeliveryState.WAITING,
        attempted_at=None,
        answer=None,
        error=None,
    )
    db.add(delivery)
    db.flush()
    _try_at(db, delivery, timedelta(0))


def _try_at(db: Db, delivery: WebhookDelivery, delay: timedelta) -> None:
    jobs.enqueue(db, DELIVER, key=f"{DELIVER}:{delivery.id}:{delivery.attempts}", delay=delay, delivery_id=delivery.id)


@jobs.job(DELIVER)
def deliver(db: Db, **data: Any) -> None:
    """Begin an attempt: the call itself is made outside, once this is committed."""
    delivery = db.get_one(WebhookDelivery, data["delivery_id"])
    if delivery.state != DeliveryState.WAITING:
        return
    webhook = delivery.webhook
    delivery.attempts += 1
    delivery.attempted_at = db.clock.now()
    if webhook.removed_at is not None:
        _end(db, delivery, CallResult(None, "The webhook was removed."))
        return
    company = db.get_one(Company, webhook.company_id)
    if faults.triggered_outcome(db, DELIVER, company=company.organisation_number, webhook=webhook.uuid) is not None:
        _end(db, delivery, CallResult(None, "The receiver does not answer: a test asked for that."))
        return
    delivery.state = DeliveryState.SENDING
    sandbox = db.sandbox.reopened()
    if sandbox is None:
        # This generation cannot be opened any more, so no one could see the result of the call.
        return
    db.after_commit.append(_sending(sandbox, delivery, delivery.attempted_at))


def _sending(sandbox: Sandbox, delivery: WebhookDelivery, at: datetime) -> Callable[[], None]:
    body = json.dumps(delivery.payload, ensure_ascii=False).encode()
    call = partial(_send, sandbox, delivery.id, delivery.webhook.destination, body, at)
    return partial(outgoing_calls.start, sandbox.name, call)


def _send(sandbox: Sandbox, delivery_id: int, destination: str, body: bytes, at: datetime) -> None:
    with sandbox:
        try:
            hosts.check(destination)
            answered = post(destination, body)
        except hosts.NotAllowed as refusal:
            answered = CallResult(None, str(refusal))
        with sandbox.transaction() as db:
            # The attempt was made at the instant at which it was due, however long the receiver took.
            db.stand_at(at)
            delivery = db.get_one(WebhookDelivery, delivery_id)
            if delivery.state == DeliveryState.SENDING:
                _end(db, delivery, answered)


def _end(db: Db, delivery: WebhookDelivery, answered: CallResult) -> None:
    """Record the result of an attempt, and queue the next one after a failure."""
    delivery.answer, delivery.error = answered.status, answered.error
    if answered.is_good:
        delivery.state = DeliveryState.DELIVERED
        _record(db, "webhook.delivered", delivery)
    elif delivery.attempts <= len(DELAYS) and delivery.webhook.removed_at is None:
        delivery.state = DeliveryState.WAITING
        _record(db, "webhook.failed", delivery)
        _try_at(db, delivery, DELAYS[delivery.attempts - 1])
    else:
        delivery.state = DeliveryState.GIVEN_UP
        _record(db, "webhook.given_up", delivery)


def _record(db: Db, type_: str, delivery: WebhookDelivery) -> None:
    events.record(
        db,
        type_,
        subject=delivery.webhook.destination,
        event=delivery.event,
        document=delivery.payload["document_id"],
        attempt=delivery.attempts,
        status=delivery.answer,
        error=delivery.error,
    )


_SENDING = select(WebhookDelivery).where(WebhookDelivery.state == DeliveryState.SENDING).order_by(WebhookDelivery.id)


def resume_deliveries(db: Db) -> None:
    """Make the calls again during which a server was killed or a sandbox copied: whether they got through is unknown."""
    for delivery in db.scalars(_SENDING).all():
        delivery.state = DeliveryState.WAITING
        _try_at(db, delivery, timedelta(0))
