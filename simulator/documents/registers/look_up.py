"""The public look-up in ELMA: who in Norway receives e-invoices, through which access point.

Source: "Brukertips i Kundeservice", *Hva er ELMA?*: everybody can search who is registered. Own choice:
by name or organisation number; what is shown of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.documents.model.models import AccessPoint, Participant, Registration
from simulator.documents.registers import organisation_numbers
from simulator.documents.registers.document_types import BY_CODE, DocumentType

MOST = 50
ZONE = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True)
class Entry:
    """What ELMA says of a participant at one access point; ``registered_on`` is the day in Norway."""

    name: str
    number: str
    icd: str
    registered_on: date
    access_point: str
    document_types: tuple[DocumentType, ...]


@dataclass(frozen=True)
class LookUpResult:
    """The answer to a look-up.

    Attributes:
        text: what was looked for, a number without what was passed over.
        by_number: whether it was read as an organisation number.
        entries: by name, number and access point.
        more: whether there are participants that are not shown.
    """

    text: str
    by_number: bool
    entries: tuple[Entry, ...]
    more: bool


def tidy(text: str) -> str:
    """Return what is looked for, with single blanks between its words and nothing that cannot be seen."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def look_up(db: Db, text: str) -> LookUpResult:
    """Look for a participant.

    A registration or removal that is under way makes no difference: who is being added is registered, who
    is being removed is registered until that is through.

    Args:
        db: a transaction that reads.
        text: an organisation number, blanks and all, or a part of a name in any case of letters.

    Returns:
        At most 50 participants.

    Raises:
        RuleViolation: ``documents.bad_number``, a number that cannot be one.
    """
    text = tidy(text)
    digits = organisation_numbers.typed(text)
    participants = (
        select(Participant.id)
        .where(Participant.icd == organisation_numbers.ICD)
        .order_by(func.sort_key(Participant.folded_name), Participant.identifier)
    )
    if digits is not None:
        organisation_numbers.check(digits)
        participants = participants.where(Participant.identifier == digits)
    else:
        participants = participants.where(Participant.folded_name.contains(folded(text), autoescape=True))
    ids = db.scalars(participants.limit(MOST + 1)).all()
    query = (
        select(Registration)
        .join(Registration.participant)
        .join(Registration.access_point)
        .where(Participant.id.in_(ids[:MOST]))
        .options(contains_eager(Registration.participant), contains_eager(Registration.access_point))
        .order_by(
            func.sort_key(Participant.folded_name),
            Participant.identifier,
            func.sort_key(AccessPoint.name),
            AccessPoint.id,
            Registration.id,
        )
    )
    entries = tuple(
        _entry(rows) for _, rows in groupby(db.scalars(query), lambda row: (row.participant_id, row.access_point_id))
    )
    return LookUpResult(digits or text, digits is not None, entries, len(ids) > MOST)


def _entry(rows: Iterable[Registration]) -> Entry:
    registrations = list(rows)
    participant, access_point = registrations[0].participant, registrations[0].access_point
    return Entry(
        name=participant.name,
        number=participant.identifier,
        icd=participant.icd,
        registered_on=min(row.registered_at for row in registrations).astimezone(ZONE).date(),
        access_point=access_point.name,
        document_types=tuple(BY_CODE[row.document_type] for row in registrations),
    )
