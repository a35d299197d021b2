"""Commands of Contact: beginning a case or a chat, and writing to the own administrators.

Own choice: the topics, and which desk each goes to; ``Brukertips i Kundeservice`` prints what each desk's address is for.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from simulator.core import desks, outbox
from simulator.core.desks import CANCELLATIONS, CUSTOMER_CENTRE, SUPPORT, Desk
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message, PersonalMail
from simulator.core.sandbox import Db
from simulator.directory import people, support
from simulator.directory.actors import Actor
from simulator.directory.cases import commands
from simulator.directory.cases.commands import TooMany
from simulator.directory.cases.models import CaseChannel, SupportCase
from simulator.directory.models import Customer, Person

TOPICS: dict[str, Desk] = {
    "access": SUPPORT,
    "administrator": SUPPORT,
    "invoice": CUSTOMER_CENTRE,
    "autoinvoice": CUSTOMER_CENTRE,
    "cancellation": CANCELLATIONS,
    "other": CUSTOMER_CENTRE,
}
"""The topics of the form, each with the desk that it goes to; the text of each is ``contact.topic.<topic>``."""

MAILS_PER_HOUR = 20
"""Own choice: how many e-mails to administrators a person may send from the page in an hour."""


def begin(
    db: Db,
    actor: Actor | None,
    *,
    channel: CaseChannel,
    topic: str | None,
    subject: str,
    text: str,
    language: str,
    name: str = "",
    email: str = "",
    phone: str = "",
    guest: str | None,
    files: commands.Files = (),
) -> SupportCase:
    """Begin a case from the form, or a chat.

    Raises:
        RuleViolation: ``mail.outside`` or ``contact.desk_address``, for a guest's address, at the field.
        TooMany: ``case.too_many``.
    """
    if actor is None and not support.may_be_written_to(db, email):
        raise RuleViolation("mail.outside", field="email", email=email, **support.desk_addresses())
    if actor is None and desks.at(email) is not None:
        raise RuleViolation("contact.desk_address", field="email", email=email)
    customer = db.get(Customer, actor.customer_id) if actor is not None and actor.customer_id is not None else None
    return commands.open_case(
        db,
        desk=TOPICS[topic] if topic is not None else SUPPORT,
        channel=channel,
        subject=subject,
        text=text,
        requester=actor.email if actor is not None else email,
        requester_name=actor.name if actor is not None else name,
        language=language,
        phone=phone,
        person=db.get(Person, actor.id) if actor is not None else None,
        customer=customer,
        guest=guest if actor is None else None,
        topic=topic,
        files=files,
    )


def administrators(db: Db, actor: Actor) -> Sequence[Person]:
    """Return the active Customer administrators whom a person can ask: of the chosen customer, or of those that list them."""
    customers = [actor.customer_id] if actor.customer_id is not None else people.customers_of(db, actor.id)
    by_id = {person.id: person for id_ in customers for person in people.customer_administrators(db, id_)}
    return [person for person in by_id.values() if person.id != actor.id]


def write_to_administrators(db: Db, actor: Actor, *, subject: str, text: str, language: str) -> Sequence[Person]:
    """Mail all of a person's administrators, and nobody else.

    Returns:
        The recipients.

    Raises:
        RuleViolation: ``contact.no_administrators``.
        TooMany: ``contact.too_many_mails``.
    """
    recipients = administrators(db, actor)
    if not recipients:
        raise RuleViolation("contact.no_administrators")
    written = select(func.count(Message.id)).where(
        Message.sender == actor.email,
        Message.name == outbox.WRITTEN,
        Message.sent_at > db.clock.now() - timedelta(hours=1),
        Message.recipient.in_([person.email for person in recipients]),
    )
    if (db.scalar(written) or 0) >= MAILS_PER_HOUR:
        raise TooMany("contact.too_many_mails", most=MAILS_PER_HOUR)
    for person in recipients:
        outbox.write(
            db,
            PersonalMail(
                sender=actor.email,
                sender_name=actor.name,
                to=person.email,
                subject=subject.strip(),
                text="\n".join(text.splitlines()) + "\n",
                language=language,
            ),
        )
    return recipients
