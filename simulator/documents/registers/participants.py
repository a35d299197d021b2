"""Who receives e-invoices through which access point: getting into the registers and out of them.

Source: "Brukertips i Kundeservice", ELMA: a company leaves ELMA through the access point that registered
it, before another one can register it. ELMA as service providers use it: each addition and each removal
is one request to the SML, handled within about a minute. Addresses of scheme 0192 are in ELMA; those of
other schemes are in the SML only. AutoInvoice, identity check: a company receives nothing before. Own choice: the older scheme 9908
of Norway is left out; AutoInvoice's access point registers no company here that is not verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.core import events
from simulator.core.errors import AlreadyExists, Forbidden, NotFound, RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import AccessPoint, Participant, Registration, State
from simulator.documents.registers import access_points, organisation_numbers, publication, schemes
from simulator.documents.registers.document_types import BILLING, DocumentType
from simulator.documents.registers.organisation_numbers import ICD
from simulator.documents.registers.publication import Operation

COUNTRY = "NO"

events.declare(
    elma__registration_requested="A company asked to be registered in ELMA through AutoInvoice.",
    elma__removal_requested="A company asked AutoInvoice to remove it from ELMA.",
    elma__refused="A request was refused and ELMA stayed as it was.",
)

CONFLICTS = {
    "documents.owned_by_other": "profile_eia_conflict",
    "documents.served_elsewhere": "profile_eia_conflict",
    "documents.registered_already": "profile_name_conflict",
    "documents.not_yours": "profile_deletion_not_allowed",
    "documents.bad_number": "profile_eia_bid_conflict",
    "documents.unfit_address": "profile_eia_bid_conflict",
}
"""What AutoInvoice's interface for programs calls a refusal. Source: its codes of receiving profiles."""


@dataclass(frozen=True)
class RegistrationState:
    """The registration of a company in ELMA, for invoices and credit notes.

    Attributes:
        norwegian: whether ELMA is for this company at all.
        access_point: name of the access point that registered it; None when it is not registered.
        ours: whether that is AutoInvoice's own.
        state: the state of the registration; None when there is none.
        registered_at: since when; None when it is not registered.
    """

    norwegian: bool
    access_point: str | None = None
    ours: bool = False
    state: State | None = None
    registered_at: datetime | None = None

    @property
    def stays_registered(self) -> bool:
        """Whether the company stays registered through AutoInvoice once what is pending is through."""
        return self.ours and self.state != State.PENDING_REMOVE


@dataclass(frozen=True)
class Answer:
    """The outcome of a request for a change.

    Attributes:
        changed: whether a change is pending now; False when nothing had to change, or it was refused.
        refusal: why not. It is returned, not raised, because it leaves a trace in the journal.
    """

    changed: bool
    refusal: RuleViolation | None = None

    @property
    def conflict(self) -> str | None:
        """The code by which AutoInvoice's interface for programs says why nothing changed; None when it has none."""
        if self.refusal is not None:
            return CONFLICTS.get(self.refusal.code)
        return None if self.changed else CONFLICTS["documents.registered_already"]


def registration_state(db: Db, company: Company) -> RegistrationState:
    """Return the registration of a company in ELMA; the registration through AutoInvoice counts first."""
    rows = _registrations(db, company)
    if not rows:
        return RegistrationState(norwegian=company.country == COUNTRY)
    row = next((row for row in rows if row.access_point.ours), rows[0])
    return RegistrationState(
        norwegian=True,
        access_point=row.access_point.name,
        ours=row.access_point.ours,
        state=State(row.state),
        registered_at=row.registered_at,
    )


