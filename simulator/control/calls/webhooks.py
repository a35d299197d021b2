"""Calls about the webhooks of applications: addresses that are called on events of Connect."""

from sqlalchemy import select

from simulator.control import application_schemas as schemas
from simulator.control.table import Calls, store
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory.models import Customer
from simulator.products.openid.models import Application, Webhook
from simulator.products.openid.webhook_events import EVENTS
from simulator.web.calls.fields import choice, text

blueprint = Calls("webhooks", __name__)

SUBSCRIPTION = {
    "event": choice(*EVENTS).as_required(),
    "url": text(longest=2000, required=True),
    "tenant": text(longest=60),
    "secret": text(longest=200),
}


@blueprint.call("GET", "/sandboxes/{name}/applications/{client_id}/webhooks", refusals=(404,))
def list_webhooks(name: str, client_id: str) -> list[schemas.Webhook]:
    """List the webhooks of an application, by event and address, without their secrets."""
    from simulator.products.openid.services import webhooks

    with store().open(name) as sandbox, sandbox.reading() as db:
        return [_described(webhook) for webhook in webhooks.all_of(db, _application(db, client_id))]


@blueprint.call(
    "POST", "/sandboxes/{name}/applications/{client_id}/webhooks", body=SUBSCRIPTION, status=201, refusals=(404, 422)
)
def add_webhook(
    name: str, client_id: str, event: str, url: str, tenant: str | None, secret: str | None
) -> schemas.AddedWebhook:
    """Subscribe an address to an event of all customers, or of the one with a key or number; the secret is answered only here."""
    from simulator.products.openid.services import webhooks

    with store().open(name) as sandbox, sandbox.transaction() as db:
        application = _application(db, client_id)
        customer = _customer(db, tenant) if tenant is not None else None
        webhook = webhooks.add(db, application, event, url, customer, secret)
        return {**_described(webhook), "secret": webhook.secret}


@blueprint.call("DELETE", "/sandboxes/{name}/applications/{client_id}/webhooks/{id}", status=204, refusals=(404,))
def remove_webhook(name: str, client_id: str, id: str) -> None:
    """Remove a webhook with its calls; those that wait are not made."""
    from simulator.products.openid.services import webhooks

    with store().open(name) as sandbox, sandbox.transaction() as db:
        webhook = webhooks.by_uuid(db, _application(db, client_id), id)
        if webhook is None:
            raise NotFound("webhook", id)
        webhooks.remove(db, webhook)


def _application(db: Db, client_id: str) -> Application:
    from simulator.products.openid.services import applications

    application = applications.by_client_id(db, client_id)
    if application is None:
        raise NotFound("application", client_id)
    return application


def _customer(db: Db, name: str) -> Customer:
    customer = db.scalar(select(Customer).where((Customer.key == name) | (Customer.number == name)))
    if customer is None:
        raise NotFound("customer", name)
    return customer


def _described(webhook: Webhook) -> schemas.Webhook:
    customer = webhook.customer
    return {
        "id": webhook.uuid,
        "event": webhook.event,
        "url": webhook.url,
        "tenant": customer.key if customer is not None else None,
    }
