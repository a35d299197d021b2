"""Deeds of signing in.

A sign-in is a row that moves through the steps: e-mail address, password, code. What must leave a trace (a wrong password is
counted) is a returned outcome; nothing here raises to say no but ``set_new_password``.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from simulator.core import events, outbox
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import credentials, links, lockout, people, sign_ins
from simulator.directory.credentials import CodeCheck
from simulator.directory.models import LinkKind, MailedLink, Person, SignInSession, Status
from simulator.products.connect.models import RememberedDevice, SignIn

SIGN_IN_LIFETIME = timedelta(minutes=15)
REMEMBER_DEVICE = timedelta(days=30)
MAILS_AN_HOUR = 5

events.declare(
    sign_in__failed="A password or a code was wrong, or came while the address was locked.",
    password__reset_requested="A mail with a link to a new password, or to sign in once, was asked for.",
)


class Outcome(StrEnum):
    """What a step of signing in led to."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    GONE = "gone"


class NextStep(StrEnum):
    """Where a sign-in goes after its first factor."""

    CODE = "code"
    DONE = "done"


@dataclass(frozen=True)
class CodeAnswer:
    """What a code led to: the outcome and, when it was right, the session and the device's key."""

    outcome: Outcome
    session: SignInSession | None = None
    device: str | None = None


def start(db: Db, email: str, back_to: str | None) -> SignIn:
    """Begin a sign-in with an e-mail address, whether an account has it or not; those that were given up are forgotten.

    Source: Connect help, sign in, step one. Own choice: an unknown address goes on to the password and fails there.
    """
    db.execute(delete(SignIn).where(SignIn.expires_at <= db.clock.now()))
    sign_in = SignIn(
        id=db.chance.token(),
        email=people.normal_email(email),
        person_id=None,
        methods=[],
        back_to=back_to,
        expires_at=db.clock.now() + SIGN_IN_LIFETIME,
    )
    db.add(sign_in)
    db.flush()
    return sign_in


def find(db: Db, sign_in_id: str | None) -> SignIn | None:
    """Return a sign-in that is still under way, or None."""
    sign_in = db.get(SignIn, sign_in_id) if sign_in_id else None
    return sign_in if sign_in is not None and sign_in.expires_at > db.clock.now() else None


def check_password(db: Db, sign_in: SignIn, password: str) -> Outcome:
    """Compare the password, and count it when it is wrong.

    Source: Connect help, password policy. Own choice: an account that is not activated, or not active, answers as if the
    password were wrong; an address that is locked says so whatever the password.
    """
    if lockout.locked_until(db, sign_in.email) is not None:
        events.record(db, "sign_in.failed", subject=sign_in.email, reason="locked")
        return Outcome.LOCKED
    person = people.by_email(db, sign_in.email)
    right = credentials.matches(person.password_hash if person else None, password)
    if person is None or not right or person.status != Status.ACTIVE:
        events.record(db, "sign_in.failed", subject=sign_in.email, reason="password")
        return Outcome.LOCKED if lockout.count_failure(db, sign_in.email, "password") else Outcome.WRONG
    lockout.forget_failures(db, sign_in.email, "password")
    sign_in.person, sign_in.methods = person, ["pwd"]
    return Outcome.RIGHT


def next_step(db: Db, sign_in: SignIn, device: str | None) -> NextStep:
    """Decide whether a code is asked for.

    Source: Connect help, sign in with two-step verification; a remembered device is not asked for 30 days.
    """
    person = sign_in.person
    assert person is not None
    if person.totp_secret is None or _remembers(db, person, device):
        return NextStep.DONE
    return NextStep.CODE


def check_code(db: Db, sign_in: SignIn, code: str, *, remember: bool) -> CodeAnswer:
    """Compare the authenticator's code; when it is right the sign-in is done.

    Own choice: codes have a failure counter of their own, with the same lock.
    """
    person = sign_in.person
    if person is None or person.status != Status.ACTIVE:
        return CodeAnswer(Outcome.GONE)
    if lockout.locked_until(db, sign_in.email) is not None:
        events.record(db, "sign_in.failed", subject=sign_in.email, reason="locked")
        return CodeAnswer(Outcome.LOCKED)
    if credentials.check_code(db, person, code) is not CodeCheck.RIGHT:
        events.record(db, "sign_in.failed", subject=sign_in.email, reason="code")
        locked = lockout.count_failure(db, sign_in.email, "code")
        return CodeAnswer(Outcome.LOCKED if locked else Outcome.WRONG)
    lockout.forget_failures(db, sign_in.email, "code")
    sign_in.methods = [*sign_in.methods, "otp"]
    device = db.chance.token()
    if remember:
        db.add(RememberedDevice(hash=_hash(device), person_id=person.id, until=db.clock.now() + REMEMBER_DEVICE))
    return CodeAnswer(Outcome.RIGHT, finish(db, sign_in), device)


def finish(db: Db, sign_in: SignIn) -> SignInSession:
    """Turn a sign-in whose steps are all done into a session; the sign-in cannot be used again."""
    assert sign_in.person is not None
    session = sign_ins.begin(db, sign_in.person, sign_in.methods)
    db.delete(sign_in)
    return session


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


def set_new_password(db: Db, link: MailedLink, password: str) -> Person:
    """Set the password that an activation or reset link is for.

    Own choice: sessions elsewhere end, sign-ins that are half-way begin again, and no device is remembered any longer.

    Raises:
        Refused: a password rule is broken; the link can be used again.
    """
    person = link.person
    known = person.status != Status.NOT_ACTIVATED
    credentials.set_password(db, person, password)
    links.use(db, link)
    sign_ins.end_all(db, person)
    db.execute(delete(SignIn).where(SignIn.person_id == person.id))
    db.execute(delete(RememberedDevice).where(RememberedDevice.person_id == person.id))
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


def sign_in_by_link(db: Db, link: MailedLink) -> SignIn | None:
    """Begin a sign-in whose first step was a mailed link; a code is still asked for where it would be.

    Returns:
        None while the address is locked; the link can be used later.
    """
    if lockout.locked_until(db, link.person.email) is not None:
        events.record(db, "sign_in.failed", subject=link.person.email, reason="locked")
        return None
    links.use(db, link)
    sign_in = start(db, link.person.email, None)
    sign_in.person, sign_in.methods = link.person, ["pwdless"]
    return sign_in


def _remembers(db: Db, person: Person, device: str | None) -> bool:
    remembered = db.get(RememberedDevice, (_hash(device), person.id)) if device else None
    return remembered is not None and remembered.until > db.clock.now()


def _mails_within_an_hour(db: Db, email: str) -> int:
    since = db.clock.now() - timedelta(hours=1)
    names = ("reset", "sign_in_link", "activation")
    query = select(func.count()).where(Message.recipient == email, Message.name.in_(names), Message.sent_at > since)
    return db.scalar(query) or 0


def _hash(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()
