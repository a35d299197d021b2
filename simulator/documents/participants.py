"""ELMA, the register of those in Norway who receive e-invoices: getting into it and out of it.

Source: "Brukertips i Kundeservice", ELMA: a company leaves ELMA through the access point that registered
it, before another one can register it. ELMA as service providers use it: each addition and each removal
is one request to the SML, handled within about a minute. Own choice: handled at once, unless the
sandbox's queue is told otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.core import events, jobs, notices
from simulator.core.errors import Refused, Taken, Unknown
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company
from simulator.documents import access_points, organisation_numbers
from simulator.documents.document_types import BILLING, DocumentType
from simulator.documents.models import AccessPoint, Participant, Registration, State
from simulator.documents.organisation_numbers import ICD

COUNTRY = "NO"

events.declare(
    elma__registration_requested="A company asked to be registered in ELMA through AutoInvoice.",
    elma__removal_requested="A company asked AutoInvoice to remove it from ELMA.",
    elma__refused="A request was refused and ELMA stayed as it was.",
    elma__registered="A company is registered in ELMA and senders can find it.",
    elma__removed="A company is no longer registered in ELMA.",
)


@dataclass(frozen=True)
class Standing:
    """How a company stands in ELMA, for invoices and credit notes.

    Attributes:
        norwegian: whether ELMA is for this company at all.
        access_point: name of the access point that registered it; None when it is not registered.
        ours: whether that is AutoInvoice's own.
        state: where the registration stands; None when there is none.
        registered_at: since when; None when it is not registered.
    """

    norwegian: bool
    access_point: str | None = None
    ours: bool = False
    state: State | None = None
    registered_at: datetime | None = None

    @property
    def wanted(self) -> bool:
        """Whether the company stays registered through AutoInvoice once what is pending is through."""
        return self.ours and self.state != State.PENDING_REMOVE


@dataclass(frozen=True)
class Answer:
    """What came of asking for a change.

    Attributes:
        changed: whether a change is under way now; False when it stood like that already, or was refused.
        refusal: why not. It is returned, not raised, because it leaves a trace in the journal.
    """

    changed: bool
    refusal: Refused | None = None


def standing_of(db: Db, company: Company) -> Standing:
    """Return how a company stands in ELMA; the registration through AutoInvoice counts first."""
    rows = _registrations(db, company)
    if not rows:
        return Standing(norwegian=company.country == COUNTRY)
    row = next((row for row in rows if row.access_point.ours), rows[0])
    return Standing(
        norwegian=True,
        access_point=row.access_point.name,
        ours=row.access_point.ours,
        state=State(row.state),
        registered_at=row.registered_at,
    )


def register(db: Db, actor: Actor, company: Company) -> Answer:
    """Ask ELMA to list a company as receiving invoices and credit notes through AutoInvoice.

    Returns:
        A change, nothing new, or a refusal: ``documents.not_norwegian``, ``documents.bad_number`` or
        ``documents.owned_by_other``, which names the other access point.

    Source: "Brukertips i Kundeservice", ELMA. Own choice: a removal that is not through yet is taken back.
    """
    if standing_of(db, company).wanted:
        return Answer(changed=False)
    _record(db, "elma.registration_requested", company, actor)
    refusal = _cannot_stand_in_elma(company) or _owned_by_other(db, company)
    if refusal is not None:
        return _refused(db, actor, company, refusal)
    if not _registrations(db, company):
        enter(db, company.organisation_number, company.name, access_points.ours(db), company=company)
    _set(db, actor, company, State.PENDING_ADD)
    return Answer(changed=True)


def deregister(db: Db, actor: Actor, company: Company) -> Answer:
    """Ask ELMA to remove a company that is registered through AutoInvoice.

    The company stays registered until the removal is through; afterwards senders fall back to e-mail and
    post.

    Returns:
        A change, nothing new, or the refusal ``documents.owned_by_other``: only that access point can
        remove it.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*
    """
    standing = standing_of(db, company)
    if standing.state is None or standing.state == State.PENDING_REMOVE:
        return Answer(changed=False)
    _record(db, "elma.removal_requested", company, actor)
    refusal = _owned_by_other(db, company)
    if refusal is not None:
        return _refused(db, actor, company, refusal)
    _set(db, actor, company, State.PENDING_REMOVE)
    return Answer(changed=True)


def remove_elsewhere(db: Db, number: str) -> None:
    """Let another access point remove an organisation, as it does when its customer asks.

    Own choice: handled at once; AutoInvoice sees nothing of another access point's queue.

    Raises:
        Unknown: no other access point has registered it.
    """
    participant = find(db, number)
    others = [row for row in participant.registrations if not row.access_point.ours] if participant else []
    if participant is None or not others:
        raise Unknown("participant of another access point", number)
    name = others[0].access_point.name
    for row in others:
        participant.registrations.remove(row)
    _drop_when_empty(db, participant)
    events.record(db, "elma.removed", subject=number, company=participant.name, access_point=name)


def find(db: Db, number: str) -> Participant | None:
    """Return what stands in ELMA under an organisation number, or None."""
    return db.scalar(select(Participant).where(Participant.icd == ICD, Participant.identifier == number))


def enter(
    db: Db,
    number: str,
    name: str,
    access_point: AccessPoint,
    *,
    document_types: Sequence[DocumentType] = BILLING,
    company: Company | None = None,
    registered_at: datetime | None = None,
) -> Participant:
    """Write an organisation into ELMA as registered, for scenarios.

    Args:
        db: the transaction.
        number: its organisation number, digits only.
        name: its name in the register.
        access_point: through which it receives.
        document_types: what it receives.
        company: the company it is, when it is a customer here.
        registered_at: since when; now when None.

    Raises:
        Refused: ``documents.bad_number``.
        Taken: it receives one of these types already.
    """
    organisation_numbers.check(number)
    participant = find(db, number) or Participant(
        icd=ICD, identifier=number, organisation_number=number, name=name, company_id=None
    )
    taken = {row.document_type for row in participant.registrations} & {type_.code for type_ in document_types}
    if taken:
        raise Taken("registration", f"{ICD}:{number} {', '.join(sorted(taken))}")
    if company is not None:
        participant.company_id = company.id
    for type_ in document_types:
        participant.registrations.append(
            Registration(
                document_type=type_.code,
                access_point=access_point,
                registered_at=registered_at or db.clock.now(),
                state=State.ACTIVE,
                asked_by_id=None,
            )
        )
    db.add(participant)
    db.flush()
    return participant


@jobs.job("elma.propagate")
def propagate(db: Db, **data: Any) -> None:
    """Carry out what is pending for a participant: the SML adds or removes it.

    Tells whoever asked last, and the journal. What was asked for and taken back meanwhile is passed over.
    """
    participant = find(db, data["number"])
    pending = [row for row in participant.registrations if row.state != State.ACTIVE] if participant else []
    if participant is None or not pending:
        return
    removal = pending[0].state == State.PENDING_REMOVE
    asked_by_id, access_point = pending[0].asked_by_id, pending[0].access_point.name
    for row in pending:
        if removal:
            participant.registrations.remove(row)
        else:
            row.state = State.ACTIVE
    what = "elma.removed" if removal else "elma.registered"
    number, name = participant.identifier, participant.name
    if removal:
        _drop_when_empty(db, participant)
    events.record(db, what, subject=number, company=name, access_point=access_point)
    if asked_by_id is not None:
        notices.tell(db, asked_by_id, f"notice.{what}", link=f"/elma/?q={number}", company=name, number=number)


def _registrations(db: Db, company: Company) -> Sequence[Registration]:
    """Return a company's registrations for what AutoInvoice registers, in the order of entry."""
    if company.country != COUNTRY:
        return []
    query = (
        select(Registration)
        .join(Participant)
        .where(
            Participant.icd == ICD,
            Participant.identifier == company.organisation_number,
            Registration.document_type.in_([type_.code for type_ in BILLING]),
        )
        .options(joinedload(Registration.access_point), joinedload(Registration.participant))
        .order_by(Registration.id)
    )
    return db.scalars(query).all()


