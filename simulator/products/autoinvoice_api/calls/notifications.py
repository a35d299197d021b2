"""Calls about notifications: the webhooks of a company.

Source: AutoXChange API, ``/v1/company/notifications``: webhooks of a company, or of a software vendor for the companies it
serves. Own choice: a vendor's webhook too is shown to, and deleted by, only the company that created it.
"""

from sqlalchemy import select

from simulator.core import hosts, normal_forms
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.products.autoinvoice_api import schemas, webhooks
from simulator.products.autoinvoice_api.errors import ApiError, not_found
from simulator.products.autoinvoice_api.event_names import EVENTS
from simulator.products.autoinvoice_api.models import Webhook
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

OWN, VENDORS = "WEBHOOK", "VENDOR_WEBHOOK"
MOST = 20
"""Own choice: of one company."""

NEW: fields.Shape = {
    "destination_type": fields.choice(OWN, VENDORS, required=True),
    "destination": fields.stripped_line(longest=hosts.LONGEST, required=True),
    "events": fields.list_of(fields.choice(*EVENTS), least=1, most=len(EVENTS), required=True),
}


@call("POST", "/v1/company/notifications", "company:write", status=201, body=NEW, changes=True)
def post_notification(caller: Caller, destination_type: str, destination: str, events: list[str]) -> schemas.Notification:
    """Add a webhook for events of documents."""
    try:
        hosts.check(destination)
    except hosts.NotAllowed as refusal:
        raise ApiError(
            422, "destination_not_allowed", "The destination cannot be called.", [f"destination: {refusal}"]
        ) from None
    if destination_type == VENDORS and caller.vendor_key_id is None:
        raise ApiError(
            422, "vendor_api_key_missing", "A vendor's webhook needs a token that was got with the vendor's API key."
        )
    with sandbox().transaction() as db:
        accounts.check_verified(accounts.of(db, db.get_one(Company, caller.company.id)))
        if len(_visible(db, caller)) >= MOST:
            raise ApiError(422, "too_many_notifications", f"A company has at most {MOST} notifications.")
        key = caller.vendor_key_id if destination_type == VENDORS else None
        return _notification(webhooks.subscribe(db, caller.company, key, destination, events))


@call("GET", "/v1/company/notifications", "company:read")
def list_notifications(caller: Caller) -> list[schemas.Notification]:
    """List the webhooks."""
    with sandbox().reading() as db:
        return [_notification(webhook) for webhook in _visible(db, caller)]


@call("GET", "/v1/company/notifications/{id}", "company:read")
def get_notification(caller: Caller, id: str) -> schemas.Notification:
    """Show a webhook."""
    with sandbox().reading() as db:
        return _notification(_webhook_of(db, caller, id))


@call("DELETE", "/v1/company/notifications/{id}", "company:write", status=204, changes=True)
def delete_notification(caller: Caller, id: str) -> None:
    """Delete a webhook; calls that are still waiting are dropped."""
    with sandbox().transaction() as db:
        _webhook_of(db, caller, id).removed_at = db.clock.now()


@call("GET", "/v1/company/vendors", "company:read")
def get_vendor(caller: Caller) -> schemas.Vendor:
    """Show whether the token was issued with a software vendor's key."""
    return {"state": "LINKED" if caller.vendor_key_id is not None else "NOT_LINKED"}


def _visible(db: Db, caller: Caller) -> list[Webhook]:
    query = select(Webhook).where(Webhook.removed_at.is_(None))
    mine = query.where(Webhook.company_id == caller.company.id).order_by(Webhook.id)
    return [webhook for webhook in db.scalars(mine) if webhook.vendor_key_id in (None, caller.vendor_key_id)]


def _webhook_of(db: Db, caller: Caller, uuid: str) -> Webhook:
    webhook = next((webhook for webhook in _visible(db, caller) if webhook.uuid == normal_forms.uuid(uuid)), None)
    if webhook is None:
        raise not_found("notification")
    return webhook


def _notification(webhook: Webhook) -> schemas.Notification:
    return {
        "id": webhook.uuid,
        "destination_type": VENDORS if webhook.vendor_key_id is not None else OWN,
        "destination": webhook.destination,
        "events": list(webhook.events),
    }
