"""Calls of software vendors about all companies that they serve.

Source: AutoXChange API, ``/v1/partner``. Own choice: a vendor serves the companies for which a token was issued with
its key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from simulator.directory import countries
from simulator.directory.companies import is_present
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model import lists
from simulator.documents.model.models import Direction, Document, History, HistoryType, Status
from simulator.documents.synthetic import consumption
from simulator.products.autoinvoice_api import schemas, webhooks
from simulator.products.autoinvoice_api.answers import instant
from simulator.products.autoinvoice_api.calls.companies import COUNTRIES
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields
from simulator.web.listing import page_start

Row = TypeVar("Row")

ACTIONS = "partner:invoice_delivery_actions"
PAGES: fields.Shape = {
    "page": fields.whole(least=1, most=100_000, default=1),
    "per_page": fields.whole(least=1, most=100, default=100),
}
ERRORS: fields.Shape = {
    "happened_after": fields.utc_instant().as_required(),
    "happened_before": fields.utc_instant(),
    **PAGES,
}
INBOUND: fields.Shape = {"state": fields.choice("CREATED", "HANDLED", note="CREATED when left out."), **PAGES}


@call(
    "GET",
    "/v1/partner/lookups/companies",
    "partner:lookups",
    query={
        "bids": fields.list_of(fields.stripped_line(longest=40), least=1, most=10, required=True),
        "country": fields.country(*COUNTRIES, required=True),
    },
)
def partner_companies(caller: Caller, bids: list[str], country: str) -> list[schemas.CompanyLookup]:
    """Show which companies can be registered: those that are not registered yet."""
    numbers = {bid: countries.compact(bid) for bid in bids}
    with sandbox().reading() as db:
        query = select(Company.organisation_number).where(
            Company.country == country, Company.organisation_number.in_(numbers.values()), is_present(db.clock.now())
        )
        taken = set(db.scalars(query))
    return [
        {"company_bid": bid, "company_status": "RESERVED" if number in taken else "FREE"} for bid, number in numbers.items()
    ]


@call("GET", "/v1/partner/invoice_delivery_actions/outbound_errors", ACTIONS, query=ERRORS)
def partner_outbound_errors(
    caller: Caller, happened_after: datetime, happened_before: datetime | None, page: int | None, per_page: int | None
) -> list[schemas.SentError]:
    """List the invoices of the vendor's companies that could not be sent, in the order in which that happened."""
    return _errors(caller, happened_after, happened_before, page, per_page)


@call("GET", "/v1/partner/invoice_events/sent_errors", ACTIONS, query=ERRORS)
def partner_sent_errors(
    caller: Caller, happened_after: datetime, happened_before: datetime | None, page: int | None, per_page: int | None
) -> list[schemas.SentError]:
    """List the same as ``invoice_delivery_actions/outbound_errors``."""
    return _errors(caller, happened_after, happened_before, page, per_page)


@call("GET", "/v1/partner/invoice_delivery_actions/inbound", ACTIONS, query=INBOUND)
def partner_inbound(
    caller: Caller, state: str | None, page: int | None, per_page: int | None
) -> list[schemas.ReceivedEvent]:
    """List the invoices that the vendor's companies received, oldest first."""
    return _inbound(caller, state, page, per_page)


@call("GET", "/v1/partner/invoice_events/received", ACTIONS, query=INBOUND)
def partner_received(
    caller: Caller, state: str | None, page: int | None, per_page: int | None
) -> list[schemas.ReceivedEvent]:
    """List the same as ``invoice_delivery_actions/inbound``."""
    return _inbound(caller, state, page, per_page)


def _errors(
    caller: Caller, after: datetime, before: datetime | None, page: int | None, per_page: int | None
) -> list[schemas.SentError]:
    with sandbox().reading() as db:
        uuids = _company_uuids(caller)
        query = (
            select(Document.company_id, Document.uuid)
            .join(History, History.document_id == Document.id)
            .where(Document.company_id.in_(uuids), Document.direction == Direction.SENT)
            .where(History.type == HistoryType.ERROR, History.happened_at > after)
            .where(History.happened_at <= (before or db.clock.now()))
            .order_by(History.happened_at, History.id)
        )
        rows = list(dict.fromkeys((company_id, uuid) for company_id, uuid in db.execute(query)))
        return [{"company_id": uuids[company_id], "invoice_id": uuid} for company_id, uuid in _page(rows, page, per_page)]


def _inbound(caller: Caller, state: str | None, page: int | None, per_page: int | None) -> list[schemas.ReceivedEvent]:
    uuids, handled = _company_uuids(caller), state == "HANDLED"
    condition = Document.status == Status.PROCESSED if handled else Document.status != Status.PROCESSED
    with consumption.reading_documents(sandbox(), *uuids) as db:
        query = lists.query_of(db, uuids, Document.company_id, Document.uuid, Document.created_at)
        query = query.where(Document.direction == Direction.RECEIVED, condition)
        query = query.order_by(Document.created_at, Document.id)
        return [
            {
                "company_id": uuids[company_id],
                "invoice_id": uuid,
                "state": "HANDLED" if handled else "CREATED",
                "created_at": instant(created_at),
            }
            for company_id, uuid, created_at in _page(db.execute(query).all(), page, per_page)
        ]


def _company_uuids(caller: Caller) -> dict[int, str]:
    """Return the UUIDs of the companies that a vendor serves, by id."""
    assert caller.vendor_key_id is not None, "a token with a partner's scope was given without a vendor's key"
    with sandbox().reading() as db:
        ids = webhooks.served_by(db, caller.vendor_key_id)
        return {id_: accounts.of(db, db.get_one(Company, id_)).uuid for id_ in ids}


def _page(rows: Sequence[Row], page: int | None, per_page: int | None) -> Sequence[Row]:
    begin = page_start(page or 1, per_page or 100)
    return rows[begin : begin + (per_page or 100)]
