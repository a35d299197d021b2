"""Recorded consumption: stored by company, product, unit and day, and made documents when documents are first read.

Own choice, all of it. What a document says follows from its company, unit, day and number, not from random numbers nor from when it
is unpacked; so every sandbox of a scenario has the same documents. Unpacked documents existed when the sandbox was created: none is
dated later.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, insert, select

from simulator.billing import countries, units
from simulator.billing.units import Counts
from simulator.core import progress
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.charging import PAGE
from simulator.documents.model.models import (
    UNPACKED_IDS,
    Channel,
    Direction,
    Document,
    Origin,
    Party,
    Status,
    SyntheticDocuments,
)
from simulator.documents.model.parties import Named, digest_of, row_of
from simulator.documents.synthetic import partners

CHANNEL_OF_UNIT = {
    "INTERNAL": Channel.INTERNAL,
    "EINVOICE": Channel.PEPPOL,
    "FINVOICE": Channel.OPERATOR,
    "EMAIL": Channel.EMAIL,
    "PRINT_PRIORITY": Channel.PRINT,
    "PRINT_EU": Channel.PRINT,
    "INCOMING_EINVOICE": Channel.PEPPOL,
    "SCAN_PDF": Channel.SCAN,
    "SCAN_GOLD": Channel.SCAN,
}
"""The channel of the documents that were charged as a unit."""

RECEIVED = frozenset({"INCOMING_EINVOICE", "SCAN_PDF", "SCAN_GOLD"})
BY_NETWORK = frozenset({"INTERNAL", "EINVOICE", "INCOMING_EINVOICE"})
"""Units of documents whose other side is in the registers; that of the others is not, so that recorded and new ones go alike."""
CREDIT_NOTES = 6
"""Of 256 documents."""
SHORT, LONG = timedelta(days=14), timedelta(days=30)
_OPENS, _HOURS = time(8), 9 * 3600
_SECTIONS = (Status.PROCESSED,) * 5 + (Status.DOWNLOADED,) * 2 + (Status.NEW,)

_PENDING_BATCHES = (
    select(
        SyntheticDocuments.product,
        SyntheticDocuments.unit,
        SyntheticDocuments.day,
        SyntheticDocuments.quantity,
        SyntheticDocuments.pages,
    )
    .where(SyntheticDocuments.company_id == bindparam("company"))
    .order_by(SyntheticDocuments.day, SyntheticDocuments.id)
)


class ConsumptionKey(NamedTuple):
    """The key of a company's recorded consumption: ``product`` is the service whose licence was charged."""

    product: str
    unit: str
    day: date


class ConsumptionEntry(NamedTuple):
    """The documents of one company, product, unit and day, and how many pages of theirs were charged beside them."""

    key: ConsumptionKey
    quantity: int
    pages: int = 0


def is_document(unit: str) -> bool:
    """Return whether a piece of a unit is a document, which can be recorded here."""
    return unit in CHANNEL_OF_UNIT and units.unit_of(unit).counts == Counts.DOCUMENTS


def record_consumption(db: Db, company: Company, product: str, unit: str, day: date, quantity: int, pages: int = 0) -> None:
    """Record that a company had documents of a unit on a day.

    Args:
        db: the transaction.
        company: the company.
        product: the service whose licence was charged.
        unit: what each was charged as; one whose pieces are documents.
        day: the day on which they were created.
        quantity: how many documents.
        pages: how many pages of theirs were charged beside them.
    """
    record_all_consumption(db, company, [ConsumptionEntry(ConsumptionKey(product, unit, day), quantity, pages)])


