"""Forms of Mail."""

from typing import Any

from wtforms import StringField

from simulator.web.attachments import WithFiles, files_field
from simulator.web.forms import AtMost, EmailForm, Required, area_field, normal_email, text_field

LONGEST_TEXT = 20_000


def mailbox_field(label: str, **settings: Any) -> StringField:
    """Return a field for an address that a mail program may have copied: *Support <support@firm.example>*, *mailto:* and all.

    Source: RFC 5322, section 3.4, *name-addr*; RFC 6068 for the link.
    """
    return StringField(label, [Required(), AtMost(254), EmailForm()], filters=[address_of, normal_email], **settings)


def address_of(text: str | None) -> str | None:
    """Return the address alone; a text of another form as it is."""
    _, opening, rest = (text or "").strip().partition("<")
    if opening and rest.endswith(">"):
        return rest[:-1]
    return text.strip().removeprefix("mailto:") if text else text


class NewMessage(WithFiles):
    """A mail written by a person."""

    sender = mailbox_field("mail.from", render_kw={"list": "writers"})
    to = mailbox_field("mail.to")
    subject = text_field("mail.subject")
    text = area_field("mail.text", longest=LONGEST_TEXT, render_kw={"rows": 10})
    attachments = files_field()
