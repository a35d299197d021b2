"""Activation mails of a scenario: written with its template."""

from sqlalchemy import Delete, delete, select

from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.models import LinkKind, MailedLink, Person


def send_again(db: Db) -> None:
    """Write the mails that came with the template anew, in the language that their people have now."""
    query = select(Person).join(Message, Person.email == Message.recipient).where(Message.name == "activation")
    for person in db.scalars(query.order_by(Message.id)).all():
        withdraw_activation(db, person)
        people.send_activation(db, person)


def withdraw_activation(db: Db, person: Person) -> None:
    """Take a person's activation mail out of the outbox, as if it was never sent."""
    db.execute(_links_of(person))
    db.execute(delete(Message).where(Message.recipient == person.email, Message.name == "activation"))


def _links_of(person: Person) -> Delete:
    return delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.kind == LinkKind.ACTIVATION)
