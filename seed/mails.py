"""Activation mails of a scenario: written with its template, and addressed to each sandbox made of it.

A template does not know the name of the sandbox it will become, and a link must not open two sandboxes. So a sandbox is
given a link of its own at birth, in the mail that is there; only its addresses change, its words are those of the template.
"""

import quopri
import re
from functools import cache

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import undefer

from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import links, people
from simulator.directory.models import LinkKind, MailedLink, Person

TEMPLATE_ADDRESS = "http://template.invalid/s/template"
"""Stands in a template wherever the address of a sandbox will."""


BROKEN = b"=\r\n"
"""How quoted-printable breaks a line that goes on."""


def prepare(db: Db) -> None:
    """Write the parts of a template's mails as quoted-printable, so that an address in them can be found without parsing."""
    from email.message import EmailMessage
    from email.parser import BytesParser
    from email.policy import SMTP

    for message in db.scalars(select(Message).where(Message.raw.is_not(None))):
        mime: EmailMessage = BytesParser(EmailMessage, policy=SMTP).parsebytes(message.raw or b"")
        for part in mime.iter_parts():
            language = part["Content-Language"]
            kind = part.get_content_subtype()
            part.set_content(part.get_content(), subtype=kind, cte="quoted-printable")
            if language:
                part["Content-Language"] = language
        message.raw = mime.as_bytes()


def settle(db: Db) -> None:
    """Give the mails that came with the template links that open this sandbox."""
    for message, person, old in _unsettled(db):
        db.execute(_links_of(person))
        new = db.address("connect", "activate", links.make(db, person, LinkKind.ACTIVATION))
        message.links = [new]
        message.text = message.text.replace(old, new)
        message.html = message.html.replace(old, new) if message.html else None
        message.raw = _replaced(message.raw, old, new) if message.raw else None


def send_again(db: Db) -> None:
    """Write the mails that came with the template anew, in the language that their people have now."""
    for _, person, _ in _unsettled(db):
        withdraw_activation(db, person)
        people.send_activation(db, person)


def withdraw_activation(db: Db, person: Person) -> None:
    """Take a person's activation mail out of the outbox, as if it was never sent."""
    db.execute(_links_of(person))
    db.execute(delete(Message).where(Message.recipient == person.email, Message.name == "activation"))


def _links_of(person: Person) -> Delete:
    return delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.kind == LinkKind.ACTIVATION)


def _unsettled(db: Db) -> list[tuple[Message, Person, str]]:
    """Return mails whose link is a template's, with the person and that link."""
    query = select(Message, Person).join(Person, Person.email == Message.recipient).options(undefer(Message.raw))
    rows = db.execute(query.order_by(Message.id)).all()
    return [
        (message, person, link) for message, person in rows for link in message.links if link.startswith(TEMPLATE_ADDRESS)
    ]


def _replaced(raw: bytes, old: str, new: str) -> bytes:
    """Replace an address in quoted-printable text; the new one stands between broken lines, each short enough."""
    quoted = quopri.encodestring(new.encode()).replace(b"=\n", BROKEN)
    return _broken(old).sub(lambda _: BROKEN + quoted + BROKEN, raw)


@cache
def _broken(address: str) -> re.Pattern[bytes]:
    """Return what finds an address wherever its lines are broken."""
    return re.compile(rb"(?:=\r\n)?".join(re.escape(letter.encode()) for letter in address))