def record_all_consumption(db: Db, company: Company, entries: Sequence[ConsumptionEntry]) -> None:
    """Record many entries; one that exists for a product, unit and day grows. Pages without letters are dropped."""
    query = select(SyntheticDocuments).where(SyntheticDocuments.company_id == company.id)
    stored = {ConsumptionKey(row.product, row.unit, row.day): row for row in db.scalars(query)}
    new: dict[ConsumptionKey, list[int]] = {}
    for entry in entries:
        if entry.key in stored:
            stored[entry.key].quantity += entry.quantity
            stored[entry.key].pages += entry.pages
        else:
            sums = new.setdefault(entry.key, [0, 0])
            sums[0] += entry.quantity
            sums[1] += entry.pages
    db.flush()
    rows = [
        {"company_id": company.id, **key._asdict(), "quantity": quantity, "pages": pages}
        for key, (quantity, pages) in new.items()
        if quantity
    ]
    if rows:
        db.connection().execute(insert(SyntheticDocuments.__table__), rows)  # type: ignore[arg-type]


@contextmanager
def reading_documents(sandbox: Sandbox, *company_ids: int) -> Iterator[Db]:
    """Open a transaction that reads documents of companies; their recorded consumption is unpacked before.

    Args:
        sandbox: the sandbox.
        company_ids: the companies whose documents may be counted and listed.
    """
    while True:
        with sandbox.reading() as db:
            recorded = [id_ for id_ in company_ids if not lists.is_unpacked(db, id_)]
            if not recorded:
                yield db
                return
        for company_id in recorded:
            unpack(sandbox, company_id)


@contextmanager
def changing_documents(sandbox: Sandbox, *company_ids: int) -> Iterator[Db]:
    """Open a transaction that changes documents of companies; their recorded consumption is unpacked in it first."""
    with sandbox.transaction() as db:
        for company_id in company_ids:
            _unpack_within(db, company_id)
        yield db


def unpack(sandbox: Sandbox, company_id: int) -> None:
    """Make single documents of a company's recorded consumption; nothing happens when there is none."""
    with sandbox.reading() as db:
        if lists.is_unpacked(db, company_id):
            return
    with sandbox.transaction() as db:
        _unpack_within(db, company_id)


def unpack_all(sandbox: Sandbox) -> None:
    """Make single documents of all recorded consumption."""
    with sandbox.reading() as db:
        companies = list(
            db.scalars(select(SyntheticDocuments.company_id).distinct().order_by(SyntheticDocuments.company_id))
        )
    for company_id in companies:
        unpack(sandbox, company_id)
        progress.step()


def unpack_as_in(sandbox: Sandbox, earlier: Sandbox) -> None:
    """Unpack in a copy of an earlier state what has been unpacked since, so that both have the same documents.

    Args:
        sandbox: the present state.
        earlier: the copy.
    """
    with sandbox.reading() as now, earlier.reading() as before:
        recorded = select(SyntheticDocuments.company_id).distinct().order_by(SyntheticDocuments.company_id)
        still = set(now.scalars(recorded))
        companies = [company for company in before.scalars(recorded) if company not in still]
    for company_id in companies:
        unpack(earlier, company_id)


def _unpack_within(db: Db, company_id: int) -> None:
    """Do as ``unpack`` in a transaction that writes; a second call finds no recorded consumption."""
    db.flush()
    batches = db.execute(_PENDING_BATCHES, {"company": company_id}).all()
    if not batches:
        return
    company = db.get_one(Company, company_id)
    parties = _parties(db, company)
    others = {unit: [parties[other] for other in _others(company, unit)] for unit in CHANNEL_OF_UNIT}
    existing = _existing(db, company)
    rows: list[tuple[Any, ...]] = []
    for batch in batches:
        before = existing.get((batch.product, batch.day), 0)
        rows += _documents(company, batch, before, db.record.born_at, others[batch.unit])
    rows.sort(key=itemgetter(_CREATED, _UUID))
    db.connection().exec_driver_sql(_INSERT, [(id_, *row) for id_, row in enumerate(rows, _first_id(db, company_id))])
    db.execute(delete(SyntheticDocuments).where(SyntheticDocuments.company_id == company_id))


