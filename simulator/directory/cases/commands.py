"""Commands of cases: what customers and the staff of the desks do with them.

Own choice: all of it, as the usual support systems do it. A case has a number that mails carry in their subject; what a customer
writes reopens it; what the staff writes is mailed, except in a chat, which both ends read on a page; notes stay among the staff.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from simulator.core import desks, events, normal_forms, outbox
from simulator.core.database import single_line
from simulator.core.desks import Desk
from simulator.core.errors import RuleViolation
from simulator.core.normal_forms import is_control
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import support
from simulator.directory.cases.models import (
    FIRST_NUMBER,
    CaseChannel,
    CaseEntry,
    CaseFile,
    CaseState,
    ChatState,
    EntryKind,
    SupportCase,
)
from simulator.directory.models import Customer, Person

LONGEST_TEXT = 5_000
"""Characters of what is written on a page of a case; a mail may be longer."""
LONGEST_CHAT_TEXT = 2_000
LONGEST_SUBJECT = 200
CHAT_SUBJECT = 60
"""Characters of a chat's first line that become the subject of its case."""

CASES_PER_HOUR = 20
CASES_OF_GUESTS_PER_HOUR = 200
ENTRIES_PER_MINUTE = 60
"""Own choice: bounds of what customers write on pages, by the sandbox's clock."""

ANSWER = "case_answer"
RECEIVED = "case_received"
TRANSCRIPT = "case_transcript"
MAILS = (ANSWER, RECEIVED, TRANSCRIPT)
"""Names of the mails that cases send; they begin no case themselves."""

events.declare(
    case__opened="A customer's mail, form or chat became a case of one of the vendor's desks.",
    case__replied="A customer wrote in a case.",
    case__answered="A member of the staff answered in a case.",
    case__noted="A member of the staff wrote an internal note.",
    case__assigned="A case was assigned to a member of the staff, or to nobody.",
    case__state_changed="The state of a case changed.",
    case__moved="A case was moved to another desk.",
    case__chat_picked_up="A member of the staff picked a chat up.",
    case__chat_ended="A chat ended; its transcript is the case's.",
)


Files = Sequence[tuple[str, str, bytes]]
"""What was attached on a page: name, media type that the browser declared, content."""


class CaseChanged(RuleViolation):
    """Somebody else changed the case since its page was opened."""

    status = 409


class CaseOver(RuleViolation):
    """The case is closed, or its chat has ended, so that nothing more can be written there."""

    status = 409


class TooMany(RuleViolation):
    """More was written than a customer may write in a time."""

    status = 429


def open_case(
    db: Db,
    *,
    desk: Desk,
    channel: CaseChannel,
    subject: str,
    text: str,
    requester: str,
    requester_name: str,
    language: str,
    phone: str | None = None,
    person: Person | None = None,
    customer: Customer | None = None,
    guest: str | None = None,
    topic: str | None = None,
    message: Message | None = None,
    confirm: bool = True,
    files: Files = (),
) -> SupportCase:
    """Open a case, and confirm it to the requester by mail; a chat is confirmed when it ends.

    Args:
        db: the transaction.
        desk: the desk that gets it.
        channel: how it came.
        subject: one line; of a chat, its first message.
        text: the first entry.
        requester: the address for answers.
        requester_name: the name to address.
        language: the requester's language.
        phone: the requester's telephone number.
        person: the requester's account, if that is certain.
        customer: the customer that it is about, if that is certain.
        guest: identifies the browser of a requester who is not signed in.
        topic: code of the topic that was chosen on the form.
        message: the mail that it came by.
        confirm: whether the requester gets a confirmation; mail of the platform gets none.
        files: what was attached on the page.

    Raises:
        TooMany: ``case.too_many``; never for mail.
    """
    requester = normal_forms.email(requester)
    if channel is not CaseChannel.MAIL:
        _check_rate_of_cases(db, requester, guest)
    number = max(db.scalar(select(func.max(SupportCase.number))) or 0, FIRST_NUMBER - 1) + 1
    now = db.clock.now()
    subject = single_line(subject).strip()[:LONGEST_SUBJECT] or f"#{number}"
    name = single_line(requester_name).strip() or requester
    case = SupportCase(
        number=number,
        desk=desk.code,
        channel=channel,
        state=CaseState.NEW,
        topic=topic,
        subject=subject,
        requester=requester,
        requester_name=name,
        requester_phone=phone or None,
        person_id=person.id if person is not None else None,
        customer_id=customer.id if customer is not None else None,
        guest=guest,
        language=language,
        chat=ChatState.QUEUED if channel is CaseChannel.CHAT else None,
        version=1,
        created_at=now,
        changed_at=now,
        changed_by=name,
        search=normal_forms.folded(f"{subject} {name} {requester}"),
    )
    db.add(case)
    db.flush()
    add_entry(db, case, EntryKind.CUSTOMER, text, author=requester, author_name=name, message=message, files=files)
    events.record(db, "case.opened", actor=requester, subject=str(number), desk=desk.code, channel=channel.value)
    if confirm and channel is not CaseChannel.CHAT and (message is None or message.name == outbox.WRITTEN):
        _mail(db, case, RECEIVED)
    return case


