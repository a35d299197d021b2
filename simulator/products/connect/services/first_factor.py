"""The first factor: the password, or a mailed link in its place."""

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory import credentials, links, lockout, people
from simulator.directory.lockout import Outcome
from simulator.directory.models import MailedLink, Status
from simulator.directory.security_keys import ceremonies
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect.services import steps


def check_password(db: Db, sign_in: SignIn, password: str) -> Outcome:
    """Check the password, and count a failure when it is wrong.

    Source: Connect help, password policy. Own choice: for an account that is not activated, or not active, the outcome is that of a
    wrong password; for a locked address it is *locked* whatever the password.
    """
    person = people.by_email(db, sign_in.email)

    def is_right() -> bool:
        right = credentials.matches(person.password_hash if person else None, password)
        return person is not None and right and person.status == Status.ACTIVE

    outcome = lockout.attempt(db, sign_in.email, "password", is_right)
    if outcome is Outcome.RIGHT and person is not None:
        credentials.renew_hash(person, password)
        sign_in.person, sign_in.methods = person, ["pwd"]
        sign_in.new_password = credentials.has_to_change(db, person, password)
    return outcome


def sign_in_by_passkey(
    db: Db, holder: str, response: str, back_to: str | None, request_id: str | None = None
) -> SignIn | KeyRefusal | Outcome:
    """Begin a sign-in whose first and second factor is a passkey.

    Args:
        db: the transaction.
        holder: id of the browser that the challenge was drawn for.
        response: ``AuthenticationResponseJSON``.
        back_to: path of the page that was asked for.
        request_id: id of what the application demands that sent the user here.

    Returns:
        The sign-in; ``LOCKED``; or the reason of the refusal.

    Source: Connect help, passkeys: it counts as two factors, and no code is asked for.
    """
    result = ceremonies.check(db, None, holder, response)
    if isinstance(result, KeyRefusal):
        owner = ceremonies.owner_of(db, response)
        if owner is not None and lockout.attempt(db, owner.email, "code", lambda: False) is Outcome.LOCKED:
            return Outcome.LOCKED
        return result
    person = result.person
    if person.status != Status.ACTIVE:
        return KeyRefusal.UNKNOWN
    if lockout.attempt(db, person.email, "code", lambda: True) is Outcome.LOCKED:
        return Outcome.LOCKED
    sign_in = steps.start(db, person.email, back_to, request_id)
    sign_in.person, sign_in.methods, sign_in.second_step = person, ["pwdless", "hwk"], True
    return sign_in


def sign_in_by_link(db: Db, link: MailedLink) -> SignIn | None:
    """Begin a sign-in whose first factor was a mailed link; the further steps are those after a password.

    Returns:
        None while the address is locked; the link can be used later.
    """
    if lockout.locked_until(db, link.person.email) is not None:
        events.record(db, "sign_in.failed", subject=link.person.email, reason="locked")
        return None
    links.use(db, link)
    sign_in = steps.start(db, link.person.email, None)
    sign_in.person, sign_in.methods = link.person, ["pwdless"]
    return sign_in