def _first_id(db: Db, company_id: int) -> int:
    """Return the next of the ids that are set aside for a company's unpacked documents."""
    begin = company_id * UNPACKED_IDS
    query = select(func.max(Document.id)).where(Document.id.between(begin, begin + UNPACKED_IDS - 1))
    return (db.scalar(query) or begin) + 1


def _existing(db: Db, company: Company) -> dict[tuple[str, date], int]:
    """Return how many documents are unpacked, by product and day: later ones are numbered after them.

    Units are not distinguished, because a document that is resent by another route has another unit afterwards.
    """
    query = (
        select(Document.product, Document.created_on, func.count())
        .where(Document.company_id == company.id, Document.unpacked)
        .group_by(Document.product, Document.created_on)
    )
    return {(product, day): quantity for product, day, quantity in db.execute(query)}


@cache
def _possible_parties(country: str) -> dict[str, Named]:
    """Return the other sides that companies of a country may have had, by digest."""
    return {digest_of(named): named for named in (*partners.of_country(country), *partners.abroad(country))}


def _parties(db: Db, company: Company) -> dict[Named, int]:
    """Return the ids of the other sides that a company may have had; missing ones are inserted."""
    possible = _possible_parties(company.country)
    query = select(Party.digest, Party.id).where(Party.digest.in_(possible))
    ids: dict[str, int] = dict(db.execute(query).all())
    missing = [row_of(named) for digest, named in possible.items() if digest not in ids]
    if missing:
        db.connection().execute(insert(Party.__table__), missing)  # type: ignore[arg-type]
        ids = dict(db.execute(query).all())
    return {named: ids[digest] for digest, named in possible.items()}