def register(db: Db, actor: Actor, company: Company) -> Answer:
    """Ask ELMA to list a company as receiving invoices and credit notes through AutoInvoice.

    Returns:
        A change, nothing new, or a refusal: ``documents.not_norwegian``, ``documents.bad_number``,
        ``documents.owned_by_other``, which names the other access point, or ``documents.not_verified``.

    Source: "Brukertips i Kundeservice", ELMA. Own choice: a removal that is not through yet is taken back,
    at once, because the SML knows nothing of it.
    """
    if registration_state(db, company).stays_registered:
        return Answer(changed=False)
    _record(db, "elma.registration_requested", company, actor)
    refusal = _cannot_stand_in_elma(company) or _owned_by_other(db, company) or _not_verified(db, company)
    if refusal is not None:
        return _refused(db, actor, company, refusal)
    rows = _registrations(db, company)
    if rows:
        _stay(db, actor, rows)
    else:
        add(
            db,
            access_points.ours(db),
            company.organisation_number,
            company.name,
            company=company,
            asked_by_id=actor.id,
        )
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
    registration = registration_state(db, company)
    if registration.state is None or registration.state == State.PENDING_REMOVE:
        return Answer(changed=False)
    _record(db, "elma.removal_requested", company, actor)
    refusal = _owned_by_other(db, company)
    if refusal is not None:
        return _refused(db, actor, company, refusal)
    rows = _registrations(db, company)
    _leave(db, rows[0].participant, rows, actor.id)
    return Answer(changed=True)


def remove_elsewhere(db: Db, number: str) -> None:
    """Let another access point remove an organisation, as it does when its customer asks.

    Own choice: handled at once; AutoInvoice sees nothing of another access point's queue.

    Raises:
        NotFound: no other access point has registered it.
    """
    participant = find(db, number)
    others = [row for row in participant.registrations if not row.access_point.ours] if participant else []
    if participant is None or not others:
        raise NotFound("participant of another access point", number)
    name = others[0].access_point.name
    for row in others:
        participant.registrations.remove(row)
    publication.drop_when_empty(db, participant)
    publication.ask_directory(db, participant, others[0].access_point)
    events.record(db, "elma.removed", subject=number, company=participant.name, access_point=name)


def find(db: Db, number: str, scheme: str = ICD) -> Participant | None:
    """Return what is registered under an electronic address, or None; in ELMA that is an organisation number."""
    return db.scalar(select(Participant).where(Participant.icd == scheme, Participant.identifier == number))


def of_organisation(db: Db, country: str, organisation_number: str) -> Sequence[Participant]:
    """Return every address of an organisation, in the order of entry."""
    query = select(Participant).where(Participant.country == country, Participant.organisation_number == organisation_number)
    return db.scalars(query.order_by(Participant.id)).all()


def enter(
    db: Db,
    number: str,
    name: str,
    access_point: AccessPoint,
    *,
    scheme: str = ICD,
    country: str | None = None,
    organisation_number: str | None = None,
    document_types: Sequence[DocumentType] = BILLING,
    company: Company | None = None,
    registered_at: datetime | None = None,
) -> Participant:
    """Write an address into the registers as registered, in the SML and listed, for scenarios.

    Args:
        db: the transaction.
        number: its identifier; in ELMA the organisation number, digits only.
        name: the organisation's name in the register.
        access_point: through which it receives.
        scheme: of the address; 0192 is ELMA's.
        country: the organisation's; that of the scheme when None, and Norway when that has none.
        organisation_number: the organisation's; what the address says when None.
        document_types: what it receives.
        company: the company it is, when it is a customer here.
        registered_at: since when; now when None.

    Raises:
        RuleViolation: ``documents.bad_number`` or ``documents.unfit_address``.
        AlreadyExists: it receives one of these types already.
    """
    participant = _participant(db, scheme, number, name, country, organisation_number)
    taken = {row.document_type for row in participant.registrations} & {type_.code for type_ in document_types}
    if taken:
        raise AlreadyExists("registration", f"{scheme}:{number} {', '.join(sorted(taken))}")
    if company is not None:
        participant.company_id = company.id
    since = registered_at or db.clock.now()
    _append(participant, access_point, document_types, State.ACTIVE, since, None)
    db.add(participant)
    db.flush()
    publication.list_in_directory(db, participant)
    return participant