def reply(
    db: Db,
    case: SupportCase,
    text: str,
    *,
    author: str,
    author_name: str,
    message: Message | None = None,
    files: Files = (),
) -> None:
    """Add what the customer wrote. It reopens a case that waits for the customer or is solved; a mail reopens a closed one too.

    Raises:
        CaseOver: ``case.closed``, when it was written on a page.
        TooMany: ``case.too_many_entries``, when it was written on a page.
    """
    if message is None:
        if case.state == CaseState.CLOSED:
            raise CaseOver("case.closed", field="text", number=case.number)
        _check_rate_of_entries(db, case)
    who = {"author": author, "author_name": author_name}
    add_entry(db, case, EntryKind.CUSTOMER, text, message=message, files=files, **who)
    events.record(db, "case.replied", actor=author, subject=str(case.number))
    if case.state not in (CaseState.NEW, CaseState.OPEN):
        _change_state(db, case, CaseState.OPEN, author, author_name)
    if not case.is_chatting:
        touch(db, case, author_name)


def say(db: Db, case: SupportCase, text: str, *, author: str, author_name: str, files: Files = ()) -> None:
    """Add what the customer wrote in a chat.

    Raises:
        CaseOver: ``case.chat_ended`` or ``case.closed``.
        TooMany: ``case.too_many_entries``.
    """
    if not case.is_chatting and case.state != CaseState.CLOSED:
        raise CaseOver("case.chat_ended", field="text", number=case.number)
    reply(db, case, text, author=author, author_name=author_name, files=files)


def answer(
    db: Db,
    case: SupportCase,
    staff: Person,
    text: str,
    *,
    version: int | None,
    solve: bool = False,
    files: Files = (),
) -> None:
    """Answer the customer: by mail, or in the chat while it goes on.

    Args:
        db: the transaction.
        case: the case.
        staff: the member of the staff, who gets the case when nobody has it.
        text: plain text.
        version: the version of the page that it was written on; None checks nothing.
        solve: the case is solved by it; otherwise it waits for the customer then.
        files: what was attached; the mail has it too.

    Raises:
        CaseOver: ``case.closed_for_staff``.
        CaseChanged: ``case.changed_meanwhile``; never in a chat.
    """
    if case.state == CaseState.CLOSED:
        raise CaseOver("case.closed_for_staff", field="text", number=case.number)
    if case.is_chatting:
        pick_up(db, case, staff)
        add_entry(db, case, EntryKind.STAFF, text, author=staff.email, author_name=staff.name, files=files)
    else:
        check_version(case, version)
        if case.assigned_id is None:
            _assign(db, case, staff, staff)
        mail = _mail(db, case, ANSWER, text=plain(text), staff=staff.name, files=files)
        who = {"author": staff.email, "author_name": staff.name}
        add_entry(db, case, EntryKind.STAFF, text, message=mail, files=files, **who)
        _change_state(db, case, CaseState.SOLVED if solve else CaseState.WAITING, staff.email, staff.name)
        touch(db, case, staff.name)
    events.record(db, "case.answered", actor=staff.email, subject=str(case.number))


def answer_by_mail(db: Db, case: SupportCase, message: Message) -> None:
    """Add what was mailed from a desk's own address to the requester."""
    name = message.sender_name
    add_entry(db, case, EntryKind.STAFF, message.text, author=message.sender, author_name=name, message=message)
    events.record(db, "case.answered", actor=message.sender, subject=str(case.number))
    _change_state(db, case, CaseState.WAITING, message.sender, name)
    touch(db, case, name)


def note(db: Db, case: SupportCase, staff: Person, text: str, files: Files = ()) -> None:
    """Write an internal note, which is never mailed and which no customer sees."""
    add_entry(db, case, EntryKind.NOTE, text, author=staff.email, author_name=staff.name, files=files)
    events.record(db, "case.noted", actor=staff.email, subject=str(case.number))
    touch(db, case, staff.name)


