"""A password that is forgotten, or was never set: what mailed links lead to."""

from simulator.core import events, outbox
from simulator.core.sandbox import Db
from simulator.directory import credentials, links, people, sign_ins
from simulator.directory.models import MailedLink, Person, Status
from simulator.directory.signing_in import devices, under_way


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
