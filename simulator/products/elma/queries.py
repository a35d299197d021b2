"""Reads for the operators of access points and their programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.documents.model.models import AccessPoint, Participant, Registration, State
from simulator.documents.registers import access_points
from simulator.documents.registers.document_types import BY_CODE, DocumentType
from simulator.documents.registers.look_up import ZONE
from simulator.documents.registers.processes import Profile, profile_of
from simulator.web.listing import Listing, PageRequest

EVENTS = (
    "elma.registration_requested",
    "elma.removal_requested",
    "elma.refused",
    "elma.registered",
    "elma.removed",
    "elma.request_failed",
    "elma.request_dropped",
    "sml.registered",
    "sml.removed",
    "directory.listed",
    "directory.unlisted",
)
"""What ELMA's own list of events shows of the journal."""


@dataclass(frozen=True)
class Row:
    """A participant as one access point has registered it."""

    id: int
    name: str
    scheme: str
    identifier: str
    country: str
    registered_on: date
    document_types: tuple[DocumentType, ...]
    profile: Profile
    state: State

    @property
    def address(self) -> str:
        """Scheme and identifier, ``0192:310000019``."""
        return f"{self.scheme}:{self.identifier}"


@dataclass(frozen=True)
class Happened:
    """A line of the list of events."""

    at: datetime
    type: str
    subject: str
    access_point: str | None


def chosen(db: Db, key: str | None) -> AccessPoint | None:
    """Return the access point whose operator the visitor plays: by key, else the first of somebody else.

    Returns:
        None when there is none of that key, or none at all.
    """
    everyone = access_points.all_of(db)
    if key:
        return next((one for one in everyone if one.key == key), None)
    return everyone[0] if everyone else None


def participants(db: Db, access_point: AccessPoint, asked: PageRequest) -> Listing[Row]:
    """Return a page of what an access point has registered, by name and address."""
    mine = Participant.registrations.any(Registration.access_point_id == access_point.id)
    total = db.scalar(select(func.count()).select_from(Participant).where(mine)) or 0
    pages = max(1, -(-total // asked.size))
    page = min(max(asked.page, 1), pages)
    query = (
        select(Participant)
        .where(mine)
        .options(selectinload(Participant.registrations))
        .order_by(Participant.folded_name, Participant.icd, Participant.identifier)
        .offset((page - 1) * asked.size)
        .limit(asked.size)
    )
    rows = [row_of(one, access_point) for one in db.scalars(query)]
    return Listing(rows, total, page, pages, asked)


def row_of(participant: Participant, access_point: AccessPoint) -> Row:
    """Return a participant as an access point has it; it must have registered something for it."""
    own = [row for row in participant.registrations if row.access_point_id == access_point.id]
    return Row(
        id=participant.id,
        name=participant.name,
        scheme=participant.icd,
        identifier=participant.identifier,
        country=participant.country,
        registered_on=min(row.registered_at for row in own).astimezone(ZONE).date(),
        document_types=tuple(BY_CODE[row.document_type] for row in own),
        profile=profile_of(row.document_type for row in own),
        state=State(own[0].state),
    )


def participant_of(db: Db, participant_id: int, access_point: AccessPoint) -> Participant | None:
    """Return a participant that an access point has registered, or None."""
    found = db.get(Participant, participant_id)
    if found is None or all(row.access_point_id != access_point.id for row in found.registrations):
        return None
    return found


def counts(db: Db) -> Mapping[int, int]:
    """Return how many participants each access point has registered."""
    query = select(Registration.access_point_id, func.count(Registration.participant_id.distinct()))
    return {id_: number for id_, number in db.execute(query.group_by(Registration.access_point_id))}


def happened(db: Db, asked: PageRequest) -> Listing[Happened]:
    """Return a page of events, newest first."""
    where = Event.type.in_(EVENTS)
    total = db.scalar(select(func.count()).select_from(Event).where(where)) or 0
    pages = max(1, -(-total // asked.size))
    page = min(max(asked.page, 1), pages)
    query = select(Event).where(where).order_by(Event.id.desc()).offset((page - 1) * asked.size).limit(asked.size)
    rows: Sequence[Happened] = [
        Happened(line.at, line.type, line.subject or "", line.data.get("access_point")) for line in db.scalars(query)
    ]
    return Listing(rows, total, page, pages, asked)
