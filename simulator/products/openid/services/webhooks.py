"""Webhooks: addresses of an application that are called on events of Connect, with a signature; ``core.webhook_calls`` calls them.

Source: Connect help, events; Visma.net API documentation, webhooks: a subscription has an event, an address and, if it is to be
limited, a tenant; its secret is shown when it is made; each call carries the base64 of the HMAC-SHA256 of its body in UTF-8. Own
choice: the payload; that an application learns only of its own authorizations, and of everybody's other events.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, select

from simulator.core import events, faults, hosts, jobs
from simulator.core.clock import iso
from simulator.core.errors import RuleViolation
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.core.webhook_calls import Calls
from simulator.directory import people
from simulator.directory.models import Company, CompanyService, Customer, Person
from simulator.products.openid.models import Application, Webhook, WebhookCall
from simulator.products.openid.services import identifiers
from simulator.products.openid.webhook_events import (
    ACCOUNT_CHANGES,
    ACCOUNT_MODIFIED,
    AUTHORIZED,
    EVENTS,
    PUSHES,
    SERVICE_CHANGES,
    TENANT_ADDED,
    TENANT_DELETED,
)

CALL = "openid.webhook"
SIGNATURE = "X-VWD-Signature-V1"
LONGEST_SECRET = 200

faults.declare(CALL, "A webhook of Connect is called.", down="The receiver does not answer; the call is tried again later.")
events.declare(
    openid__webhook_added="An application subscribed an address to an event of Connect.",
    openid__webhook_removed="An application's subscription to an event of Connect was removed, with its calls.",
    openid__webhook_delivered="A webhook was called on an event of Connect and answered.",
    openid__webhook_failed="A webhook was called on an event of Connect and did not answer well; it is tried again later.",
    openid__webhook_given_up="A webhook was called on an event of Connect for the last time and did not answer well.",
)


@dataclass(frozen=True)
class Occurrence:
    """Something that webhooks are called on.

    Attributes:
        event: its machine name.
        tenants: identifiers of the customers that it is about.
        data: what the call says of it.
        client_id: the application whose webhooks are called; None for those of all.
    """

    event: str
    tenants: Sequence[str]
    data: dict[str, Any]
    client_id: str | None = None


def add(
    db: Db, application: Application, event: str, url: str, customer: Customer | None = None, secret: str | None = None
) -> Webhook:
    """Subscribe an address of an application to an event.

    Args:
        db: the transaction.
        application: the application.
        event: one of ``EVENTS``.
        url: the address.
        customer: the customer whose events are sent; None for those of all.
        secret: the secret that signs; one is drawn when it is None.

    Raises:
        RuleViolation: ``openid.unknown_word``, ``openid.webhook_address``, ``openid.webhook_secret`` or ``openid.webhook_taken``.
    """
    if event not in EVENTS:
        raise RuleViolation("openid.unknown_word", field="event", word=event[:100], words=", ".join(EVENTS))
    try:
        hosts.check(url)
    except hosts.NotAllowed:
        raise RuleViolation("openid.webhook_address", field="url", address=url[:200]) from None
    if urlsplit(url).fragment:
        raise RuleViolation("openid.webhook_address", field="url", address=url[:200])
    if secret is not None and not (1 <= len(secret) <= LONGEST_SECRET and secret.isascii() and secret.isprintable()):
        raise RuleViolation("openid.webhook_secret", field="secret", longest=LONGEST_SECRET)
    if any((webhook.event, webhook.url, webhook.customer) == (event, url, customer) for webhook in all_of(db, application)):
        raise RuleViolation("openid.webhook_taken", field="url", address=url[:200])
    webhook = Webhook(
        uuid=db.chance.uuid(),
        application=application,
        event=event,
        url=url,
        customer=customer,
        secret=secret or db.chance.token(),
        created_at=db.clock.now(),
    )
    db.add(webhook)
    db.flush()
    events.record(db, "openid.webhook_added", subject=application.client_id, event=event, url=url)
    return webhook


def remove(db: Db, webhook: Webhook) -> None:
    """Remove a subscription with its calls; those that wait are not made."""
    client_id, event, url = webhook.application.client_id, webhook.event, webhook.url
    events.record(db, "openid.webhook_removed", subject=client_id, event=event, url=url)
    db.delete(webhook)
    db.flush()


def all_of(db: Db, application: Application) -> Sequence[Webhook]:
    """Return the subscriptions of an application, by event and address."""
    query = select(Webhook).where(Webhook.application_id == application.id)
    return db.scalars(query.order_by(Webhook.event, Webhook.url, Webhook.id)).all()


def by_uuid(db: Db, application: Application, uuid: str) -> Webhook | None:
    """Return a subscription of an application, or None."""
    return db.scalar(select(Webhook).where(Webhook.application_id == application.id, Webhook.uuid == uuid))


def newest_calls(db: Db, webhook: Webhook, limit: int = 50) -> Sequence[WebhookCall]:
    """Return the last calls of a subscription, newest first."""
    query = select(WebhookCall).where(WebhookCall.webhook_id == webhook.id)
    return db.scalars(query.order_by(WebhookCall.id.desc()).limit(limit)).all()


def send_again(db: Db, webhook: Webhook, call_uuid: str) -> bool:
    """Make a call of a subscription once more; return False when there is no such call."""
    call = db.scalar(select(WebhookCall).where(WebhookCall.webhook_id == webhook.id, WebhookCall.uuid == call_uuid))
    if call is not None:
        CALLS.repeat(db, call)
    return call is not None


def signature(secret: str, body: bytes) -> str:
    """Return the signature of a body, as the header ``X-VWD-Signature-V1`` carries it."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def queue(db: Db, line: Event) -> None:
    """Queue the calls for a line of the journal."""
    for occurrence in _occurrences(db, line):
        query = select(Webhook).where(Webhook.event == occurrence.event).order_by(Webhook.id)
        if occurrence.client_id is not None:
            query = query.join(Application).where(Application.client_id == occurrence.client_id)
        for webhook in db.scalars(query).all():
            tenant = _tenant_for(db, webhook, occurrence)
            if webhook.customer_id is None or tenant is not None:
                uuid = db.chance.uuid()
                head = {"id": uuid, "type": occurrence.event, "time": iso(line.at), "tenantId": tenant}
                CALLS.queue(db, WebhookCall(uuid=uuid, webhook=webhook, payload={**head, "data": occurrence.data}))