def _cannot_stand_in_elma(company: Company) -> Refused | None:
    number = company.organisation_number
    if company.country != COUNTRY:
        return Refused("documents.not_norwegian", company=company.name)
    if not organisation_numbers.is_right(number):
        return Refused("documents.bad_number", number=number)
    return None


def _owned_by_other(db: Db, company: Company) -> Refused | None:
    for row in _registrations(db, company):
        if not row.access_point.ours:
            return Refused(
                "documents.owned_by_other",
                field="registered",
                company=company.name,
                access_point=row.access_point.name,
            )
    return None


def _set(db: Db, actor: Actor, company: Company, state: State) -> None:
    """Give a company's registrations a pending state, and queue the request to the SML."""
    for row in _registrations(db, company):
        row.state, row.asked_by_id = state, actor.id
        row.participant.name, row.participant.company_id = company.name, company.id
    number = company.organisation_number
    jobs.enqueue(db, "elma.propagate", key=f"elma.propagate:{ICD}:{number}", number=number)


def _drop_when_empty(db: Db, participant: Participant) -> None:
    if not participant.registrations:
        db.delete(participant)


def _record(db: Db, type_: str, company: Company, actor: Actor, **data: Any) -> None:
    events.record(db, type_, actor=actor.email, subject=company.organisation_number, company=company.name, **data)


def _refused(db: Db, actor: Actor, company: Company, refusal: Refused) -> Answer:
    facts = {key: value for key, value in refusal.facts.items() if key == "access_point"}
    _record(db, "elma.refused", company, actor, reason=refusal.code, **facts)
    return Answer(changed=False, refusal=refusal)
