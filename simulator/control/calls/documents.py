"""Calls about documents: a company's lists, and sending as an outside supplier."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from simulator.control import answers
from simulator.control import document_schemas as schemas
from simulator.control.table import Calls, store
from simulator.core.clock import iso
from simulator.core.errors import BadInput, NotFound
from simulator.core.numbers import decimal_number
from simulator.core.sandbox import Db
from simulator.directory.countries import BY_CODE, compact
from simulator.directory.models import Company, CompanyStatus
from simulator.documents.exchange import receiving
from simulator.documents.model import lists, parties
from simulator.documents.model.models import Direction, Document
from simulator.documents.model.parties import Named
from simulator.documents.synthetic import consumption, outside
from simulator.web.calls.fields import (
    Field,
    Schema,
    choice,
    country,
    day,
    email,
    line,
    mapping,
    objects,
    read_nested,
    text,
    uuid,
    whole,
)

blueprint = Calls("documents", __name__)

PAGE = 200
MOST_LINES = 100
MOST_MONEY = Decimal(10_000_000)
AMOUNT = Decimal(1000)
"""Own choice: the amount of a document that names neither an amount nor lines."""


def _amount(sent: object) -> Decimal:
    what = f"write an amount more than 0, up to {MOST_MONEY}, with at most two decimals"
    amount = decimal_number(str(sent)) if isinstance(sent, int | float | str) and not isinstance(sent, bool) else None
    if amount is None or not 0 < amount <= MOST_MONEY or amount != round(amount, 2):
        raise ValueError(what)
    return amount


MONEY: Schema = {"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": int(MOST_MONEY)}
FILTER = {
    "company": text(longest=40, required=True),
    "direction": choice(*Direction),
    "number": text(longest=100),
    "uuid": uuid(),
    "order": choice("oldest", "newest"),
    "after": whole(),
}
SUPPLIER = {
    "name": line(longest=100, required=True),
    "organisation_number": line(longest=20, required=True),
    "country": country(*BY_CODE),
    "email": email(),
    "vat_number": line(longest=20),
}
LINE = {"name": line(longest=100, required=True), "quantity": Field(_amount, MONEY), "price": Field(_amount, MONEY, True)}
SENDING = {
    "from": mapping(required=True),
    "to": line(longest=20, required=True),
    "country": country(*BY_CODE),
    "number": line(longest=40),
    "kind": choice("invoice", "credit_note"),
    "amount": Field(_amount, MONEY | {"description": "What the document is about, without tax."}),
    "lines": objects(most=MOST_LINES),
    "due": day(),
}


@blueprint.call("GET", "/sandboxes/{name}/documents", query=FILTER, refusals=(404, 422, 507))
def list_documents(
    name: str,
    company: str,
    direction: str | None,
    number: str | None,
    uuid: str | None,
    order: str | None,
    after: int | None,
) -> list[schemas.Document]:
    """List documents of a company (key or organisation number) by creation, oldest first or by ``order``, 200 per page."""
    with store().open(name) as sandbox:
        with sandbox.reading() as db:
            company_id = _company(db, company).id
        with consumption.reading_documents(sandbox, company_id) as db:
            query = lists.query_of(db, [company_id])
            filters = {Document.direction: direction, Document.number: number, Document.uuid: uuid}
            query = query.where(*(column == value for column, value in filters.items() if value is not None))
            # At one instant those that were there at the sandbox's creation come first.
            by: list[Any] = [Document.created_at, ~Document.unpacked, Document.id]
            if after:
                query = query.where(_follows(db, company_id, after, by, newest_first=order == "newest"))
            query = query.options(joinedload(Document.party), joinedload(Document.company))
            query = query.order_by(*(column.desc() if order == "newest" else column for column in by)).limit(PAGE)
            return [_document(document) for document in db.scalars(query)]


@blueprint.call("POST", "/sandboxes/{name}/documents", body=SENDING, body_as="sent", refusals=(404, 422, 507))
def send_from_outside(name: str, sent: dict[str, Any]) -> schemas.Arrived:
    """Send an invoice from an outside supplier to an organisation number, by the route that the public registers give."""
    supplier = read_nested("from", sent["from"], SUPPLIER)
    lines = [read_nested(f"lines.{at}", line, LINE) for at, line in enumerate(sent["lines"] or [])]
    with store().open(name) as sandbox, sandbox.within(store().quota).transaction() as db:
        seller, buyer = _seller(db, supplier), _buyer(db, sent)
        priced = [(line["name"], line["quantity"] or Decimal(1), line["price"]) for line in lines]
        content = outside.content_of(
            seller,
            buyer,
            sent["number"] or str(100_000 + db.chance.number(900_000)),
            priced or [(seller.name, Decimal(1), sent["amount"] or AMOUNT)],
            issued=db.clock.now().astimezone(ZoneInfo(BY_CODE[seller.country].time_zone)).date(),
            due=sent["due"],
            credit_note=sent["kind"] == "credit_note",
        )
        arrived = receiving.from_outside(
            db,
            seller=seller,
            company_number=buyer.organisation_number or "",
            country=buyer.country,
            content=content,
        )
        db.flush()
        db.after_commit.append(sandbox.queued)
        return {
            "route": arrived.by,
            "number": content.number,
            "document": _document(arrived.document) if arrived.document else None,
            "message": answers.message(arrived.message) if arrived.message else None,
        }


def _follows(db: Db, company_id: int, after: int, by: list[Any], *, newest_first: bool) -> Any:
    """Return the condition that a document comes after another one in the order of a list.

    Raises:
        BadInput: the company has no such document.
    """
    last = db.execute(lists.query_of(db, [company_id], *by).where(Document.id == after)).first()
    if last is None:
        raise BadInput([("after", f"the company has no document with the id {after}")])
    return tuple_(*by) < tuple(last) if newest_first else tuple_(*by) > tuple(last)


def _company(db: Db, reference: str) -> Company:
    numbered = (Company.key == reference) | (Company.organisation_number == compact(reference))
    query = select(Company).where(numbered, Company.status != CompanyStatus.DELETED)
    company = db.scalar(query.order_by(Company.key != reference, Company.id).limit(1))
    if company is None:
        raise NotFound("company", reference)
    return company


def _home(db: Db) -> str:
    """Return the country of the sandbox's first company: the default country."""
    return db.scalar(select(Company.country).order_by(Company.id).limit(1)) or "NO"