def _documents(
    company: Company, batch: Any, before: int, born_at: datetime, parties: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one company, unit and day, with the columns of ``_COLUMNS``."""
    begin, seconds = _hours(company, batch.day, born_at)
    # Bare of their zone, as they are stored: it is UTC.
    latest = max(born_at, begin).astimezone(UTC).replace(tzinfo=None)
    begin = begin.replace(tzinfo=None)
    direction = Direction.RECEIVED if batch.unit in RECEIVED else Direction.SENT
    channel = CHANNEL_OF_UNIT[batch.unit]
    received = direction is Direction.RECEIVED
    latest_issue = max(born_at.astimezone(ZoneInfo(company.time_zone)).date(), batch.day)
    posted = channel is Channel.PRINT
    each, rest = divmod(batch.pages, batch.quantity)
    per_mille = _tax_of(company, batch.day)
    serial = list(CHANNEL_OF_UNIT).index(batch.unit) + len(CHANNEL_OF_UNIT) * sum(map(ord, batch.product))
    prefix = f"{batch.day:%y%j}{serial % 100:02}"
    key = company.key or str(company.id)
    fixed = (
        company.id,
        direction.value,
        company.currency,
        batch.day.isoformat(),
        channel.value,
        origin_of(direction, channel).value,
        batch.product,
        batch.unit,
    )
    start = f"{key}|{batch.product}|{batch.unit}|{batch.day}|"
    for n in range(before, before + batch.quantity):
        drawn = hashlib.sha256(f"{start}{n}".encode()).digest()
        created_at = begin + timedelta(seconds=int.from_bytes(drawn[16:20], "big") % seconds)
        delivered_at = created_at if received else min(created_at + _takes(drawn[31], posted=posted), latest)
        issued = min(_issued(batch.day, drawn[20], drawn[21]), latest_issue)
        net = int.from_bytes(drawn[22:25], "big") % 1_800_000 + 9_500
        tax = (net * per_mille + 500) // 1000
        created = created_at.isoformat(" ", "microseconds")
        delivered = created if received else delivered_at.isoformat(" ", "microseconds")
        yield (
            *fixed,
            _uuid(drawn),
            "credit_note" if drawn[25] < CREDIT_NOTES else "invoice",
            str(100_000 + int.from_bytes(drawn[26:29], "big") % 900_000) if received else f"{prefix}{n + 1:03}",
            issued.isoformat(),
            (issued + (LONG if drawn[29] % 2 else SHORT)).isoformat(),
            net * 100,
            tax * 100,
            (net + tax) * 100,
            parties[drawn[30] % len(parties)],
            created,
            None if received else created,
            delivered,
            (_SECTIONS[drawn[31] % len(_SECTIONS)] if received else Status.DELIVERED).value,
            1 + each + (n - before < rest),
        )


_COLUMNS = (
    *("company_id", "direction", "currency", "created_on", "channel", "origin", "product", "unit"),
    *("uuid", "kind", "number", "issue_date", "due_date", "net", "tax", "total", "party_id"),
    *("created_at", "sent_at", "delivered_at", "status", "pages"),
)
_CREATED, _UUID = _COLUMNS.index("created_at"), _COLUMNS.index("uuid")
_INSERT = (
    f"INSERT INTO document (id, {', '.join(_COLUMNS)}, charged, revision, wishes, scam, unpacked) "
    f"VALUES (?, {', '.join('?' * len(_COLUMNS))}, 1, 1, '{{}}', 0, 1)"
)
"""Plain SQL with values as they are stored: a page waits for a thousand rows."""


def _uuid(drawn: bytes) -> str:
    """Return a name of RFC 9562, version 4, of sixteen bytes."""
    word = drawn[:16].hex()
    return f"{word[:8]}-{word[8:12]}-4{word[13:16]}-{'89ab'[drawn[8] % 4]}{word[17:20]}-{word[20:]}"


def _hours(company: Company, day: date, born_at: datetime) -> tuple[datetime, int]:
    """Return when documents of a day were created, in the company's time zone: from when on, and for how many seconds.

    Those of the day on which the sandbox was created are dated before that instant, however early it was.
    """
    zone = ZoneInfo(company.time_zone)
    begin = datetime.combine(day, _OPENS, zone).astimezone(UTC)
    if begin + timedelta(seconds=_HOURS) <= born_at:
        return begin, _HOURS
    begin = datetime.combine(day, time(0), zone).astimezone(UTC)
    return begin, max(1, min(int((born_at - begin).total_seconds()), 17 * 3600))


def _issued(day: date, much: int, how_far: int) -> date:
    """Return a date of issue: mostly the day of creation or shortly before, sometimes in the month before or after.

    Source: "Verbruik Visma.net AutoInvoice opvragen", consumption is settled on the day of creation, so the date on a document
    does not decide.
    """
    if much < 16:
        return day.replace(day=1) - timedelta(days=1 + how_far % 20)
    if much < 32:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) + timedelta(days=how_far % 12)
    return day - timedelta(days=how_far % 3)


def _takes(drawn: int, *, posted: bool) -> timedelta:
    return timedelta(hours=20 + drawn % 20) if posted else timedelta(seconds=12 + drawn % 60)


def _others(company: Company, unit: str) -> tuple[Named, ...]:
    if unit == "PRINT_EU":
        return partners.abroad(company.country)
    if unit == "FINVOICE":
        return partners.of_country("FI")
    if unit in BY_NETWORK:
        return partners.electronic(company.country)
    return partners.on_paper(company.country)


def origin_of(direction: Direction, channel: Channel) -> Origin:
    """Return the origin of a document that comes from a scenario."""
    if direction is Direction.SENT:
        return Origin.UPLOAD
    return Origin(channel) if channel in (Channel.INTERNAL, Channel.SCAN) else Origin.EXTERNAL


def _tax_of(company: Company, day: date) -> int:
    """Return how many thousandths tax is; none in a country whose tax is unknown."""
    try:
        return int(countries.vat_rate(company.country, day) * 1000)
    except RuleViolation:
        return 0


__all__ = [
    "PAGE",
    "ConsumptionEntry",
    "ConsumptionKey",
    "changing_documents",
    "is_document",
    "origin_of",
    "reading_documents",
    "record_all_consumption",
    "record_consumption",
    "unpack",
    "unpack_all",
]
