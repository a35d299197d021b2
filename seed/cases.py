"""Cases that the vendor's desks have already when a sandbox is created."""

from collections.abc import Sequence
from datetime import time

from sqlalchemy import update

from simulator.core.desks import BY_CODE
from simulator.core.errors import BadInput
from simulator.directory import people
from simulator.directory.cases import commands
from simulator.directory.cases.models import CaseChannel, CaseEntry, CaseState, EntryKind
from simulator.directory.models import Customer

from .model import Case
from .setting import Setting

WRITTEN_AT = time(8, 30)
"""Own choice: the time of day at which customers wrote."""


def write_cases(setting: Setting, cases: Sequence[Case]) -> None:
    """Write cases, oldest first as they stand; nothing is mailed.

    Raises:
        BadInput: the case is assigned to somebody who does not work at the desks.
    """
    db = setting.db
    for at, entry in enumerate(cases):
        person = people.by_email(db, entry.requester)
        customers = people.customers_of(db, person.id) if person is not None else []
        assigned = people.by_email(db, entry.assigned) if entry.assigned is not None else None
        if entry.assigned is not None and (assigned is None or not assigned.desk):
            raise BadInput([(f"cases.{at}.assigned", f"expected an address of the desks' staff, found {entry.assigned!r}")])
        case = commands.open_case(
            db,
            desk=BY_CODE[entry.desk],
            channel=CaseChannel.MAIL,
            subject=entry.subject,
            text=entry.text,
            requester=entry.requester,
            requester_name=person.name if person is not None else entry.requester,
            language=person.language if person is not None else db.head.language,
            person=person,
            customer=db.get(Customer, customers[0]) if len(customers) == 1 else None,
            confirm=False,
        )
        if entry.answer is not None:
            author = assigned.name if assigned is not None else ""
            email = assigned.email if assigned is not None else None
            commands.add_entry(db, case, EntryKind.STAFF, entry.answer, author=email, author_name=author)
        written_at = min(setting.instant(entry.written, WRITTEN_AT), db.clock.now())
        case.assigned, case.state = assigned, CaseState(entry.state)
        case.created_at = case.changed_at = written_at
        db.flush()
        db.execute(update(CaseEntry).where(CaseEntry.number == case.number).values(at=written_at))
