"""Codes by text message.

Source: Connect help, two-step verification: six digits, to a verified number. Own choice: valid for five minutes, another one after
30 seconds, three in all per purpose; only the newest works, and once.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete

from simulator.core import normal_forms, text_messages
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.signing_in.models import TextCode

LIFETIME = timedelta(minutes=5)
AGAIN_AFTER = timedelta(seconds=30)
MAX_SENDS = 3


class Sending(StrEnum):
    """The result of requesting a text message."""

    SENT = "sent"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"


def send(db: Db, holder: str, purpose: str, number: str, language: str) -> Sending:
    """Send a new code, unless one was sent less than 30 seconds ago or too many were sent.

    Args:
        db: the transaction.
        holder: id of the sign-in or session.
        purpose: the purpose of the code; each has its own codes.
        number: the telephone number.
        language: of the message.
    """
    now = db.clock.now()
    sent = db.get(TextCode, (holder, purpose))
    if sent is not None and sent.sends >= MAX_SENDS:
        return Sending.TOO_MANY
    if sent is not None and sent.number == number and abs(now - sent.sent_at) < AGAIN_AFTER:
        return Sending.TOO_SOON
    code = db.chance.digits(6)
    if sent is None:
        sent = TextCode(holder=holder, purpose=purpose, sends=0)
        db.add(sent)
    sent.number, sent.hash, sent.sent_at, sent.sends = number, sha256_hex(code), now, sent.sends + 1
    text_messages.sms(db, "text_code", to=number, language=language, codes=[code], code=code)
    return Sending.SENT


def use(db: Db, holder: str, purpose: str, code: str) -> bool:
    """Use the newest code.

    Returns:
        False if it is another code, was used, or has expired.
    """
    sent = db.get(TextCode, (holder, purpose))
    if sent is None or sent.hash is None or db.clock.now() - sent.sent_at >= LIFETIME:
        return False
    if sent.hash != sha256_hex(normal_forms.code(code)):
        return False
    sent.hash = None
    return True


def was_sent(db: Db, holder: str, purpose: str) -> bool:
    """Return whether a code was sent."""
    return db.get(TextCode, (holder, purpose)) is not None


def forget(db: Db, holder: str) -> None:
    """Delete the codes of a holder."""
    db.flush()
    db.execute(delete(TextCode).where(TextCode.holder == holder))
