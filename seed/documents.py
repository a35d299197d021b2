"""Writes documents that a scenario lists one by one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from simulator.billing import countries
from simulator.directory.models import Company
from simulator.documents.exchange import failures
from simulator.documents.model import charging, parties
from simulator.documents.model.channels import unit_of
from simulator.documents.model.models import Channel, Direction, Document, Party, Status
from simulator.documents.model.parties import Named
from simulator.documents.synthetic.consumption import origin_of

from . import model
from .accounts import made_uuid
from .consumption import Single
from .identifiers import compact
from .setting import Setting

AT = time(10)
DUE = timedelta(days=14)


def write_documents(setting: Setting, entries: list[model.Document]) -> Iterator[Single]:
    """Add documents, and yield what is charged for those that were delivered or received."""
    for at, entry in enumerate(entries):
        company = setting.company(entry.company)
        document = _document(setting, company, entry, f"{setting.below}documents.{at}")
        setting.db.add(document)
        setting.db.flush()
        _join(setting, document)
        if document.charged:
            yield f"documents.{at}", company, document.product, charging.pieces_of(document)


def _document(setting: Setting, company: Company, entry: model.Document, path: str) -> Document:
    direction, channel = Direction(entry.direction), Channel(entry.channel)
    created_at = _instant(setting, company, entry)
    issued = setting.day(entry.issued or entry.created)
    tax = entry.tax if entry.tax is not None else _tax(company, entry, issued)
    status = Status(entry.status or (Status.PROCESSED if direction is Direction.RECEIVED else Status.DELIVERED))
    never_left = status is Status.ON_HOLD or entry.error in failures.BEFORE_SENDING
    done = direction is Direction.RECEIVED or status is Status.DELIVERED
    document = Document(
        uuid=made_uuid(setting.scenario, path, entry.company, entry.number),
        company=company,
        direction=direction,
        kind=entry.kind,
        number=entry.number,
        reference=entry.reference,
        issue_date=issued,
        due_date=setting.day(entry.due) if entry.due else issued + DUE,
        currency=entry.currency or company.currency,
        net=entry.net,
        tax=tax,
        total=entry.net + tax,
        party=parties.keep(setting.db, _named(company, entry.party)),
        created_at=created_at,
        created_on=setting.day(entry.created),
        sent_at=None if never_left or direction is Direction.RECEIVED else created_at,
        delivered_at=created_at if done else None,
        status=status,
        channel=None if never_left else channel,
        origin=origin_of(direction, channel),
        product="autoinvoice",
        charged=0,
        pages=entry.pages,
        error=entry.error,
        preferences={},
        unpacked=True,
    )
    if done:
        document.unit, document.charged = unit_of(document), 1
    return document


def _join(setting: Setting, document: Document) -> None:
    """Join the two rows of a document that went between two companies here, when the other one is there already."""
    if document.channel != Channel.INTERNAL:
        return
    other = aliased(Company)
    query = (
        select(Document)
        .join(Party, Party.id == Document.party_id)
        .join(other, other.id == Document.company_id)
        .where(
            Document.channel == Channel.INTERNAL,
            Document.number == document.number,
            Document.direction != document.direction,
            Document.twin_id.is_(None),
            other.organisation_number == document.party.organisation_number,
            Party.organisation_number == document.company.organisation_number,
        )
    )
    twin = setting.db.scalar(query.order_by(Document.id))
    if twin is not None:
        document.twin_id, twin.twin_id = twin.id, document.id


def _instant(setting: Setting, company: Company, entry: model.Document) -> datetime:
    """Return when a document was created: at its time of day, but not after the instant at which the scenario is built."""
    zone, day = ZoneInfo(company.time_zone), setting.day(entry.created)
    begin = datetime.combine(day, time(0), zone).astimezone(UTC)
    return max(begin, min(datetime.combine(day, entry.at or AT, zone).astimezone(UTC), setting.db.clock.now()))


def _tax(company: Company, entry: model.Document, day: date) -> Decimal:
    return (entry.net * countries.vat_rate(company.country, day)).quantize(Decimal("0.01"))


def _named(company: Company, party: model.OtherSide) -> Named:
    country = party.country or company.country
    number = compact(party.organisation_number) if party.organisation_number else None
    address = (
        tuple(party.address.split(":", 1)) if party.address else parties.address_of(country, number) if number else None
    )
    return Named(
        name=party.name,
        country=country,
        organisation_number=number,
        scheme=address[0] if address else None,
        identifier=address[1] if address else None,
        email=party.email,
        street=party.street,
        postal_code=party.postal_code,
        city=party.city,
    )
