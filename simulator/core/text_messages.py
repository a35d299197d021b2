"""Text messages and notices to authenticator apps: they go into the outbox like every message. Nothing leaves the machine.

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
    return _send(db, "sms", name, normal_forms.phone_number(to), language, codes, values)


def push(db: Db, name: str, *, to: str, language: str, **values: Any) -> Message:
    """Send a notice to a person's authenticator app; the arguments are those of ``sms``, and ``to`` is the account's address."""
    return _send(db, "push", name, to, language, (), values)


def _send(db: Db, kind: str, name: str, to: str, language: str, codes: Sequence[str], values: dict[str, Any]) -> Message:
    message = Message(
        kind=kind,
        sender=SENDER,
        recipient=to,
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
    data: dict[str, Any] = {kind: name, "message": message.id}
    events.record(db, f"{kind}.sent", subject=message.recipient, **data)
    return message
