"""Making known who receives: requests to the SML and to the Peppol Directory, which the queue carries out.

Source: ELMA as service providers use it: each participant that is added or deleted is one request to the SML and one to the Peppol
Directory, handled within about a minute; what fails is tried again; what is done is shown as completed and later disappears; the
Directory needs the entry in the SML first. Own choice: how long between attempts, and that the tenth is the last one made unasked.
A retry waits on the sandbox's clock also where the outside world takes no time, because it would fail at once again.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from datetime import datetime as Instant
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, validates

from simulator.core import events, faults, jobs, notices
from simulator.core.database import Base, OrganisationNumber, ParticipantIdentifier, among
from simulator.core.normal_forms import folded
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.documents.exchange import delays
from simulator.documents.model.models import AccessPoint, Participant, Registration, State
from simulator.documents.registers import schemes

PUBLISHED = (State.ACTIVE, State.PENDING_REMOVE)
"""What senders find: a registration that is being added is not in the SML yet, one that is being removed still is."""

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 10
VISIBLE_FOR = timedelta(hours=1)
"""How long a completed request is shown."""

events.declare(
    elma__registered="A company is registered in ELMA and senders can find it.",
    elma__removed="A company is no longer registered in ELMA.",
    sml__registered="An address that does not belong into ELMA is in the SML and senders can find it.",
    sml__removed="An address that does not belong into ELMA is no longer in the SML.",
    elma__request_failed="The SML or the Peppol Directory could not be reached for a participant; it is tried again.",
    elma__request_dropped="A request to the SML or the Peppol Directory was deleted before it was carried out.",
    directory__listed="The Peppol Directory lists a participant, or lists it anew.",
    directory__unlisted="The Peppol Directory lists a participant no longer.",
)
faults.declare(
    "sml.publish",
    "The SML is told to add or remove a participant.",
    down="It cannot be reached: the registration stays pending, the queue shows why, and it is tried again later.",
)
faults.declare(
    "directory.publish",
    "The Peppol Directory is told to list a participant or to forget it.",
    down="It cannot be reached: the Directory shows what it showed before, and it is tried again later.",
)


class Operation(StrEnum):
    """What is asked for."""

    ADD = "ADD"
    DELETE = "DELETE"


class Target(StrEnum):
    """Whom it is asked of."""

    SML = "SML"
    DIRECTORY = "DIRECTORY"


class RequestState(StrEnum):
    """The state of a request."""

    QUEUED = "QUEUED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class RegisterRequest(Base):
    """One request about an electronic address, of the access point that has it registered.

    ``message`` is the code of what went wrong last, or of how it ended otherwise than by being carried out; ``next_at`` is
    when it is tried again by itself.
    """

    __tablename__ = "register_request"
    __table_args__ = (Index("register_request_address", "scheme", "identifier", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(info=among(Operation))
    target: Mapped[str] = mapped_column(info=among(Target))
    scheme: Mapped[str]
    identifier: Mapped[str] = mapped_column(ParticipantIdentifier)
    organisation_number: Mapped[str | None] = mapped_column(OrganisationNumber)
    name: Mapped[str]
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_point.id"), index=True)
    state: Mapped[str] = mapped_column(info=among(RequestState))
    attempts: Mapped[int]
    message: Mapped[str | None]
    asked_at: Mapped[Instant]
    next_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    access_point: Mapped[AccessPoint] = relationship()

    @property
    def address(self) -> str:
        """The electronic address, ``0192:310000019``."""
        return f"{self.scheme}:{self.identifier}"


class DirectoryEntry(Base):
    """What the Peppol Directory shows of an address. It lags behind the registers, as the real one does."""

    __tablename__ = "directory_entry"
    __table_args__ = (UniqueConstraint("scheme", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    identifier: Mapped[str] = mapped_column(ParticipantIdentifier)
    organisation_number: Mapped[str | None] = mapped_column(OrganisationNumber)
    name: Mapped[str]
    folded_name: Mapped[str]
    country: Mapped[str]
    registered_on: Mapped[date]
    document_types: Mapped[list[str]]

    @validates("name")
    def _fold(self, _: str, name: str) -> str:
        self.folded_name = folded(name)
        return name


def ask(db: Db, participant: Participant, access_point: AccessPoint, operation: Operation) -> None:
    """Queue the two requests about a participant, in place of those that are not through yet."""
    take_back(db, participant, access_point)
    sml = _add(db, participant, access_point, operation, Target.SML)
    _add(db, participant, access_point, operation, Target.DIRECTORY)
    db.flush()
    _enqueue(db, sml, delays.of(db, delays.PUBLICATION))


def ask_directory(db: Db, participant: Participant, access_point: AccessPoint) -> None:
    """Queue what the Directory is to show anew; nothing when a request is waiting that will do that anyway."""
    if open_requests(db, participant, access_point):
        return
    request = _add(db, participant, access_point, Operation.ADD, Target.DIRECTORY)
    db.flush()
    _enqueue(db, request, delays.of(db, delays.PUBLICATION))


def take_back(db: Db, participant: Participant, access_point: AccessPoint) -> None:
    """End the requests about a participant that are not through yet: nobody wants them any more."""
    for request in open_requests(db, participant, access_point):
        _end(db, request, "taken_back")


def open_requests(
    db: Db, of: Participant | RegisterRequest, access_point: AccessPoint, target: Target | None = None
) -> Sequence[RegisterRequest]:
    """Return the requests about an address that are not through yet, in the order of asking."""
    scheme = of.icd if isinstance(of, Participant) else of.scheme
    query = select(RegisterRequest).where(
        RegisterRequest.scheme == scheme,
        RegisterRequest.identifier == of.identifier,
        RegisterRequest.access_point_id == access_point.id,
        RegisterRequest.state != RequestState.COMPLETED,
    )
    if target is not None:
        query = query.where(RegisterRequest.target == target)
    return db.scalars(query.order_by(RegisterRequest.id)).all()


def visible_requests(db: Db, target: Target, access_point: AccessPoint | None = None) -> Sequence[RegisterRequest]:
    """Return the requests of a queue, newest first: those not through yet, and the completed ones of the last hour.

    Source: ELMA as service providers use it, SML Queue and Peppol Directory Queue. Own choice: the hour.
    """
    query = select(RegisterRequest).where(
        RegisterRequest.target == target,
        or_(RegisterRequest.state != RequestState.COMPLETED, RegisterRequest.finished_at > db.clock.now() - VISIBLE_FOR),
    )
    if access_point is not None:
        query = query.where(RegisterRequest.access_point_id == access_point.id)
    return db.scalars(query.options(joinedload(RegisterRequest.access_point)).order_by(RegisterRequest.id.desc())).all()


def retry(db: Db, request: RegisterRequest) -> bool:
    """Try a failed request again at once; False when there is nothing to try."""
    if request.state != RequestState.FAILED:
        return False
    request.state, request.message, request.next_at = RequestState.QUEUED, None, None
    _enqueue(db, request, timedelta(0), by_hand=True)
    return True


def drop(db: Db, request: RegisterRequest) -> None:
    """Delete a request from its queue.

    Own choice: a request to the SML that is deleted takes its participant back to where it was: what was to be added is not
    registered, what was to be removed stays registered. Its request to the Directory goes with it.
    """
    if request.state == RequestState.COMPLETED:
        request.finished_at = None
        return
    events.record(
        db, "elma.request_dropped", subject=request.identifier, target=request.target, operation=request.operation,
        access_point=request.access_point.name,
    )  # fmt: skip
    ended = [request]
    if request.target == Target.SML:
        ended += open_requests(db, request, request.access_point, Target.DIRECTORY)
        participant = _participant(db, request)
        for row in _pending(participant, request):
            assert participant is not None
            if request.operation == Operation.ADD:
                participant.registrations.remove(row)
            else:
                row.state = State.ACTIVE
        drop_when_empty(db, participant)
    for ended_request in ended:
        _end(db, ended_request, "taken_back")
        ended_request.finished_at = None


def list_in_directory(db: Db, participant: Participant) -> DirectoryEntry:
    """Let the Directory show a participant as the registers have it now."""
    published = [row for row in participant.registrations if row.state in PUBLISHED]
    entry = _entry(db, participant.icd, participant.identifier) or DirectoryEntry(
        scheme=participant.icd, identifier=participant.identifier
    )
    entry.name, entry.country = participant.name, participant.country
    entry.organisation_number = participant.organisation_number
    entry.registered_on = min(row.registered_at for row in published).date()
    entry.document_types = [row.document_type for row in published]
    db.add(entry)
    return entry


def drop_from_directory(db: Db, participant: Participant) -> None:
    """Let the Directory no longer show a participant."""
    entry = _entry(db, participant.icd, participant.identifier)
    if entry is not None:
        db.delete(entry)


def drop_when_empty(db: Db, participant: Participant | None) -> None:
    """Forget a participant that has no registration left."""
    if participant is not None and not participant.registrations:
        db.delete(participant)


@jobs.job("elma.propagate")
def propagate(db: Db, **data: Any) -> None:
    """Let the SML add or remove a participant; then the Directory's turn comes.

    Notifies the last requester, and writes to the journal. A request that was taken back meanwhile is passed over.
    """
    request = _due(db, data)
    if request is None or _fails(db, request, "sml.publish"):
        return
    participant = _participant(db, request)
    pending = _pending(participant, request)
    if participant is not None and pending:
        _carry_out(db, participant, pending, request)
    _complete(db, request)
    for following in open_requests(db, request, request.access_point, Target.DIRECTORY):
        _enqueue(db, following, delays.of(db, delays.PUBLICATION))


@jobs.job("directory.publish")
def publish(db: Db, **data: Any) -> None:
    """Let the Peppol Directory list a participant, or forget it."""
    request = _due(db, data)
    if request is None or _fails(db, request, "directory.publish"):
        return
    participant = _participant(db, request)
    is_published = participant is not None and any(row.state in PUBLISHED for row in participant.registrations)
    if request.operation == Operation.ADD and not is_published:
        # Asked for by hand too early: it is asked for again when the SML has its part.
        _fail(db, request, "not_in_sml", again=False)
        return
    if participant is not None and is_published:
        list_in_directory(db, participant)
        events.record(db, "directory.listed", subject=request.identifier, name=participant.name)
    elif (entry := _entry(db, request.scheme, request.identifier)) is not None:
        db.delete(entry)
        events.record(db, "directory.unlisted", subject=request.identifier, name=entry.name)
    _complete(db, request)


def tell_change(db: Db, participant: Participant, row: Registration, removed: bool) -> None:
    """Write to the journal, and notify the requester, that an address is or is no longer registered through an access point."""
    register = "elma" if participant.icd == schemes.ELMA else "sml"
    what, number = f"{register}.{'removed' if removed else 'registered'}", participant.identifier
    events.record(db, what, subject=number, company=participant.name, access_point=row.access_point.name)
    if row.asked_by_id is not None:
        link = f"/elma/?q={number}" if register == "elma" else None
        notices.notify(
            db,
            row.asked_by_id,
            NoticeKind.REGISTRATION_CHANGED,
            text=f"notice.{what}",
            link=link,
            company=participant.name,
            number=number,
        )


def _carry_out(db: Db, participant: Participant, pending: Sequence[Registration], request: RegisterRequest) -> None:
    removed, first = request.operation == Operation.DELETE, pending[0]
    for row in pending:
        if removed:
            participant.registrations.remove(row)
        else:
            row.state = State.ACTIVE
    drop_when_empty(db, participant)
    tell_change(db, participant, first, removed)


def _pending(participant: Participant | None, request: RegisterRequest) -> list[Registration]:
    """Return what a request to the SML is about."""
    state = State.PENDING_ADD if request.operation == Operation.ADD else State.PENDING_REMOVE
    rows = participant.registrations if participant is not None else []
    return [row for row in rows if row.state == state and row.access_point_id == request.access_point_id]


def _add(
    db: Db, participant: Participant, access_point: AccessPoint, operation: Operation, target: Target
) -> RegisterRequest:
    request = RegisterRequest(
        operation=operation,
        target=target,
        scheme=participant.icd,
        identifier=participant.identifier,
        organisation_number=participant.organisation_number,
        name=participant.name,
        access_point=access_point,
        state=RequestState.QUEUED,
        attempts=0,
        message=None,
        asked_at=db.clock.now(),
        next_at=None,
        finished_at=None,
    )
    db.add(request)
    return request


def _enqueue(db: Db, request: RegisterRequest, delay: timedelta, *, by_hand: bool = False) -> None:
    """Queue an attempt; of two for the same one, that which comes first makes it."""
    kind = "elma.propagate" if request.target == Target.SML else "directory.publish"
    key = f"{kind}:{request.id}:{request.attempts}{':by hand' if by_hand else ''}"
    jobs.enqueue(db, kind, key=key, delay=delay, request=request.id, attempt=request.attempts)


def _due(db: Db, data: dict[str, Any]) -> RegisterRequest | None:
    """Return the request that a job is about, unless it is through, or has been tried since the job was queued."""
    request = db.get(RegisterRequest, data.get("request", 0))
    if request is None or request.state == RequestState.COMPLETED or request.attempts != data["attempt"]:
        return None
    request.attempts += 1
    return request


def _fails(db: Db, request: RegisterRequest, operation: str) -> bool:
    struck = faults.triggered_outcome(db, operation, company=request.organisation_number, address=request.address)
    if struck is not None:
        _fail(db, request, struck, again=True)
    return struck is not None


def _fail(db: Db, request: RegisterRequest, message: str, *, again: bool) -> None:
    request.state, request.message, request.next_at = RequestState.FAILED, message, None
    if again and request.attempts < MOST_ATTEMPTS:
        delay = min(FIRST_RETRY * 2 ** (request.attempts - 1), LONGEST_RETRY)
        request.next_at = db.clock.now() + delay
        _enqueue(db, request, delay)
    events.record(
        db, "elma.request_failed", subject=request.identifier, target=request.target, operation=request.operation,
        access_point=request.access_point.name, attempts=request.attempts, reason=message,
    )  # fmt: skip


def _complete(db: Db, request: RegisterRequest) -> None:
    _end(db, request, None)


def _end(db: Db, request: RegisterRequest, message: str | None) -> None:
    request.state, request.message, request.next_at = RequestState.COMPLETED, message, None
    request.finished_at = db.clock.now()


def _participant(db: Db, request: RegisterRequest) -> Participant | None:
    return db.scalar(
        select(Participant).where(Participant.icd == request.scheme, Participant.identifier == request.identifier)
    )


def _entry(db: Db, scheme: str, identifier: str) -> DirectoryEntry | None:
    return db.scalar(select(DirectoryEntry).where(DirectoryEntry.scheme == scheme, DirectoryEntry.identifier == identifier))
