"""Queries for the pages of the support desk. Support staff see every person of the sandbox; other visitors see nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from simulator.core import outbox
from simulator.core.collation import sort_key
from simulator.core.events import Event
from simulator.core.normal_forms import folded
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import code_right_form, emergency_codes, people, two_step
from simulator.directory.actors import Actor
from simulator.directory.cases import queries as cases
from simulator.directory.cases.models import CaseEntry, CaseState, EntryKind, SupportCase
from simulator.directory.cases.queries import CaseFilters
from simulator.directory.code_right_form import CodeRightForm
from simulator.directory.models import Customer, EmergencyCode, Membership, Person, Status
from simulator.directory.roles import SUPPORT_DESK
from simulator.web.conversations import ConversationLine, conversation
from simulator.web.listing import Listing, PageRequest, page_of
from simulator.web.product import Waiting

LONGEST_SEARCH = 200
MAX_MAILS = 10

GRANTED = "emergency_code.right_granted"
TAKEN_AWAY = "emergency_code.right_taken_away"

FAILED = "sign_in.failed"

HISTORY = (
    "user.activated",
    "user.activation_resent",
    "user.locked",
    "user.deactivated",
    "user.reactivated",
    "password.changed",
    "support.activation_sent",
    "support.reset_sent",
    "two_step.enabled",
    "two_step.disabled",
    FAILED,
    "emergency_code.generated",
    "emergency_code.issued",
    "emergency_code.used",
    "emergency_code.refused",
    GRANTED,
)
"""Types of the events in a person's history; the text key of each is ``support.event.<type>``."""

MAX_HISTORY_LINES = 20


_NEW = select(func.count(SupportCase.number)).where(SupportCase.state == CaseState.NEW)


def waiting(db: Db, actor: Actor) -> list[Waiting]:
    """Return how many requests are new."""
    return [Waiting("support.waiting.requests", db.rows(_NEW).scalar_one(), "support.requests", {"state": "new"})]


UNFINISHED = "unfinished"
"""The filter for all states in which somebody still has something to do."""
ALL = "all"


def states(choice: str) -> Sequence[str]:
    """Return the states that a choice of the list's filter stands for; none for all."""
    return () if choice == ALL else cases.UNFINISHED if choice == UNFINISHED else (choice,)


@dataclass(frozen=True)
class CaseRow:
    """One line of the list of cases."""

    case: SupportCase
    sender_id: int | None


def list_cases(db: Db, filters: CaseFilters, page_request: PageRequest) -> Listing[CaseRow]:
    """Return a page of cases, the last changed first; each with the account that has the requester's address."""
    conditions = filters.conditions()
    total = db.scalar(select(func.count(SupportCase.number)).where(*conditions)) or 0
    page = page_request.nearest(total)
    matches = db.scalars(cases.newest_first().where(*conditions).limit(page.size).offset(page.start)).all()
    addresses = select(Person.email, Person.id).where(Person.email.in_([case.requester for case in matches]))
    senders: dict[str, int] = {email: id_ for email, id_ in db.execute(addresses)}
    rows = [CaseRow(case, case.person_id or senders.get(case.requester)) for case in matches]
    return Listing(rows, total, page.number, page.count, page_request)


@dataclass(frozen=True)
class CasePage:
    """What the page of one case shows.

    Attributes:
        case: the case.
        lines: the conversation, with notes and changes.
        sender: the requester's account, or the one that has the address; None when there is none.
        form: the attached form for the right to generate codes, and the mail that it came with; or None.
        staff: the people to whom the case can be assigned.
        others: further cases of the same requester, the last changed first.
    """

    case: SupportCase
    lines: list[ConversationLine]
    sender: Person | None
    form: CodeRightForm | None
    form_sender: str | None
    staff: Sequence[Person]
    others: Sequence[SupportCase]


MAX_OTHERS = 10


def case(db: Db, number: int) -> SupportCase | None:
    """Return a case."""
    people_of_case = (joinedload(SupportCase.person), joinedload(SupportCase.customer), joinedload(SupportCase.assigned))
    return db.get(SupportCase, number, options=people_of_case)


def case_page(db: Db, case: SupportCase) -> CasePage:
    """Return the data of a case's page."""
    form, sender = attached_to(db, case)
    others = cases.newest_first().where(SupportCase.requester == case.requester, SupportCase.number != case.number)
    return CasePage(
        case,
        conversation(db, case, public_only=False, file_endpoint="support.case_file"),
        case.person or people.by_email(db, case.requester),
        form,
        sender,
        cases.staff(db),
        db.scalars(others.limit(MAX_OTHERS)).all(),
    )


def attached_to(db: Db, case: SupportCase) -> tuple[CodeRightForm | None, str | None]:
    """Return the newest attached form for the right to generate codes that a case has, with the address that sent it."""
    mails = (
        select(Message)
        .join(CaseEntry, CaseEntry.message_id == Message.id)
        .where(CaseEntry.number == case.number, CaseEntry.kind == EntryKind.CUSTOMER)
    )
    for message in db.scalars(mails.order_by(Message.id.desc())):
        form = attached_form(message)
        if form is not None:
            return form, message.sender
    return None, None


