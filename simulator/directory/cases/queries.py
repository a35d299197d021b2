"""Queries of cases: lists and conversations, for the desk and for the customers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from simulator.core.normal_forms import folded
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory.cases.models import CaseEntry, CaseFile, CaseState, SupportCase
from simulator.directory.models import Person

NOBODY = "nobody"
"""The filter for cases that are assigned to nobody."""

UNFINISHED = (CaseState.NEW, CaseState.OPEN, CaseState.WAITING)


@dataclass(frozen=True)
class CaseFilters:
    """What a list of cases is limited to; an empty value limits nothing.

    Attributes:
        desk: code of a desk.
        states: the states.
        assigned: id of a member of the staff, as text, or ``nobody``.
        requester: the address of a requester.
        search: words of subject, name or address, or a number.
    """

    desk: str = ""
    states: Sequence[str] = ()
    assigned: str = ""
    requester: str = ""
    search: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions of a query of cases."""
        conditions: list[ColumnElement[bool]] = []
        if self.desk:
            conditions.append(SupportCase.desk == self.desk)
        if self.states:
            conditions.append(SupportCase.state.in_(self.states))
        if self.assigned:
            nobody = self.assigned == NOBODY
            assigned = SupportCase.assigned_id
            conditions.append(assigned.is_(None) if nobody else assigned == (whole_number(self.assigned) or 0))
        if self.requester:
            conditions.append(SupportCase.requester == self.requester)
        for word in folded(self.search).split():
            number = whole_number(word.strip("[#]"))
            text = SupportCase.search.contains(word, autoescape=True)
            conditions.append(text if number is None else or_(text, SupportCase.number == number))
        return conditions


def newest_first() -> Select[SupportCase]:
    """Return the query of cases, the last changed first, with the people that lists name."""
    people = (joinedload(SupportCase.assigned), joinedload(SupportCase.person))
    return select(SupportCase).options(*people).order_by(SupportCase.changed_at.desc(), SupportCase.number.desc())


def own(person: Person | None, guest: str | None) -> ColumnElement[bool] | None:
    """Return the condition for the cases of a visitor: those of the person and their address, and of the browser; or None."""
    conditions: list[ColumnElement[bool]] = []
    if person is not None:
        conditions += [SupportCase.person_id == person.id]
        conditions += [SupportCase.person_id.is_(None) & (SupportCase.requester == person.email)]
    if guest is not None:
        conditions.append(SupportCase.guest == guest)
    return or_(*conditions) if conditions else None


def own_case(db: Db, person: Person | None, guest: str | None, number: int) -> SupportCase | None:
    """Return a case if it is the visitor's."""
    condition = own(person, guest)
    return db.scalar(select(SupportCase).where(SupportCase.number == number, condition)) if condition is not None else None


def entries(db: Db, case: SupportCase, *, public_only: bool) -> Sequence[CaseEntry]:
    """Return the entries of a case, oldest first; those that the customer sees, or all for the staff."""
    query = select(CaseEntry).where(CaseEntry.number == case.number).order_by(CaseEntry.id)
    return db.scalars(query.where(CaseEntry.public.is_(True)) if public_only else query).all()


def file_of(db: Db, case: SupportCase, file_id: int, *, public_only: bool) -> CaseFile | None:
    """Return a file of a case; with ``public_only`` none that came with a note."""
    query = select(CaseFile).join(CaseEntry, CaseEntry.id == CaseFile.entry_id)
    query = query.where(CaseFile.id == file_id, CaseEntry.number == case.number)
    return db.scalar(query.where(CaseEntry.public.is_(True)) if public_only else query)


def staff(db: Db) -> Sequence[Person]:
    """Return the staff of the desks, by name."""
    return sorted(
        db.scalars(select(Person).where(Person.desk.is_(True))), key=lambda person: (folded(person.name), person.id)
    )
