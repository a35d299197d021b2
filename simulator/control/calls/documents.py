"""Calls about documents: what stands in a company's lists, and an outside supplier who sends something."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.control import answers
from simulator.control.answers import Answer
from simulator.control.shapes import Field, Schema, line, mapping, objects, one_of, read_values, text, whole
from simulator.control.table import call, store
from simulator.core.errors import BadInput, NotFound
from simulator.core.sandbox import Db
from simulator.directory.countries import BY_CODE, compact
from simulator.directory.models import Company, CompanyStatus
from simulator.documents.exchange import receiving
from simulator.documents.model import lists, parties
from simulator.documents.model.models import Direction, Document
from simulator.documents.model.parties import Named
from simulator.documents.synthetic import consumption, outside

PAGE = 200
MOST_LINES = 100
MOST_MONEY = Decimal(10_000_000)
AMOUNT = Decimal(1000)
"""Own choice: what a document is about that names neither an amount nor lines."""


def _amount(sent: object) -> Decimal:
    what = f"write an amount more than 0, up to {MOST_MONEY}, with at most two decimals"
    try:
        found = Decimal(str(sent)) if isinstance(sent, int | float | str) and not isinstance(sent, bool) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or not 0 < found <= MOST_MONEY or found != round(found, 2):
        raise ValueError(what)
    return found


def _day(sent: object) -> date:
    try:
        return date.fromisoformat(sent if isinstance(sent, str) else "")
    except ValueError:
        raise ValueError("write a day as ISO 8601: 2022-03-01") from None


MONEY: Schema = {"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": int(MOST_MONEY)}
FILTER = {
    "company": text(longest=40, required=True),
    "direction": one_of(*Direction),
    "after": whole(),
}
SUPPLIER = {
    "name": line(longest=100, required=True),
    "organisation_number": line(longest=20, required=True),
    "country": one_of(*BY_CODE),
    "email": line(longest=254),
    "vat_number": line(longest=20),
}
LINE = {"name": line(longest=100, required=True), "quantity": Field(_amount, MONEY), "price": Field(_amount, MONEY, True)}
SENDING = {
    "from": mapping(required=True),
    "to": line(longest=20, required=True),
    "country": one_of(*BY_CODE),
    "number": line(longest=40),
    "kind": one_of("invoice", "credit_note"),
    "amount": Field(_amount, MONEY | {"description": "What the document is about, without tax."}),
    "lines": objects(most=MOST_LINES),
    "due": Field(_day, {"type": "string", "format": "date"}),
}


@call("GET", "/sandboxes/{name}/documents", "Document[]", query=FILTER, refusals=(404, 422))
def list_documents(name: str, company: str, direction: str | None, after: int | None) -> list[Answer]:
    """List documents of a company (key or organisation number), in the order they came to be here, 200 a page."""
    with store().open(name) as sandbox:
        with sandbox.reading() as db:
            company_id = _company(db, company).id
        with consumption.reading_documents(sandbox, company_id) as db:
            query = lists.query_of(db, [company_id]).where(Document.id > (after or 0))
            if direction is not None:
                query = query.where(Document.direction == direction)
            query = query.options(joinedload(Document.party), joinedload(Document.company))
            return [answers.document(one) for one in db.scalars(query.order_by(Document.id).limit(PAGE))]


@call("POST", "/sandboxes/{name}/documents", "Arrived", body=SENDING, body_as="sent", refusals=(404, 422))
def send_from_outside(name: str, sent: dict[str, Any]) -> Answer:
    """Let a supplier outside send an invoice to an organisation number, the way that the public registers say."""
    supplier = _below("from", sent["from"], SUPPLIER)
    lines = [_below(f"lines.{at}", one, LINE) for at, one in enumerate(sent["lines"] or [])]
    with store().open(name) as sandbox, sandbox.transaction() as db:
        seller, buyer = _seller(db, supplier), _buyer(db, sent)
        told = [(one["name"], one["quantity"] or Decimal(1), one["price"]) for one in lines]
        content = outside.content_of(
            seller,
            buyer,
            sent["number"] or str(100_000 + db.chance.number(900_000)),
            told or [(seller.name, Decimal(1), sent["amount"] or AMOUNT)],
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
            "document": answers.document(arrived.document) if arrived.document else None,
            "message": answers.message(arrived.message) if arrived.message else None,
        }


def _below(place: str, sent: Any, shape: dict[str, Field]) -> dict[str, Any]:
    """Read an object inside the body; faults are named by their path."""
    if not isinstance(sent, dict):
        raise BadInput([(place, "write an object")])
    try:
        return read_values(sent, shape)
    except BadInput as error:
        raise BadInput([(f"{place}.{field}", what) for field, what in error.problems]) from None


def _company(db: Db, wanted: str) -> Company:
    numbered = (Company.key == wanted) | (Company.organisation_number == compact(wanted))
    query = select(Company).where(numbered, Company.status != CompanyStatus.DELETED)
    found = db.scalar(query.order_by(Company.key != wanted, Company.id).limit(1))
    if found is None:
        raise NotFound("company", wanted)
    return found


def _home(db: Db) -> str:
    """Return the country of the first company here, which is meant when none is named."""
    return db.scalar(select(Company.country).order_by(Company.id).limit(1)) or "NO"


def _number(place: str, sent: str, country: str) -> str:
    number = compact(sent)
    if not BY_CODE[country].is_number(number):
        raise BadInput([(place, f"write an organisation number of {country}, such as {BY_CODE[country].number}")])
    return number


def _seller(db: Db, supplier: dict[str, Any]) -> Named:
    country = supplier["country"] or _home(db)
    number = _number("from.organisation_number", supplier["organisation_number"], country)
    found = outside.named(supplier["name"], country, number, supplier["email"])
    return outside.with_vat_number(found, supplier["vat_number"])


def _buyer(db: Db, sent: dict[str, Any]) -> Named:
    country = sent["country"] or _home(db)
    number = _number("to", sent["to"], country)
    query = select(Company).where(
        Company.country == country, Company.organisation_number == number, Company.status != CompanyStatus.DELETED
    )
    here = db.scalar(query.order_by(Company.id).limit(1))
    return parties.of_company(here) if here is not None else outside.named(number, country, number)
