"""Cases as the control API shows and changes them."""

from sqlalchemy import select

from simulator.control import case_schemas as schemas
from simulator.core import desks, outbox
from simulator.core.clock import iso
from simulator.core.errors import BadInput, NotFound
from simulator.core.numbers import whole_number
from simulator.core.outbox import PersonalMail
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.cases import commands, queries
from simulator.directory.cases.models import CaseEntry, CaseState, SupportCase
from simulator.directory.cases.queries import CaseFilters
from simulator.directory.models import Person

PAGE = 200


def list_cases(db: Db, filters: CaseFilters, after: int) -> list[schemas.Case]:
    """Return cases by number, without their entries."""
    query = select(SupportCase).where(SupportCase.number > after, *filters.conditions()).order_by(SupportCase.number)
    return [_described(case) for case in db.scalars(query.limit(PAGE))]


def show(db: Db, number: str) -> schemas.CaseWithEntries:
    """Return a case with all of its entries, notes too.

    Raises:
        NotFound: there is no case of that number.
    """
    case = case_of(db, number)
    return {**_described(case), "entries": [_entry(entry) for entry in queries.entries(db, case, public_only=False)]}


def open_by_mail(db: Db, requester: str, desk: str, subject: str, text: str) -> schemas.Case:
    """Mail a desk as somebody, and return the case that the mail is in."""
    person = people.by_email(db, requester)
    message = outbox.write(
        db,
        PersonalMail(
            sender=requester,
            sender_name=person.name if person is not None else requester,
            to=desks.BY_CODE[desk].address,
            subject=subject,
            text=text,
            language=person.language if person is not None else db.head.language,
        ),
    )
    number = db.scalars(select(CaseEntry.number).where(CaseEntry.message_id == message.id)).one()
    return _described(db.get_one(SupportCase, number))


def change(
    db: Db, number: str, *, state: str | None, assigned: str | None, desk: str | None, by: str | None, version: int | None
) -> schemas.Case:
    """Set what is not None; ``assigned`` is an address of the staff, or ``nobody``.

    Raises:
        BadInput: an address is nobody's at the desks.
        RuleViolation: those of the commands.
    """
    case = case_of(db, number)
    staff = staff_of(db, case, by)
    commands.check_version(case, version)
    if desk is not None:
        commands.move(db, case, staff, desks.BY_CODE[desk], version=None)
    if assigned is not None:
        person = None if assigned == queries.NOBODY else _staff(db, "assigned", assigned)
        commands.assign(db, case, staff, person, version=None)
    if state is not None:
        commands.set_state(db, case, staff, CaseState(state), version=None)
    return _described(case)


def case_of(db: Db, number: str) -> SupportCase:
    """Return the case of a number in an address.

    Raises:
        NotFound: there is none.
    """
    id_ = whole_number(number)
    case = db.get(SupportCase, id_) if id_ is not None else None
    if case is None:
        raise NotFound("case", number)
    return case


def staff_of(db: Db, case: SupportCase, by: str | None) -> Person:
    """Return who acts: the named member of the staff, or the one who has the case, or the first one.

    Raises:
        BadInput: the address is nobody's at the desks, or nobody works there.
    """
    if by is not None:
        return _staff(db, "by", by)
    person = case.assigned or next(iter(queries.staff(db)), None)
    if person is None:
        raise BadInput([("by", "nobody works at the desks of this sandbox")])
    return person


def _staff(db: Db, field: str, email: str) -> Person:
    person = people.by_email(db, email)
    if person is None or not person.desk:
        raise BadInput([(field, f"{email} does not work at the desks")])
    return person


def _described(case: SupportCase) -> schemas.Case:
    return {
        "number": case.number,
        "desk": case.desk,
        "channel": case.channel,
        "state": case.state,
        "chat": case.chat,
        "topic": case.topic,
        "subject": case.subject,
        "requester": case.requester,
        "customer": case.customer.number if case.customer is not None else None,
        "assigned": case.assigned.email if case.assigned is not None else None,
        "language": case.language,
        "version": case.version,
        "created_at": iso(case.created_at),
        "changed_at": iso(case.changed_at),
    }


def _entry(entry: CaseEntry) -> schemas.CaseEntry:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "public": entry.public,
        "author": entry.author,
        "at": iso(entry.at),
        "text": entry.text,
        "event": entry.event,
        "data": entry.data,
        "message": entry.message_id,
    }
