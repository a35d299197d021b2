"""Deeds of Mail: writing.

Own choice: a mailbox belongs to nobody who has to sign in for it, as the mail of somebody who is locked out of Connect stays
open to that person. So whoever can reach the sandbox may write as any of its people, and as nobody else: an address without
an account sends nothing. Only the vendor's desk writes as support.
"""

import re
from collections.abc import Sequence

from simulator.core import outbox
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message, Written
from simulator.core.sandbox import Db
from simulator.directory import people, support
from simulator.directory.actors import Actor

LARGEST_MAIL = 1024 * 1024
MOST_FILES = 5
LONGEST_NAME = 120
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
    """Send a mail that was typed.

    Args:
        db: the transaction.
        actor: who is signed in in this browser, or None.
        sender: address of the mailbox it is written in.
        to: the recipient's address.
        subject: one line, without control characters.
        text: plain text.
        language: the language of the page.
        files: what is attached, as (name, media type as the browser said it, content).
        answers: the mail it answers.

    Raises:
        Refused: ``mail.no_mailbox`` or ``mail.outside``, at the field.
    """
    name = writer(db, actor, sender)
    if name is None:
        raise RuleViolation("mail.no_mailbox", field="sender", email=sender)
    recipient = people.normal_email(to)
    if not support.may_be_written_to(db, recipient):
        raise RuleViolation("mail.outside", field="to", email=recipient, support=support.ADDRESS)
    return outbox.write(
        db,
        Written(
            sender=people.normal_email(sender),
            sender_name=name,
            to=recipient,
            subject=subject.strip(),
            text="\n".join(text.splitlines()) + "\n",
            language=language,
            files=[(file, _media_type(type_), content) for file, type_, content in files],
            answers=answers,
        ),
    )


def writer(db: Db, actor: Actor | None, sender: str) -> str | None:
    """Return the name that stands beside a sender's address, or None when nobody writes from there."""
    address = people.normal_email(sender)
    if address == support.ADDRESS:
        return support.NAME if actor is not None and actor.holds([support.SUPPORT_DESK]) else None
    person = people.by_email(db, address)
    return person.name if person is not None else None


def file_name(path: str) -> str:
    """Return a file's name without the folders that some browsers put before it."""
    return re.split(r"[/\\]", path)[-1]


def _media_type(told: str) -> str:
    """Return what a file is, as far as a mail can say it; whatever else a browser says is just bytes."""
    return told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream"
