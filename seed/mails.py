"""Activation mails of a scenario: written with its template."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, select

from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.models import LinkKind, MailedLink, Person
from simulator.directory.people import Activation

ACTIVATIONS = {"activation": Activation.SINGLE_MAIL, "welcome": Activation.TWO_MAILS}
"""The first mails of an activation, each with the kind of activation."""


def send_again(db: Db) -> None:
    """Replace the template's activation mails by mails in the present language of their recipients."""
    query = select(Person).join(Message, Person.email == Message.recipient).where(Message.name.in_(ACTIVATIONS))
    for person in db.scalars(query.order_by(Message.id)).all():
        old = db.scalars(_activations(person)).one()
        activation, sent_at = ACTIVATIONS[old.name], old.sent_at
        withdraw_activation(db, person)
        people.send_activation(db, person, activation)
        date_activation(db, person, sent_at)


def sent_activation(db: Db, person: Person) -> tuple[Activation, datetime] | None:
    """Return the kind and the instant of a person's activation mail, or None."""
    message = db.scalars(_activations(person)).first()
    return (ACTIVATIONS[message.name], message.sent_at) if message is not None else None


def date_activation(db: Db, person: Person, sent_at: datetime) -> None:
    """Date a person's activation mail back to an instant; its link expires accordingly earlier."""
    message = db.scalars(_activations(person)).one()
    link = db.scalars(select(MailedLink).where(*_links(person), MailedLink.used_at.is_(None))).one()
    older = max(message.sent_at - sent_at, timedelta())
    message.sent_at -= older
    link.expires_at -= older
    db.flush()


def withdraw_activation(db: Db, person: Person) -> None:
    """Delete a person's activation mail from the outbox, as if it was never sent."""
    db.execute(delete(MailedLink).where(*_links(person)))
    db.execute(delete(Message).where(Message.recipient == person.email, Message.name.in_(ACTIVATIONS)))


def _activations(person: Person) -> Select[Message]:
    return select(Message).where(Message.recipient == person.email, Message.name.in_(ACTIVATIONS))


def _links(person: Person) -> tuple[ColumnElement[bool], ...]:
    return MailedLink.person_id == person.id, MailedLink.kind.in_((LinkKind.ACTIVATION, LinkKind.WELCOME))
