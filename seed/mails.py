"""Activation mails of a scenario: written with its template, and addressed to each sandbox made of it.

A template does not know the name of the sandbox it will become, and a link must not open two sandboxes. So a sandbox is
given a link of its own at birth, in the mail that is there; only its addresses change, its words are those of the template.
"""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from typing import Any

from sqlalchemy import delete, select

from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import links, people
from simulator.directory.models import LinkKind, MailedLink, Person

TEMPLATE_ADDRESS = "http://template.invalid/s/template"
"""Stands in a template wherever the address of a sandbox will."""


def settle(db: Db) -> None:
    """Give the mails that came with the template links that open this sandbox."""
    for message, person in db.execute(select(Message, Person).join(Person, Person.email == Message.recipient)).all():
        if any(link.startswith(TEMPLATE_ADDRESS) for link in message.links):
            _readdress(db, message, person)


def send_again(db: Db) -> None:
    """Write the mails that came with the template anew, in the language that their people have now."""
    for message, person in db.execute(select(Message, Person).join(Person, Person.email == Message.recipient)).all():
        if any(link.startswith(TEMPLATE_ADDRESS) for link in message.links):
            withdraw_activation(db, person)
            people.send_activation(db, person)


def withdraw_activation(db: Db, person: Person) -> None:
    """Take a person's activation mail out of the outbox, as if it was never sent."""
    db.execute(delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.kind == LinkKind.ACTIVATION))
    db.execute(delete(Message).where(Message.recipient == person.email, Message.name == "activation"))


def _readdress(db: Db, message: Message, person: Person) -> None:
    db.execute(delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.kind == LinkKind.ACTIVATION))
    (old,) = message.links
    new = db.address("connect", "activate", links.make(db, person, LinkKind.ACTIVATION))
    message.links = [new]
    message.text = message.text.replace(old, new)
    message.html = message.html.replace(old, new) if message.html else None
    message.raw = _replaced(message.raw, old, new) if message.raw else None


def _replaced(raw: bytes, old: str, new: str) -> bytes:
    """Replace an address in the parts of a MIME message, where transfer encodings may have broken it over lines."""
    mime: Any = BytesParser(EmailMessage, policy=SMTP).parsebytes(raw)
    for part in mime.iter_parts():
        language = part["Content-Language"]
        part.set_content(part.get_content().replace(old, new), subtype=part.get_content_subtype())
        if language:
            part["Content-Language"] = language
    return bytes(mime.as_bytes())
