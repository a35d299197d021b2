"""Codes by text message.

Source: Connect help, two-step verification: six digits, to a verified number. Own choice: good for five minutes, another one after
30 seconds, three in all for one purpose; the newest wins and works once.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete

from simulator.core import text_messages
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.signing_in.models import TextCode

LIFETIME = timedelta(minutes=5)
AGAIN_AFTER = timedelta(seconds=30)
MOST = 3


class Sending(StrEnum):
    """What asking for a text message led to."""

    SENT = "sent"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"


def send(db: Db, holder: str, purpose: str, number: str, language: str) -> Sending:
    """Send a fresh code, unless one was sent a moment ago or there were enough of them.

    Args:
        db: the transaction.
        holder: the sign-in or session that asks.
        purpose: what the code is for; codes for different purposes do not mix.
        number: the telephone number.
        language: of the message.
    """
    now = db.clock.now()
    sent = db.get(TextCode, (holder, purpose))
    if sent is not None and sent.sends >= MOST:
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
    """Use the newest code up.

    Returns:
        False when it is another one, was used, or is too old.
    """
    sent = db.get(TextCode, (holder, purpose))
    if sent is None or sent.hash is None or db.clock.now() - sent.sent_at >= LIFETIME:
        return False
    if sent.hash != sha256_hex("".join(code.split())):
        return False
    sent.hash = None
    return True


def was_sent(db: Db, holder: str, purpose: str) -> bool:
    """Say whether a code was sent."""
    return db.get(TextCode, (holder, purpose)) is not None


def forget(db: Db, holder: str) -> None:
    """Take away what was sent for a holder."""
    db.flush()
    db.execute(delete(TextCode).where(TextCode.holder == holder))
