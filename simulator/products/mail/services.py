"""Commands of Mail: writing one.

Own choice: mailboxes need no signing in, since people who are locked out of Connect can still read their mail. So every visitor of
the sandbox may write as any of its people, but not from an address without an account. Only the vendor's support desk writes as
support.
"""

import re
from collections.abc import Sequence

from simulator.core import normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message, PersonalMail
from simulator.core.sandbox import Db
from simulator.directory import people, support
from simulator.directory.actors import Actor
from simulator.directory.roles import SUPPORT_DESK

_MEDIA_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")


def send(
    db: Db,
    actor: Actor | None,
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    language: str,
    files: Sequence[tuple[str, str, bytes]] = (),
    answers: Message | None = None,
) -> Message:
    """Send a mail that a visitor wrote.

    Args:
        db: the transaction.
        actor: the person signed in in this browser, or None.
        sender: the address to send from.
        to: the recipient's address.
        subject: one line, without control characters.
        text: plain text.
        language: the language of the page.
        files: attachments, as (name, media type declared by the browser, content).
        answers: the mail that this one answers.

    Raises:
        RuleViolation: ``mail.no_mailbox`` or ``mail.outside``, at the field.
    """
    name = sender_name(db, actor, sender)
    if name is None:
        raise RuleViolation("mail.no_mailbox", field="sender", email=sender)
    recipient = normal_forms.email(to)
    if not support.may_be_written_to(db, recipient):
        raise RuleViolation("mail.outside", field="to", email=recipient, **support.desk_addresses())
    return outbox.write(
        db,
        PersonalMail(
            sender=normal_forms.email(sender),
            sender_name=name,
            to=recipient,
            subject=subject.strip(),
            text="\n".join(text.splitlines()) + "\n",
            language=language,
            files=[(file, _media_type(type_), content) for file, type_, content in files],
            answers=answers,
        ),
    )


def sender_name(db: Db, actor: Actor | None, sender: str) -> str | None:
    """Return the name of a sender's address, or None when the visitor cannot write from it."""
    address = normal_forms.email(sender)
    if address in support.ADDRESSES:
        return support.NAME if actor is not None and actor.holds([SUPPORT_DESK]) else None
    person = people.by_email(db, address)
    return person.name if person is not None else None


def _media_type(declared: str) -> str:
    """Return the media type declared by the browser if a mail part can have it; otherwise that of plain bytes."""
    return declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"
