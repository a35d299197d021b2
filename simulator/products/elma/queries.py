"""Queries for the pages of access points' operators and for their API."""

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
"""The types of journal entries in ELMA's own list of events."""


@dataclass(frozen=True)
class ParticipantRow:
    """A participant with the registrations of one access point."""

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
class EventRow:
    """A line of the list of events."""

    at: datetime
    type: str
    subject: str
    access_point: str | None


def access_point_of(db: Db, key: str | None) -> AccessPoint | None:
    """Return the access point of a key; without a key the first one.

    Returns:
        None when no access point has that key, or there is none at all.
    """
    candidates = access_points.all_of(db)
    if key:
        return next((access_point for access_point in candidates if access_point.key == key), None)
    return candidates[0] if candidates else None


def participants(db: Db, access_point: AccessPoint, page_request: PageRequest) -> Listing[ParticipantRow]:
    """Return a page of the participants that an access point has registered, by name and address."""
    registered_here = Participant.registrations.any(Registration.access_point_id == access_point.id)
    total = db.scalar(select(func.count()).select_from(Participant).where(registered_here)) or 0
    page = page_request.nearest(total)
    query = (
        select(Participant)
        .where(registered_here)
        .options(selectinload(Participant.registrations))
        .order_by(func.sort_key(Participant.folded_name), Participant.icd, Participant.identifier)
        .offset(page.start)
        .limit(page.size)
    )
    rows = [row_of(participant, access_point) for participant in db.scalars(query)]
    return Listing(rows, total, page.number, page.count, page_request)


def row_of(participant: Participant, access_point: AccessPoint) -> ParticipantRow:
    """Return a participant with an access point's registrations of it; there must be at least one."""
    own = [row for row in participant.registrations if row.access_point_id == access_point.id]
    return ParticipantRow(
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
    """Return a participant if the access point has registered it; None otherwise."""
    participant = db.get(Participant, participant_id)
    if participant is None or all(row.access_point_id != access_point.id for row in participant.registrations):
        return None
    return participant


def counts(db: Db) -> Mapping[int, int]:
    """Return the number of participants of each access point, by its id."""
    query = select(Registration.access_point_id, func.count(Registration.participant_id.distinct()))
    return {id_: number for id_, number in db.execute(query.group_by(Registration.access_point_id))}


def events(db: Db, page_request: PageRequest) -> Listing[EventRow]:
    """Return a page of events, newest first."""
    where = Event.type.in_(EVENTS)
    total = db.scalar(select(func.count()).select_from(Event).where(where)) or 0
    page = page_request.nearest(total)
    query = select(Event).where(where).order_by(Event.id.desc()).offset(page.start).limit(page.size)
    rows: Sequence[EventRow] = [
        EventRow(event.at, event.type, event.subject or "", event.data.get("access_point")) for event in db.scalars(query)
    ]
    return Listing(rows, total, page.number, page.count, page_request)
