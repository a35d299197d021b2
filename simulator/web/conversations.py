"""The conversation of a case, as the desk's and the customer's pages show it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select

from simulator.core.outbox import Attachment
from simulator.core.sandbox import Db
from simulator.directory.cases import queries
from simulator.directory.cases.models import CaseEntry, CaseFile, EntryKind, SupportCase
from simulator.web import i18n

FOLLOW_SECONDS = 2
"""How often an open page of a conversation looks for what is new."""


@dataclass(frozen=True)
class ConversationFile:
    """A file that came with an entry of a conversation: its name, and where it is downloaded."""

    name: str
    href: str


@dataclass(frozen=True)
class ConversationLine:
    """One entry of a conversation, in the language of the page.

    Attributes:
        kind: ``customer``, ``staff``, ``note`` or ``change``.
        author: name of who wrote it.
        at: when.
        text: plain text.
        message_id: the mail that brought or carried it, or None.
        files: what was attached, on the page or to that mail.
    """

    kind: str
    author: str
    at: datetime
    text: str
    message_id: int | None
    files: Sequence[ConversationFile]


def conversation(db: Db, case: SupportCase, *, public_only: bool, file_endpoint: str) -> list[ConversationLine]:
    """Return the entries of a case, oldest first: those that the customer sees, or all for the staff.

    Args:
        db: the transaction.
        case: the case.
        public_only: whether the customer sees it.
        file_endpoint: the endpoint at which a file of a case is downloaded there.
    """
    entries = queries.entries(db, case, public_only=public_only)
    files: dict[int, list[ConversationFile]] = defaultdict(list)
    mails = [entry.message_id for entry in entries if entry.message_id is not None]
    columns = select(Attachment.id, Attachment.message_id, Attachment.name)
    if mails:
        for id_, message_id, name in db.execute(columns.where(Attachment.message_id.in_(mails)).order_by(Attachment.id)):
            href = url_for("mail.attachment", message_id=message_id, file_id=id_)
            files[message_id].append(ConversationFile(name, href))
    on_pages: dict[int, list[ConversationFile]] = defaultdict(list)
    columns_of_pages = select(CaseFile.id, CaseFile.entry_id, CaseFile.name).join(
        CaseEntry, CaseEntry.id == CaseFile.entry_id
    )
    for id_, entry_id, name in db.execute(columns_of_pages.where(CaseEntry.number == case.number).order_by(CaseFile.id)):
        href = url_for(file_endpoint, case_number=case.number, file_id=id_)
        on_pages[entry_id].append(ConversationFile(name, href))
    return [
        ConversationLine(
            kind=entry.kind,
            author=entry.author_name,
            at=entry.at,
            text=_change(entry) if entry.kind == EntryKind.CHANGE else entry.text,
            message_id=entry.message_id,
            files=on_pages.get(entry.id) or files.get(entry.message_id or 0, []),
        )
        for entry in entries
    ]


def _change(entry: CaseEntry) -> str:
    """Say what happened, in the language of the page."""
    words = {"before": "case.state", "state": "case.state", "desk": "desk"}
    values = {name: i18n.t(f"{words[name]}.{value}") if name in words else value for name, value in entry.data.items()}
    return i18n.t(f"case.event.{entry.event}", **values)