def assign(db: Db, case: SupportCase, staff: Person, assigned: Person | None, *, version: int | None) -> None:
    """Assign a case to a member of the staff, or to nobody.

    Raises:
        RuleViolation: ``case.not_staff``.
        CaseChanged: ``case.changed_meanwhile``.
    """
    check_version(case, version)
    if assigned is not None and not assigned.desk:
        raise RuleViolation("case.not_staff", field="assigned", name=assigned.name)
    if case.assigned_id != (assigned.id if assigned is not None else None):
        _assign(db, case, staff, assigned)
        touch(db, case, staff.name)


def set_state(db: Db, case: SupportCase, staff: Person, state: CaseState, *, version: int | None) -> None:
    """Set the state of a case; nothing changes when it has it already.

    Raises:
        RuleViolation: ``case.still_chatting``, when a chat goes on.
        CaseChanged: ``case.changed_meanwhile``.
    """
    if case.state == state:
        return
    check_version(case, version)
    if case.is_chatting and state in (CaseState.SOLVED, CaseState.CLOSED):
        raise RuleViolation("case.still_chatting", field="state", number=case.number)
    _change_state(db, case, state, staff.email, staff.name)
    touch(db, case, staff.name)


def move(db: Db, case: SupportCase, staff: Person, desk: Desk, *, version: int | None) -> None:
    """Move a case to another desk.

    Raises:
        CaseChanged: ``case.changed_meanwhile``.
    """
    if case.desk == desk.code:
        return
    check_version(case, version)
    case.desk = desk.code
    add_change(db, case, "moved", staff.email, staff.name, desk=desk.code)
    events.record(db, "case.moved", actor=staff.email, subject=str(case.number), desk=desk.code)
    touch(db, case, staff.name)


def close(db: Db, case: SupportCase, *, author: str, author_name: str) -> None:
    """Close a case as its requester; a chat ends with it."""
    if case.is_chatting:
        end_chat(db, case, author=author, author_name=author_name)
    if case.state != CaseState.CLOSED:
        _change_state(db, case, CaseState.CLOSED, author, author_name)
        touch(db, case, author_name)


def reopen(db: Db, case: SupportCase, *, author: str, author_name: str) -> None:
    """Reopen a case as its requester; nothing changes while it is open."""
    if case.state in (CaseState.SOLVED, CaseState.CLOSED):
        _change_state(db, case, CaseState.OPEN, author, author_name)
        touch(db, case, author_name)


def pick_up(db: Db, case: SupportCase, staff: Person) -> None:
    """Join a chat as a member of the staff; nothing changes when the staff has joined already.

    Raises:
        CaseOver: ``case.chat_over``.
    """
    if not case.is_chatting:
        raise CaseOver("case.chat_over", number=case.number)
    if case.chat == ChatState.LIVE:
        return
    case.chat = ChatState.LIVE
    if case.assigned_id is None:
        _assign(db, case, staff, staff)
    add_change(db, case, "joined", staff.email, staff.name, public=True)
    events.record(db, "case.chat_picked_up", actor=staff.email, subject=str(case.number))
    _change_state(db, case, CaseState.OPEN, staff.email, staff.name)
    touch(db, case, staff.name)


def end_chat(db: Db, case: SupportCase, *, author: str, author_name: str) -> None:
    """End a chat from either end, and mail the transcript to the requester; nothing changes when it has ended."""
    if not case.is_chatting:
        return
    case.chat = ChatState.ENDED
    add_change(db, case, "chat_ended", author, author_name, public=True)
    events.record(db, "case.chat_ended", actor=author, subject=str(case.number))
    spoken = select(CaseEntry).where(
        CaseEntry.number == case.number, CaseEntry.kind.in_((EntryKind.CUSTOMER, EntryKind.STAFF))
    )
    lines = [f"{entry.author_name}: {entry.text}" for entry in db.scalars(spoken.order_by(CaseEntry.id))]
    _mail(db, case, TRANSCRIPT, text="\n\n".join(lines))
    touch(db, case, author_name)