def add(
    db: Db,
    access_point: AccessPoint,
    identifier: str,
    name: str,
    *,
    scheme: str = ICD,
    country: str | None = None,
    organisation_number: str | None = None,
    document_types: Sequence[DocumentType] = BILLING,
    company: Company | None = None,
    asked_by_id: int | None = None,
) -> Participant:
    """Let an access point register an address; it is found once the SML has it.

    Raises:
        RuleViolation: ``documents.bad_number`` or ``documents.unfit_address``; ``documents.served_elsewhere``, which names the
            access point that has registered it for one of these types; ``documents.registered_already`` when that is the same one;
            ``documents.not_verified``, a company here that AutoInvoice's access point may not register yet.

    Source: "Brukertips i Kundeservice", ELMA: another access point has to remove it first. ELMA as service providers use it.
    """
    participant = _participant(db, scheme, identifier, name, country, organisation_number)
    type_codes = {type_.code for type_ in document_types}
    for row in participant.registrations:
        if row.document_type in type_codes:
            if row.access_point_id == access_point.id:
                raise RuleViolation("documents.registered_already", field="number", number=identifier)
            raise RuleViolation(
                "documents.served_elsewhere", field="number", company=participant.name, access_point=row.access_point.name
            )
    _check_verified(db, access_point, participant)
    participant.name = name
    if company is not None:
        participant.company_id = company.id
    _append(participant, access_point, document_types, State.PENDING_ADD, db.clock.now(), asked_by_id)
    db.add(participant)
    db.flush()
    publication.ask(db, participant, access_point, Operation.ADD)
    return participant


def change(
    db: Db, access_point: AccessPoint, participant: Participant, name: str, document_types: Sequence[DocumentType]
) -> None:
    """Let an access point change what it has registered: the name, and what is received through it.

    Own choice: it shows at once wherever the address is asked for, because the SML keeps neither; the Directory is updated.

    Raises:
        Forbidden: ``documents.not_yours``.
        RuleViolation: ``documents.served_elsewhere``.
    """
    own = registered_by(participant, access_point)
    type_codes = {type_.code: type_ for type_ in document_types}
    for row in participant.registrations:
        if row.document_type in type_codes and row not in own:
            raise RuleViolation(
                "documents.served_elsewhere", field="number", company=participant.name, access_point=row.access_point.name
            )
    state, since, asked_by_id = State(own[0].state), own[0].registered_at, own[0].asked_by_id
    participant.name = name
    for row in own:
        if row.document_type not in type_codes:
            participant.registrations.remove(row)
    registered_types = {row.document_type for row in own}
    fresh = [type_ for type_ in document_types if type_.code not in registered_types]
    _append(participant, access_point, fresh, state, since, asked_by_id)
    db.flush()
    publication.ask_directory(db, participant, access_point)


def remove(db: Db, access_point: AccessPoint, participant: Participant, asked_by_id: int | None = None) -> bool:
    """Let an access point remove what it has registered; it is found until the SML has forgotten it.

    Returns:
        Whether a change is under way now that was not before.

    Raises:
        Forbidden: ``documents.not_yours``.

    Source: ELMA, questions and answers: only the access point that registered a receiver can remove it.
    """
    own = registered_by(participant, access_point)
    if all(row.state == State.PENDING_REMOVE for row in own):
        return False
    _leave(db, participant, own, asked_by_id)
    return True


def registered_by(participant: Participant, access_point: AccessPoint) -> list[Registration]:
    """Return what an access point has registered for an address.

    Raises:
        Forbidden: ``documents.not_yours``: that is nothing.
    """
    own = [row for row in participant.registrations if row.access_point_id == access_point.id]
    if not own:
        names = ", ".join(dict.fromkeys(row.access_point.name for row in participant.registrations))
        raise Forbidden("documents.not_yours", number=participant.identifier, access_point=names)
    return own