def _tenant_for(db: Db, webhook: Webhook, occurrence: Occurrence) -> str | None:
    """Return the tenant that a call names: the webhook's own, or the only one that the event is about."""
    if webhook.customer_id is not None:
        own = identifiers.tenant(db, webhook.customer_id)
        return own if own in occurrence.tenants else None
    return occurrence.tenants[0] if len(occurrence.tenants) == 1 else None


def _occurrences(db: Db, line: Event) -> Iterator[Occurrence]:
    if line.type in SERVICE_CHANGES:
        yield from _changes_of_services(db, line)
        return
    person = people.by_email(db, line.subject or "")
    if person is None:
        return
    tenants, about = _tenants_of(db, person), _about(db, person)
    if line.type in ACCOUNT_CHANGES:
        changed = {"change": ACCOUNT_CHANGES[line.type], "fields": line.data.get("fields", [])}
        yield Occurrence(ACCOUNT_MODIFIED, tenants, about | changed)
    elif line.type in PUSHES:
        yield Occurrence(PUSHES[line.type], tenants, about)
    else:
        client_id, tenant = line.data["client_id"], line.data["tenant"]
        data = about | {"clientId": client_id, "scopes": line.data["scopes"]}
        yield Occurrence(AUTHORIZED, tenants if tenant is None else [tenant], data, client_id)


def _changes_of_services(db: Db, line: Event) -> Iterator[Occurrence]:
    """Yield the services that a customer has now on a first company, or no longer on any."""
    company = db.get_one(Company, line.data["company"])
    customer_id = line.customer_id or company.customer_id
    for service in _services(db, line, company):
        active = exists().where(CompanyService.company_id == Company.id, CompanyService.service == service)
        companies = db.scalars(select(Company.id).where(Company.customer_id == customer_id, active)).all()
        if set(companies) - {company.id}:
            continue
        event = TENANT_ADDED if companies else TENANT_DELETED
        yield Occurrence(event, [identifiers.tenant(db, customer_id)], {"application": service})


def _services(db: Db, line: Event, company: Company) -> Sequence[str]:
    if "service" in line.data:
        return [line.data["service"]]
    if "services" in line.data:
        return list(line.data["services"])
    query = select(CompanyService.service).where(CompanyService.company_id == company.id)
    return db.scalars(query.order_by(CompanyService.service)).all()


def _tenants_of(db: Db, person: Person) -> list[str]:
    return [identifiers.tenant(db, customer_id) for customer_id in people.customers_of(db, person.id)]


def _about(db: Db, person: Person) -> dict[str, Any]:
    return {"userId": identifiers.subject(db, person.id), "email": person.email}


@jobs.job(CALL)
def call_webhook(db: Db, **data: Any) -> None:
    """Begin an attempt of a call."""
    CALLS.attempt(db, data["call_id"], data["number"])


def resume_calls(db: Db) -> None:
    """Make the calls again during which a server was killed or a sandbox copied."""
    CALLS.resume(db)


def _facts(db: Db, call: WebhookCall) -> dict[str, Any]:
    about = {"application": call.webhook.application.client_id, "event": call.webhook.event, "webhook": call.webhook.uuid}
    return {"person": call.payload["data"].get("email"), **about}


def _headers(call: WebhookCall, body: bytes) -> Mapping[str, str]:
    return {SIGNATURE: signature(call.webhook.secret, body)}


def _record(db: Db, result: str, call: WebhookCall) -> None:
    events.record(
        db,
        f"openid.webhook_{result}",
        subject=call.webhook.application.client_id,
        event=call.webhook.event,
        url=call.webhook.url,
        call=call.uuid,
        attempt=call.attempts,
        status=call.answer,
        error=call.error,
    )


CALLS = Calls(
    operation=CALL,
    table=WebhookCall,
    destination=lambda call: call.webhook.url,
    facts=_facts,
    record=_record,
    headers=_headers,
)