def case_of_message(db: Db, message_id: int) -> int | None:
    """Return the number of the case that a mail to a desk belongs to, or None."""
    return db.scalar(select(CaseEntry.number).where(CaseEntry.message_id == message_id).order_by(CaseEntry.id).limit(1))


def attached_form(message: Message) -> CodeRightForm | None:
    """Read the first attachment that is a form for the right to generate codes."""
    small = (file for file in message.attachments if file.size <= code_right_form.LONGEST)
    return next((form for file in small if (form := code_right_form.read(file.content)) is not None), None)


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people."""

    id: int
    name: str
    email: str
    status: Status


def find_people(db: Db, search: str, page_request: PageRequest) -> Listing[PersonRow]:
    """Return a page of the sandbox's people whose name or address contains the search term, by name and then id.

    Names are compared here and not in the database, because SQLite folds the case of A to Z only.
    """
    term = folded(search[:LONGEST_SEARCH])
    columns = select(Person.id, Person.first_name, Person.last_name, Person.email)
    named = [(folded(f"{first} {last}"), id_, email) for id_, first, last, email in db.rows(columns)]
    matches = [(sort_key(name), id_) for name, id_, email in named if term in name or term in email]
    ids = page_of([id_ for _, id_ in sorted(matches)], page_request)
    query = select(Person).options(joinedload(Person.lock)).where(Person.id.in_(ids.rows))
    persons = {person.id: person for person in db.scalars(query)}
    now = db.clock.now()
    rows = [PersonRow(id_, persons[id_].name, persons[id_].email, persons[id_].status_at(now)) for id_ in ids.rows]
    return Listing(rows, ids.total, ids.page, ids.pages, page_request)


def visible_at_the_desk(db: Db, actor: Actor, person_id: int) -> Person | None:
    """Return a person if the actor works at the support desk, or None."""
    return db.get(Person, person_id) if actor.holds([SUPPORT_DESK]) else None


@dataclass(frozen=True)
class HistoryLine:
    """One line of a person's history; ``type`` is the last part of a text key, ``actor`` an e-mail address."""

    at: datetime
    type: str
    actor: str | None
    detail: str


@dataclass(frozen=True)
class PersonPage:
    """What the page of one person shows.

    Attributes:
        person: the person.
        status: the account's status now.
        locked_until: until when the address is locked, or None.
        two_step: state of two-step verification.
        required_by: customer whose policy requires two-step verification, or None.
        code_until: until when an unused generated emergency code works; None when there is none, or it does not expire.
        customers: names of the customers at which the person is listed.
        domains: e-mail domains for whose users the person may generate codes.
        mails: the newest mails to the person.
        history: events of the account, newest first.
    """

    person: Person
    status: Status
    locked_until: datetime | None
    two_step: two_step.State
    required_by: str | None
    code_until: datetime | None
    customers: list[str]
    domains: list[str]
    mails: list[Message]
    history: list[HistoryLine]


def person_page(db: Db, person: Person) -> PersonPage:
    """Return the data of a person's page."""
    now = db.clock.now()
    customers = (
        select(Customer.name)
        .join(Membership, Membership.customer_id == Customer.id)
        .where(Membership.person_id == person.id)
        .order_by(func.sort_key(Customer.name), Customer.id)
    )
    code = db.get(EmergencyCode, person.id)
    return PersonPage(
        person,
        person.status_at(now),
        person.lock.until if person.lock is not None and person.lock.until > now else None,
        two_step.state(db, person),
        two_step.required_by(db, person),
        code.expires_at if code is not None and code.expires_at is not None and code.expires_at > now else None,
        list(db.scalars(customers)),
        emergency_codes.domains_of(db, person),
        list(outbox.newest_first(db, to=person.email, kind="mail", limit=MAX_MAILS)),
        _history(db, person),
    )


def _history(db: Db, person: Person) -> list[HistoryLine]:
    query = (
        select(Event)
        .where(Event.subject == person.email, Event.type.in_(HISTORY))
        .order_by(Event.id.desc())
        .limit(MAX_HISTORY_LINES)
    )
    return [
        HistoryLine(line.at, _event_text(line), line.actor, _detail(line))
        for line in db.scalars(query.limit(MAX_HISTORY_LINES))
    ]


def _event_text(line: Event) -> str:
    """Return the last part of an event's text key: a right for no domain was taken away, a sign-in failed for a reason."""
    if line.type == FAILED:
        return f"{FAILED}_{line.data['reason']}"
    return TAKEN_AWAY if line.type == GRANTED and not line.data.get("domains") else line.type


def _detail(line: Event) -> str:
    """Return the detail of an event: the domains of a right, the domain of a code; empty for other types."""
    domains = line.data.get("domains")
    return ", ".join(domains) if isinstance(domains, list) else str(line.data.get("domain", ""))