def _participant(
    db: Db, scheme: str, identifier: str, name: str, country: str | None, organisation_number: str | None
) -> Participant:
    """Return what is registered under an address, or begin it.

    Raises:
        RuleViolation: ``documents.bad_number`` or ``documents.unfit_address``.
    """
    schemes.check(scheme, identifier)
    scheme_rules = schemes.SCHEMES.get(scheme)
    if organisation_number is None and scheme_rules is not None and scheme_rules.of_organisation:
        organisation_number = identifier
    return find(db, identifier, scheme) or Participant(
        icd=scheme,
        identifier=identifier,
        country=country or (scheme_rules.country if scheme_rules is not None else None) or COUNTRY,
        organisation_number=organisation_number,
        name=name,
        company_id=None,
    )


def _append(
    participant: Participant,
    access_point: AccessPoint,
    document_types: Sequence[DocumentType],
    state: State,
    since: datetime,
    asked_by_id: int | None,
) -> None:
    for type_ in document_types:
        participant.registrations.append(
            Registration(
                document_type=type_.code,
                access_point=access_point,
                access_point_id=access_point.id,
                registered_at=since,
                state=state,
                asked_by_id=asked_by_id,
            )
        )


def _stay(db: Db, actor: Actor, rows: Sequence[Registration]) -> None:
    """Take a removal back that is not through yet."""
    participant = rows[0].participant
    publication.take_back(db, participant, rows[0].access_point)
    for row in rows:
        row.state, row.asked_by_id = State.ACTIVE, actor.id
    publication.tell_change(db, participant, rows[0], removed=False)


def _leave(db: Db, participant: Participant, rows: Sequence[Registration], asked_by_id: int | None) -> None:
    """Begin the removal of registrations of one access point; one that senders never found ends at once."""
    access_point = rows[0].access_point
    for row in rows:
        row.asked_by_id = asked_by_id
    if all(row.state == State.PENDING_ADD for row in rows):
        publication.take_back(db, participant, access_point)
        for row in rows:
            participant.registrations.remove(row)
        publication.drop_when_empty(db, participant)
        publication.tell_change(db, participant, rows[0], removed=True)
        return
    for row in rows:
        row.state = State.PENDING_REMOVE
    publication.ask(db, participant, access_point, Operation.DELETE)


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


def _cannot_stand_in_elma(company: Company) -> RuleViolation | None:
    number = company.organisation_number
    if company.country != COUNTRY:
        return RuleViolation("documents.not_norwegian", company=company.name)
    if not organisation_numbers.is_right(number):
        return RuleViolation("documents.bad_number", number=number)
    return None


def _owned_by_other(db: Db, company: Company) -> RuleViolation | None:
    for row in _registrations(db, company):
        if not row.access_point.ours:
            return RuleViolation(
                "documents.owned_by_other",
                field="registered",
                company=company.name,
                access_point=row.access_point.name,
            )
    return None


def _not_verified(db: Db, company: Company) -> RuleViolation | None:
    verified = accounts.of(db, company).verified
    return None if verified else RuleViolation("documents.not_verified", field="registered")


def _check_verified(db: Db, access_point: AccessPoint, participant: Participant) -> None:
    """Check that AutoInvoice's access point registers no company here whose identity was not checked.

    Raises:
        RuleViolation: ``documents.not_verified``.
    """
    number = participant.organisation_number
    company = accounts.by_number(db, participant.country, number) if access_point.ours and number is not None else None
    if company is not None and not accounts.of(db, company).verified:
        raise RuleViolation("documents.not_verified", field="number")


def _record(db: Db, type_: str, company: Company, actor: Actor, **data: Any) -> None:
    events.record(db, type_, actor=actor.email, subject=company.organisation_number, company=company.name, **data)


def _refused(db: Db, actor: Actor, company: Company, refusal: RuleViolation) -> Answer:
    facts = {key: value for key, value in refusal.facts.items() if key == "access_point"}
    _record(db, "elma.refused", company, actor, reason=refusal.code, **facts)
    return Answer(changed=False, refusal=refusal)
