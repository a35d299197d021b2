"""Tables of cases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from simulator.core.database import CODE, SINGLE_LINE, Base, among
from simulator.core.desks import BY_CODE, Desk
from simulator.core.texts import LANGUAGES
from simulator.directory.models import Company, Customer, Person

FIRST_NUMBER = 10001
"""Number of a sandbox's first case. Own choice."""


class CaseState(StrEnum):
    """The state of a case. *Solved* waits for the customer's objection; a closed case is over until somebody reopens it."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


OVER = (CaseState.SOLVED, CaseState.CLOSED)
"""States in which the desk has nothing to do."""


class CaseChannel(StrEnum):
    """How a case began."""

    MAIL = "mail"
    FORM = "form"
    CHAT = "chat"


class ChatState(StrEnum):
    """The state of the conversation of a case that began as a chat."""

    QUEUED = "queued"
    LIVE = "live"
    ENDED = "ended"


class EntryKind(StrEnum):
    """The kind of an entry: by the customer, by the staff, a note among the staff, or something that happened to the case."""

    CUSTOMER = "customer"
    STAFF = "staff"
    NOTE = "note"
    CHANGE = "change"


class MoveState(StrEnum):
    """The state of a request to move a company to another customer."""

    REQUESTED = "requested"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SupportCase(Base):
    """A case of one of the vendor's desks.

    ``requester`` is the address that answers are mailed to. ``person_id`` is set when the requester was signed in, or wrote from
    the mailbox of their account; an address that a guest typed proves nothing. ``guest`` identifies the browser of a requester who
    was not signed in. ``chat`` is None for cases that did not begin as a chat. ``version`` counts the changes, so that the second
    of two members of the staff at one case is informed. ``search`` has what lists search, folded.
    """

    __tablename__ = "support_case"

    number: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(info=among(BY_CODE))
    channel: Mapped[str] = mapped_column(info=among(CaseChannel))
    state: Mapped[str] = mapped_column(default=CaseState.NEW, info=among(CaseState), index=True)
    topic: Mapped[str | None] = mapped_column(info=CODE)
    subject: Mapped[str] = mapped_column(info=SINGLE_LINE)
    requester: Mapped[str] = mapped_column(index=True, info=SINGLE_LINE)
    requester_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    requester_phone: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    guest: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(info=among(LANGUAGES))
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chat: Mapped[str | None] = mapped_column(info=among(ChatState))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str | None]
    search: Mapped[str]
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    assigned: Mapped[Person | None] = relationship(foreign_keys=assigned_id)
    customer: Mapped[Customer | None] = relationship()

    @property
    def at(self) -> Desk:
        """The desk that the case belongs to."""
        return BY_CODE[self.desk]

    @property
    def reply_language(self) -> str:
        """The language of answers: that of the requester's account, or of the page or mail that was written."""
        return self.person.language if self.person is not None else self.language

    @property
    def is_chatting(self) -> bool:
        """Whether what is written now belongs to a chat, and is not mailed."""
        return self.chat in (ChatState.QUEUED, ChatState.LIVE)


class CaseEntry(Base):
    """An entry in the history of a case, oldest first by ``id``.

    ``text`` is plain text as it was written; a change has ``event``, the last part of a text key, and its values in ``data``
    instead. ``public`` entries are visible to the customer. ``message_id`` is the mail that brought or carried the entry.
    """

    __tablename__ = "case_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("support_case.number"), index=True)
    kind: Mapped[str] = mapped_column(info=among(EntryKind))
    public: Mapped[bool]
    author: Mapped[str | None]
    author_name: Mapped[str]
    text: Mapped[str]
    event: Mapped[str | None] = mapped_column(info=CODE)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)


class CaseFile(Base):
    """A file that came with an entry from a page; those of mails are attachments of the mail."""

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("case_entry.id"), index=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class CompanyMove(Base):
    """A request of a customer to move a company to another customer; a company has at most one that nobody has decided on.

    ``confirmer_name`` and ``confirmer_email`` say who confirms it in writing for the receiving customer. ``refusal`` is the reason
    of the desk.
    """

    __tablename__ = "company_move"
    __table_args__ = (Index("company_move_requested", "company_id", unique=True, sqlite_where=text("state = 'requested'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    case_number: Mapped[int] = mapped_column(ForeignKey("support_case.number"), index=True)
    state: Mapped[str] = mapped_column(default=MoveState.REQUESTED, info=among(MoveState))
    reason: Mapped[str]
    confirmer_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    confirmer_email: Mapped[str] = mapped_column(info=SINGLE_LINE)
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    finished_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    company: Mapped[Company] = relationship()
    customer: Mapped[Customer] = relationship(foreign_keys=customer_id)
    receiver: Mapped[Customer] = relationship(foreign_keys=receiver_id)
