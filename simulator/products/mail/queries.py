"""Queries for the pages of Mail."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.outbox import Attachment, Message, MessageState
from simulator.core.sandbox import Db
from simulator.directory import support
from simulator.directory.actors import Actor
from simulator.directory.models import Person
from simulator.directory.roles import SUPPORT_DESK

OFFERED = 200
"""Largest number of addresses to choose from; others can be typed."""


def mailboxes(db: Db) -> Sequence[str]:
    """Return the addresses that have received a mail, in alphabetical order."""
    arrived = select(Message.recipient).where(Message.kind == "mail", Message.state == MessageState.DELIVERED)
    return db.scalars(arrived.distinct().order_by(Message.recipient)).all()


def writers(db: Db, actor: Actor | None) -> list[str]:
    """Return the addresses to write from, in alphabetical order; support's address comes first, for the support desk only."""
    people = list(db.scalars(select(Person.email).order_by(Person.email).limit(OFFERED)))
    return [*([support.ADDRESS] if actor is not None and actor.holds([SUPPORT_DESK]) else []), *people]


def mail(db: Db, message_id: int) -> Message | None:
    """Return a mail, with its attachments."""
    message = db.get(Message, message_id)
    return message if message is not None and message.kind == "mail" else None


def attachment(db: Db, message_id: int, attachment_id: int) -> Attachment | None:
    """Return an attachment of this mail, or None."""
    file = db.get(Attachment, attachment_id)
    return file if file is not None and file.message_id == message_id else None


def quoted(message: Message) -> str:
    """Return the text of a mail with each line marked, as mail programs quote it in an answer."""
    return "".join(f"> {line}\n" for line in message.text.splitlines())
