"""The pages for developers about webhooks: an application's subscriptions to events, and the last calls of each.

Source: Visma.net API documentation, webhooks: event, address and tenant; the secret is shown when the subscription is made. Own
choice: the pages, with the last calls and a button that sends one again.
"""

from flask import abort, redirect, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.webhook_calls import CallState, body_of
from simulator.directory.models import Customer
from simulator.products.openid.forms import AddWebhook
from simulator.products.openid.models import Application, Webhook
from simulator.products.openid.services import applications, identifiers, webhooks
from simulator.products.openid.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import visit


@blueprint.route("/developer/applications/<client_id>/webhooks/new", methods=["GET", "POST"])
@public
def add_webhook(client_id: str) -> Response:
    """Subscribe an address to an event; the page that follows shows the secret, once."""
    form = AddWebhook()
    with visit().sandbox.reading() as db:
        application = _application(db, client_id)
        customers = db.scalars(select(Customer).order_by(func.sort_key(Customer.name), Customer.id)).all()
        form.offer_choices([(str(customer.id), customer.name) for customer in customers])
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                customer = db.get(Customer, int(form.customer.data)) if form.customer.data else None
                owner = _application(db, client_id)
                webhook = webhooks.add(db, owner, form.event.data, form.url.data or "", customer)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            return page("openid/webhook_added.html", i18n.t("openid.webhook.added"), client_id=client_id, webhook=webhook)
    title = i18n.t("openid.webhook.add")
    return page("openid/add_webhook.html", title, status=status, form=form, application=application)


@blueprint.get("/developer/applications/<client_id>/webhooks/<uuid>")
@public
def show_webhook(client_id: str, uuid: str) -> Response:
    """Show a subscription with its last calls."""
    with visit().sandbox.reading() as db:
        webhook = _webhook(db, client_id, uuid)
        customer = webhook.customer
        tenant = identifiers.tenant(db, customer.id) if customer is not None else None
        calls = [(call, body_of(call).decode()) for call in webhooks.newest_calls(db, webhook)]
    return page(
        "openid/webhook.html",
        i18n.t("openid.webhook.title", event=webhook.event),
        client_id=client_id,
        webhook=webhook,
        customer=customer,
        tenant=tenant,
        calls=calls,
        sending=CallState.SENDING,
        form=Plain(),
    )


@blueprint.post("/developer/applications/<client_id>/webhooks/<uuid>/remove")
@public
def remove_webhook(client_id: str, uuid: str) -> Response:
    """Remove a subscription with its calls."""
    with visit().sandbox.transaction() as db:
        webhooks.remove(db, _webhook(db, client_id, uuid))
    flash_text("openid.webhook.removed")
    return redirect(url_for(".show_application", client_id=client_id))


@blueprint.post("/developer/applications/<client_id>/webhooks/<uuid>/calls/<call_uuid>/send")
@public
def send_webhook_again(client_id: str, uuid: str, call_uuid: str) -> Response:
    """Make a call once more."""
    with visit().sandbox.transaction() as db:
        if not webhooks.send_again(db, _webhook(db, client_id, uuid), call_uuid):
            abort(404)
    flash_text("openid.webhook.queued")
    return redirect(url_for(".show_webhook", client_id=client_id, uuid=uuid))


def _application(db: Db, client_id: str) -> Application:
    return applications.by_client_id(db, client_id) or abort(404)


def _webhook(db: Db, client_id: str, uuid: str) -> Webhook:
    return webhooks.by_uuid(db, _application(db, client_id), uuid) or abort(404)