def add_entry(
    db: Db,
    case: SupportCase,
    kind: EntryKind,
    text: str,
    *,
    author: str | None,
    author_name: str,
    message: Message | None = None,
    files: Files = (),
) -> None:
    """Add an entry to the history of a case, with files that were attached on a page."""
    entry = CaseEntry(
        number=case.number,
        kind=kind,
        public=kind in (EntryKind.CUSTOMER, EntryKind.STAFF),
        author=author,
        author_name=author_name,
        text=plain(text),
        data={},
        at=db.clock.now(),
        message_id=message.id if message is not None else None,
    )
    db.add(entry)
    db.flush()
    db.add_all(CaseFile(entry_id=entry.id, name=name, size=len(content), content=content) for name, _, content in files)
    db.flush()


def plain(text: str) -> str:
    """Return a text without control characters other than line breaks and tabs, and without blanks around it."""
    lines = text.strip().splitlines()
    return "\n".join("".join(letter for letter in line if letter == "\t" or not is_control(letter)) for line in lines)


def add_change(
    db: Db,
    case: SupportCase,
    event: str,
    author: str,
    author_name: str,
    *,
    public: bool = False,
    **data: str | int | None,
) -> None:
    """Add something that happened to a case; the text ``case.event.<event>`` says it, with ``data``."""
    db.add(
        CaseEntry(
            number=case.number,
            kind=EntryKind.CHANGE,
            public=public,
            author=author,
            author_name=author_name,
            text="",
            event=event,
            data=data,
            at=db.clock.now(),
        )
    )
    db.flush()


def touch(db: Db, case: SupportCase, by: str) -> None:
    """Count a change of a case, and date it."""
    case.version += 1
    case.changed_at, case.changed_by = db.clock.now(), by
    db.flush()


def check_version(case: SupportCase, version: int | None) -> None:
    """Refuse what was decided on an older page of a case.

    Raises:
        CaseChanged: ``case.changed_meanwhile``.
    """
    if version is not None and version != case.version:
        raise CaseChanged("case.changed_meanwhile", name=case.changed_by)


def _assign(db: Db, case: SupportCase, staff: Person, assigned: Person | None) -> None:
    case.assigned = assigned
    db.flush()
    name = assigned.name if assigned is not None else None
    add_change(db, case, "assigned" if name else "unassigned", staff.email, staff.name, assigned=name)
    events.record(
        db,
        "case.assigned",
        actor=staff.email,
        subject=str(case.number),
        assigned=assigned.email if assigned is not None else None,
    )


def _change_state(db: Db, case: SupportCase, state: CaseState, author: str, author_name: str) -> None:
    if case.state == state:
        return
    before, case.state = case.state, state
    add_change(db, case, "state", author, author_name, before=before, state=state.value)
    events.record(db, "case.state_changed", actor=author, subject=str(case.number), before=before, state=state.value)


def _mail(db: Db, case: SupportCase, mail: str, *, text: str = "", staff: str = "", files: Files = ()) -> Message | None:
    """Mail the requester; not while the requester is one of the desks, which would answer themselves."""
    if desks.at(case.requester) is not None:
        return None
    return outbox.mail(
        db,
        mail,
        to=case.requester,
        language=case.reply_language,
        link=db.address("contact", "cases", str(case.number)) if case.person_id is not None else None,
        sender=case.at.address,
        sender_name=support.NAME,
        files=[(name, "application/octet-stream", content) for name, _, content in files],
        more=[part for part in text.split("\n\n") if part.strip()],
        number=case.number,
        subject=case.subject,
        requester=case.requester_name,
        staff=staff,
    )


def _check_rate_of_cases(db: Db, requester: str, guest: str | None) -> None:
    recent = select(func.count(SupportCase.number)).where(
        SupportCase.created_at > db.clock.now() - timedelta(hours=1), SupportCase.channel != CaseChannel.MAIL
    )
    bounds = [(SupportCase.requester == requester, CASES_PER_HOUR)]
    if guest is not None:
        bounds += [
            (SupportCase.guest == guest, CASES_PER_HOUR),
            (SupportCase.guest.is_not(None), CASES_OF_GUESTS_PER_HOUR),
        ]
    if any((db.scalar(recent.where(condition)) or 0) >= most for condition, most in bounds):
        raise TooMany("case.too_many", most=CASES_PER_HOUR)


def _check_rate_of_entries(db: Db, case: SupportCase) -> None:
    since = db.clock.now() - timedelta(minutes=1)
    written = select(func.count(CaseEntry.id)).where(
        CaseEntry.number == case.number, CaseEntry.kind == EntryKind.CUSTOMER, CaseEntry.at > since
    )
    if (db.scalar(written) or 0) >= ENTRIES_PER_MINUTE:
        raise TooMany("case.too_many_entries", field="text", most=ENTRIES_PER_MINUTE)
