"""Mails for people who cannot sign in: a link to a new password, or a link to sign in once."""

from datetime import timedelta

from sqlalchemy import func, select

from simulator.core import events
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.models import LinkKind, Status

MAILS_PER_HOUR = 5

events.declare(password__reset_requested="A mail with a link to a new password, or to sign in once, was asked for.")


def request_mail(db: Db, email: str, kind: LinkKind) -> None:
    """Mail a link to a new password or one to sign in once, if an account has the address.

    An account that is not activated gets its activation mail again. The visitor gets the same answer for every address.

    Source: Connect help, forgotten password. Own choice: five such mails per hour and address.
    """
    events.record(db, "password.reset_requested", subject=email, kind=str(kind))
    person = people.by_email(db, email)
    if person is None or person.status == Status.INACTIVE or _mails_within_an_hour(db, person.email) >= MAILS_PER_HOUR:
        return
    if person.status == Status.NOT_ACTIVATED:
        people.send_activation(db, person)
        return
    name, path = ("sign_in_link", "link") if kind is LinkKind.SIGN_IN else ("reset", "reset")
    people.mail_link(db, person, name, kind, path)


def _mails_within_an_hour(db: Db, email: str) -> int:
    since = db.clock.now() - timedelta(hours=1)
    names = ("reset", "sign_in_link", "activation", "welcome", "create_password")
    query = select(func.count()).where(Message.recipient == email, Message.name.in_(names), Message.sent_at > since)
    return db.scalar(query) or 0
