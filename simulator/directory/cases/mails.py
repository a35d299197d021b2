"""How mail becomes cases: each mail to a desk opens a case, or continues the case that it answers.

Own choice: a mail continues a case when it answers a mail of that case, or names its number in the subject, and comes from the
case's requester. A number alone opens nothing: the same subject from another address begins a case of its own. A mail that a
member of the staff writes from the desk's address in answer to a case belongs to it as well.
"""

import re

from sqlalchemy import select

from simulator.core import desks, normal_forms
from simulator.core.numbers import whole_number
from simulator.core.outbox import WRITTEN, Message
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.cases import commands
from simulator.directory.cases.models import CaseChannel, CaseEntry, EntryKind, SupportCase
from simulator.directory.models import Customer

_NUMBER = re.compile(r"\[#([0-9]{5,18})\]")


def receive(db: Db, message: Message) -> None:
    """Make a mail to or from a desk a case, or part of one; what cases send themselves is in them already."""
    if message.name in commands.MAILS:
        return
    from_desk = message.name == WRITTEN and desks.at(message.sender) is not None
    if from_desk:
        case = _case_of(db, message, message.recipient)
        if case is not None:
            commands.answer_by_mail(db, case, message)
            return
    desk = desks.at(message.recipient)
    if desk is None:
        return
    case = _case_of(db, message, message.sender)
    if case is not None:
        commands.reply(db, case, message.text, author=message.sender, author_name=message.sender_name, message=message)
        return
    person = people.by_email(db, message.sender) if message.name == WRITTEN else None
    customers = people.customers_of(db, person.id) if person is not None else []
    opened = commands.open_case(
        db,
        desk=desk,
        channel=CaseChannel.MAIL,
        subject=message.subject,
        text=message.text,
        requester=message.sender,
        requester_name=message.sender_name,
        language=person.language if person is not None else message.language,
        person=person,
        customer=db.get(Customer, customers[0]) if len(customers) == 1 else None,
        message=message,
    )
    other = _case_in_subject(db, message)
    if other is not None and other.number != opened.number:
        commands.add_change(db, opened, "names_other", message.sender, message.sender_name, other=other.number)


def _case_of(db: Db, message: Message, customer_address: str) -> SupportCase | None:
    """Return the case that a mail continues: the one it answers, or names, if the customer's address is that of its requester."""
    case = None
    if message.answers_id is not None:
        entry = select(CaseEntry.number).where(CaseEntry.message_id == message.answers_id, CaseEntry.kind != EntryKind.NOTE)
        number = db.scalar(entry.order_by(CaseEntry.id).limit(1))
        case = db.get(SupportCase, number) if number is not None else None
    case = case or _case_in_subject(db, message)
    return case if case is not None and _is_requester(case, customer_address) else None


def _case_in_subject(db: Db, message: Message) -> SupportCase | None:
    match = _NUMBER.search(message.subject)
    number = whole_number(match[1]) if match else None
    return db.get(SupportCase, number) if number is not None else None


def _is_requester(case: SupportCase, address: str) -> bool:
    normal = normal_forms.email(address)
    return normal == case.requester or (case.person is not None and normal == case.person.email)
