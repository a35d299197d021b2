"""A password that is forgotten, or was never set: mails with links, and what the links lead to."""

from datetime import timedelta

from sqlalchemy import func, select

from simulator.core import events, outbox
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import credentials, links, people, sign_ins
from simulator.directory.models import LinkKind, MailedLink, Person, Status
from simulator.directory.signing_in import devices, under_way

MAILS_AN_HOUR = 5

events.declare(password__reset_requested="A mail with a link to a new password, or to sign in once, was asked for.")


def request_mail(db: Db, email: str, kind: LinkKind) -> None:
    """Mail a link to a new password or one to sign in once, if an account has the address.

    An account that is not activated gets its activation mail again. The answer to the visitor is the same for every address.

    Source: Connect help, forgotten password. Own choice: five such mails an hour and address.
    """
    events.record(db, "password.reset_requested", subject=email, kind=str(kind))
    person = people.by_email(db, email)
    if person is None or person.status == Status.INACTIVE or _mails_within_an_hour(db, person.email) >= MAILS_AN_HOUR:
        return
    if person.status == Status.NOT_ACTIVATED:
        people.send_activation(db, person)
        return
    token = links.make(db, person, kind)
    name, path = ("sign_in_link", "link") if kind is LinkKind.SIGN_IN else ("reset", "reset")
    outbox.mail(
        db,
        name,
        to=person.email,
        language=person.language,
        link=db.address("connect", path, token),
        first_name=person.first_name,
        email=person.email,
    )


def confirm_account(db: Db, link: MailedLink) -> None:
    """Follow the link of a welcome mail: a second mail to create the password is sent.

    Source: "WebFaktura og Visma.net", moving users.
    """
    links.use(db, link)
    events.record(db, "user.confirmed", actor=link.person.email, subject=link.person.email)
    people.send_password_link(db, link.person)


def set_new_password(db: Db, link: MailedLink, password: str) -> Person:
    """Set the password that an activation or reset link is for.

    Own choice: sessions elsewhere end, sign-ins that are half-way begin again, links that were mailed before no longer work, and
    no device is remembered any longer.

    Raises:
        Refused: a password rule is broken; the link can be used again.
    """
    person = link.person
    known = person.status != Status.NOT_ACTIVATED
    credentials.set_password(db, person, password)
    links.use(db, link)
    sign_ins.end_all(db, person)
    under_way.begin_again(db, person)
    links.withdraw(db, person)
    devices.forget(db, person)
    if known:
        outbox.mail(
            db,
            "password_changed",
            to=person.email,
            language=person.language,
            first_name=person.first_name,
            email=person.email,
        )
    return person


def _mails_within_an_hour(db: Db, email: str) -> int:
    since = db.clock.now() - timedelta(hours=1)
    names = ("reset", "sign_in_link", "activation", "welcome", "create_password")
    query = select(func.count()).where(Message.recipient == email, Message.name.in_(names), Message.sent_at > since)
    return db.scalar(query) or 0
