"""Messages that a sandbox sent: e-mails, text messages, requests on the phone."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """A message.

    Attributes:
        id: its number in the sandbox.
        kind: ``mail``, ``sms`` or ``push``.
        sender: the address it came from.
        recipient: the address or number it went to.
        subject: the subject; empty for a text message.
        text: the text.
        links: the addresses in it, in their order.
        codes: the codes in it, in their order.
        sent_at: when, ISO 8601.
        raw: all that the control API says of it.
    """

    id: int
    kind: str
    sender: str
    recipient: str
    subject: str
    text: str
    links: tuple[str, ...]
    codes: tuple[str, ...]
    sent_at: str
    raw: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Message":
        """Return the message of an answer of the control API."""
        return cls(
            id=raw["id"],
            kind=raw["kind"],
            sender=raw["from"] or "",
            recipient=raw["to"],
            subject=raw["subject"] or "",
            text=raw["text"],
            links=tuple(raw["links"]),
            codes=tuple(raw["codes"]),
            sent_at=raw["sent_at"],
            raw=raw,
        )
