"""Text messages that the platform sends: they go into the outbox like every message. Nothing leaves the machine.

Own choice: sender and words.
"""

from collections.abc import Sequence
from typing import Any

from simulator.core import events
from simulator.core.outbox import Message, MessageState
from simulator.core.sandbox import Db
from simulator.core.texts import text

SENDER = "Visma"


def sms(db: Db, name: str, *, to: str, language: str, codes: Sequence[str] = (), **values: Any) -> Message:
    """Send a text message.

    Args:
        db: the transaction; the message vanishes with it when it is undone.
        name: which message, for example ``text_code``: its text is ``message.text_code.body``.
        to: the telephone number; blanks in it do not matter.
        language: the recipient's language.
        codes: codes that the text shows, for tests that want them without reading.
        values: what the text's placeholders are filled with.
    """
    message = Message(
        kind="sms",
        sender=SENDER,
        recipient=normal_number(to),
        name=name,
        language=language,
        subject="",
        stored_text=text(language, f"message.{name}.body", **values),
        stored_html=None,
        stored_links=[],
        codes=list(codes),
        sent_at=db.clock.now(),
        state=MessageState.DELIVERED,
        message_id=db.chance.token()[:24],
    )
    message.base_address = db.sandbox.base_address  # type: ignore[misc]
    db.add(message)
    db.flush()
    events.record(db, "sms.sent", subject=message.recipient, sms=name, message=message.id)
    return message


def normal_number(number: str) -> str:
    """Return a telephone number the way messages to it are stored: without blanks."""
    return "".join(number.split())
