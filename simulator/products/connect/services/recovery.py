"""Setting a password, when the user forgot it or never had one: the commands behind mailed links."""

from simulator.core import events, outbox
from simulator.core.sandbox import Db
from simulator.directory import credentials, links, people, sign_in_sessions
from simulator.directory.models import MailedLink, Person, Status
from simulator.directory.security_keys import ceremonies
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.signing_in import devices, pending_sign_ins
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect.services import steps


def confirm_account(db: Db, link: MailedLink) -> None:
    """Confirm the account by the link of a welcome mail, and send a second mail to create the password.

    Source: "WebFaktura og Visma.net", moving users.
    """
    links.use(db, link)
    events.record(db, "user.confirmed", actor=link.person.email, subject=link.person.email)
    people.send_password_link(db, link.person)


def activate_by_passkey(db: Db, link: MailedLink, response: str, name: str) -> SignIn | KeyRefusal:
    """Activate an account by a passkey instead of a password, and begin to sign in with it.

    Args:
        db: the transaction.
        link: the link of the activation mail.
        response: ``RegistrationResponseJSON``.
        name: the name of the passkey.

    Source: Connect help, passkeys: registered at activation.
    """
    person = link.person
    result = ceremonies.register(db, person, link.hash, response, name=name, passkey=True)
    if isinstance(result, KeyRefusal):
        return result
    credentials.activate(db, person)
    links.use(db, link)
    links.withdraw(db, person)
    sign_in = steps.start(db, person.email, None)
    sign_in.person, sign_in.methods, sign_in.second_step = person, ["pwdless", "hwk"], True
    return sign_in


def set_new_password(db: Db, link: MailedLink, password: str) -> Person:
    """Set the password of the person of an activation or reset link.

    Own choice: all sessions end, unfinished sign-ins begin again, links mailed earlier no longer work, and no device is remembered
    any longer.

    Raises:
        RuleViolation: a password rule is broken; the link can be used again.
    """
    person = link.person
    had_password = person.status != Status.NOT_ACTIVATED
    credentials.set_password(db, person, password)
    links.use(db, link)
    _end_access(db, person)
    if had_password:
        _mail_change(db, person)
    return person


def change_password(db: Db, sign_in: SignIn, password: str) -> None:
    """Change a password that no longer meets the rules, or was breached, within a sign-in, which goes on.

    Source: Connect help, password policy: before anything else after the next sign-in. Own choice: everything else that
    the old password opened ends, as after a reset.

    Raises:
        RuleViolation: a password rule is broken.
    """
    person = sign_in.person
    assert person is not None
    credentials.set_password(db, person, password)
    sign_in.new_password = False
    db.flush()
    _end_access(db, person, but=sign_in)
    _mail_change(db, person)


def _end_access(db: Db, person: Person, *, but: SignIn | None = None) -> None:
    sign_in_sessions.end_all(db, person)
    pending_sign_ins.restart(db, person, but=but)
    links.withdraw(db, person)
    devices.forget(db, person)


def _mail_change(db: Db, person: Person) -> None:
    outbox.mail(
        db,
        "password_changed",
        to=person.email,
        language=person.language,
        first_name=person.first_name,
        email=person.email,
    )
