"""Reads of Mail."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.outbox import Message
from simulator.core.sandbox import Db


def mailboxes(db: Db) -> Sequence[str]:
    """Return the addresses that ever got a mail, in alphabetical order."""
    return db.scalars(select(Message.recipient).where(Message.kind == "mail").distinct().order_by(Message.recipient)).all()
