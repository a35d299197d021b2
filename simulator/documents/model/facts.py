"""Facts about documents and about the ELMA register that can be asked."""

from datetime import date
from typing import Any

from sqlalchemy import select

from simulator.core.clock import parse_day
from simulator.core.errors import BadInput
from simulator.core.facts import fact, read
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.models import Company, CompanyStatus
from simulator.documents.model import lists
from simulator.documents.model.models import Channel, Direction, Document, Status, SyntheticDocuments
from simulator.documents.registers import organisation_numbers
from simulator.documents.registers.look_up import look_up
from simulator.documents.synthetic import consumption


@fact("participant")
def participant(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether an organisation is registered in ELMA: ``{number, registered, access_point?}``.

    It asks what the public look-up answers. ``access_point`` is the name of the access point it is
    registered through. Found are the registrations there are.

    Raises:
        BadInput: the shape is not right, or the number cannot be an organisation number.
    """
    query_fields = read("participant", _as_texts(what), {"number": str, "registered": bool}, {"access_point": str})
    digits = organisation_numbers.typed(query_fields["number"])
    if digits is None or not organisation_numbers.is_right(digits):
        raise BadInput([("participant.number", f"{query_fields['number']!r} is not a Norwegian organisation number")])
    entries = look_up(db, digits).entries
    through = [entry for entry in entries if query_fields.get("access_point", entry.access_point) == entry.access_point]
    count = [{"number": entry.number, "name": entry.name, "access_point": entry.access_point} for entry in entries]
    return bool(through) == query_fields["registered"], count


@fact("document")
def document(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether a company's list holds a document: ``{company, direction, number?, channel?, status?, unit?, error?}``.

    ``company`` is an organisation number, ``unit`` what it was charged as last, ``error`` the code of a failure. Found is the
    newest one that fits, or the newest of that company, direction and number when none does. Consumption that nobody has looked
    at yet is passed over.

    Raises:
        BadInput: the shape is not right, or there is no such company.
    """
    also = {"number": str, "channel": str, "status": str, "unit": str, "error": str}
    query_fields = read("document", _as_texts(what), {"company": str, "direction": str}, also)
    company, direction = _company(db, "document", query_fields), _among("document", query_fields, "direction", Direction)
    _among("document", query_fields, "channel", Channel)
    _among("document", query_fields, "status", Status)
    query = select(Document).where(Document.company_id == company.id, Document.direction == direction)
    if "number" in query_fields:
        query = query.where(Document.number == query_fields["number"])
    query = query.order_by(Document.created_at.desc(), Document.id.desc())
    conditions = [
        getattr(Document, name) == query_fields[name] for name in also if name != "number" and name in query_fields
    ]
    fits = db.scalars(query.where(*conditions).limit(1)).first()
    result = fits or db.scalars(query.limit(1)).first()
    return fits is not None, _description(result) if result is not None else None


@fact("documents")
def documents(db: Db, what: Any) -> tuple[bool, Any]:
    """Say how many documents a company's list holds: ``{company, direction, from?, to?, count}``.

    ``from`` and ``to`` are the first and the last day of creation, ``2022-03-01``. Found is the number there is.

    Raises:
        BadInput: the shape is not right, or there is no such company.
    """
    needed = {"company": str, "direction": str, "count": int}
    query_fields = read("documents", _as_texts(what), needed, {"from": str, "to": str})
    company, direction = _company(db, "documents", query_fields), _among("documents", query_fields, "direction", Direction)
    first, last = (_day("documents", query_fields, name) for name in ("from", "to"))
    received = SyntheticDocuments.unit.in_(consumption.RECEIVED)
    search = lists.Search(direction=Direction(direction), first=first, last=last)
    recorded = received if direction == Direction.RECEIVED else ~received
    count = lists.counted_with_recorded(db, company, search, recorded)
    return count == query_fields["count"], count


def _as_texts(what: Any) -> Any:
    """Return what is asked with the numbers of organisations and documents as texts, however they were written."""
    if not isinstance(what, dict):
        return what
    return {key: str(value) if key in ("number", "company") and type(value) is int else value for key, value in what.items()}


def _company(db: Db, name: str, query_fields: dict[str, Any]) -> Company:
    number = countries.compact(query_fields["company"])
    query = select(Company).where(Company.organisation_number == number, Company.status != CompanyStatus.DELETED)
    company = db.scalar(query.order_by(Company.id).limit(1))
    if company is None:
        raise BadInput(
            [(f"{name}.company", f"there is no company with the organisation number {query_fields['company']!r}")]
        )
    return company


def _among(name: str, query_fields: dict[str, Any], key: str, words: Any) -> Any:
    if key in query_fields and query_fields[key] not in list(words):
        raise BadInput([(f"{name}.{key}", f"expected one of {', '.join(words)}, found {query_fields[key]!r}")])
    return query_fields.get(key)


def _day(name: str, query_fields: dict[str, Any], key: str) -> date | None:
    try:
        return parse_day(query_fields[key]) if key in query_fields else None
    except ValueError:
        raise BadInput([(f"{name}.{key}", f"{query_fields[key]!r} is not a day such as 2022-03-01")]) from None


def _description(document: Document) -> dict[str, Any]:
    names = ("uuid", "number", "direction", "status", "channel", "unit", "error", "mark")
    return {"id": document.id} | {name: getattr(document, name) for name in names}
