"""Text messages of the platform: they go into the outbox like every message. Nothing leaves the machine.

Own choice: sender and wording.
"""

from collections.abc import Sequence
from typing import Any

from simulator.core import events, normal_forms
from simulator.core.outbox import Message, MessageState
from simulator.core.sandbox import Db
from simulator.core.texts import text

SENDER = "Visma"


def sms(db: Db, name: str, *, to: str, language: str, codes: Sequence[str] = (), **values: Any) -> Message:
    """Send a text message.

    Args:
        db: the transaction; if it is undone, the message was never sent.
        name: the kind of message, for example ``text_code``: its text is ``message.text_code.body``.
        to: the telephone number; in any of its forms.
        language: the recipient's language.
        codes: codes in the text, for tests that need them without parsing.
        values: values of the text's placeholders.
    """
    message = Message(
        kind="sms",
        sender=SENDER,
        recipient=normal_forms.phone_number(to),
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