def _number(path: str, sent: str, country: str) -> str:
    number = compact(sent)
    if not BY_CODE[country].is_number(number):
        raise BadInput([(path, f"write an organisation number of {country}, such as {BY_CODE[country].number}")])
    return number


def _seller(db: Db, supplier: dict[str, Any]) -> Named:
    country = supplier["country"] or _home(db)
    number = _number("from.organisation_number", supplier["organisation_number"], country)
    seller = outside.named(supplier["name"], country, number, supplier["email"])
    return outside.with_vat_number(seller, supplier["vat_number"])


def _buyer(db: Db, sent: dict[str, Any]) -> Named:
    country = sent["country"] or _home(db)
    number = _number("to", sent["to"], country)
    query = select(Company).where(
        Company.country == country, Company.organisation_number == number, Company.status != CompanyStatus.DELETED
    )
    company = db.scalar(query.order_by(Company.id).limit(1))
    return parties.of_company(company) if company is not None else outside.named(number, country, number)


def _document(row: Document) -> schemas.Document:
    """Describe a document as it stands in a company's list."""
    return {
        "id": row.id,
        "uuid": row.uuid,
        "company": row.company.organisation_number,
        "direction": row.direction,
        "kind": row.kind,
        "number": row.number,
        "reference": row.reference,
        "party": {
            "name": row.party.name,
            "country": row.party.country,
            "organisation_number": row.party.organisation_number,
            "address": parties.of_party(row.party).address,
        },
        "issue_date": row.issue_date.isoformat(),
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "currency": row.currency,
        "net": f"{row.net:.2f}",
        "tax": f"{row.tax:.2f}",
        "total": f"{row.total:.2f}",
        "created_at": iso(row.created_at),
        "sent_at": iso(row.sent_at) if row.sent_at else None,
        "delivered_at": iso(row.delivered_at) if row.delivered_at else None,
        "status": row.status,
        "mark": row.mark,
        "channel": row.channel,
        "origin": row.origin,
        "unit": row.unit,
        "charged": row.charged,
        "pages": row.pages,
        "error": row.error,
        "revision": row.revision,
    }
