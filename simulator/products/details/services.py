"""Commands of My details.

Source: Connect help, managing methods: change password, turn two-step verification on and off after the password. Own choice:
a failure that is recorded (a wrong password is counted) is a returned answer; a rule violation is raised.
"""

from typing import Any

from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES
from simulator.directory import credentials, emergency_codes, links, new_email, people, step_up, two_step
from simulator.directory.lockout import Outcome, attempt
from simulator.directory.models import Person, SignInSession
from simulator.directory.signing_in import devices, enrolment, pending_sign_ins, text_codes
from simulator.directory.signing_in.models import TextCode
from simulator.directory.signing_in.text_codes import Sending
from simulator.directory.step_up import Answer, Proof
from simulator.directory.two_step import State

SMS = "own number"
"""Purpose of the codes by SMS that verify a number here; those of signing in and of enrolment have other purposes."""

events.declare(
    details__mails_chosen="A person chose whether changes of the own details are mailed.",
    details__changed="A person changed the own name, telephone number or language.",
    two_step__number_verified="A person verified a telephone number for codes by SMS.",
    two_step__number_removed="A person removed the telephone number for codes by SMS.",
)


def change(db: Db, person: Person, *, first_name: str, last_name: str, phone: str | None, language: str) -> bool:
    """Change name, telephone number and language of a person.

    Returns:
        False when all values were the same already.

    Raises:
        RuleViolation: ``details.language_unknown``.
    """
    if language not in LANGUAGES:
        raise RuleViolation("details.language_unknown", field="language")
    values = {"first_name": first_name.strip(), "last_name": last_name.strip(), "phone": phone, "language": language}
    changes = {name: [getattr(person, name), value] for name, value in values.items() if getattr(person, name) != value}
    for name in changes:
        setattr(person, name, values[name])
    if changes:
        people.record_change(db, person, "details.changed", person.email, fields=list(changes), changes=changes)
    return bool(changes)


def choose_mails(db: Db, person: Person, *, of_changes: bool) -> bool:
    """Choose whether changes of the own details are mailed.

    Returns:
        False when that was chosen already.
    """
    if person.mails_of_changes == of_changes:
        return False
    person.mails_of_changes = of_changes
    events.record(db, "details.mails_chosen", actor=person.email, subject=person.email, of_changes=of_changes)
    return True


def change_password(db: Db, person: Person, session_id: str, proof: Proof, password: str) -> Answer:
    """Change the password, and end every other access to the account.

    All other sessions end, unfinished sign-ins begin again, links mailed earlier no longer work, and no device is remembered any
    longer.

    Args:
        db: the transaction.
        person: the person.
        session_id: the session that stays open.
        proof: the present password.
        password: the new password.

    Raises:
        RuleViolation: a password rule is broken.

    Source: Connect help, password policy. Own choice: this browser stays signed in.
    """
    answer = step_up.check_password(db, person, proof)
    if answer is not Answer.RIGHT:
        return answer
    credentials.set_password(db, person, password)
    others = select(SignInSession).where(
        SignInSession.person_id == person.id, SignInSession.ended_at.is_(None), SignInSession.id != session_id
    )
    for session in db.scalars(others):
        session.ended_at = db.clock.now()
    pending_sign_ins.restart(db, person)
    links.withdraw(db, person)
    devices.forget(db, person)
    outbox.mail(db, "password_changed", **_mail_data(person))
    return answer


def begin_enrolment(db: Db, person: Person, session_id: str, proof: Proof, back_to: str) -> Answer:
    """Begin to set two-step verification up, on Connect's pages, after a fresh password.

    Raises:
        RuleViolation: ``details.two_step_on``, or ``details.authenticator_lost``: the next sign-in, which asks for the second step,
            sets another authenticator up.
    """
    if two_step.state(db, person) is State.LOST:
        raise RuleViolation("details.authenticator_lost")
    if person.totp_secret is not None:
        raise RuleViolation("details.two_step_on")
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT:
        enrolment.begin(db, person, session_id, back_to=back_to)
    return answer


def turn_off(db: Db, person: Person, proof: Proof, code: str, *, lost_phone: bool) -> Answer:
    """Turn two-step verification off after password and code.

    Raises:
        RuleViolation: ``details.two_step_off``, ``details.authenticator_lost`` or ``details.two_step_required``.

    Source: Connect help, managing methods; not possible while a customer's policy requires it.
    """
    _must_be_on(db, person)
    customer = two_step.required_by(db, person)
    if customer is not None:
        raise RuleViolation("details.two_step_required", customer=customer)
    answer = step_up.check_both(db, person, proof, code, lost_phone=lost_phone)
    if answer is Answer.RIGHT:
        two_step.disable(db, person, person.email)
    return answer


def new_emergency_code(db: Db, person: Person, proof: Proof, code: str) -> tuple[Answer, str | None]:
    """Issue a new emergency code after password and second factor; the previous one no longer works.

    Returns:
        The answer and, if it is ``RIGHT``, the code in the form to show, once.

    Raises:
        RuleViolation: ``details.two_step_off`` or ``details.authenticator_lost``.
    """
    _must_be_on(db, person)
    answer = step_up.check_both(db, person, proof, code, lost_phone=person.totp_secret is None)
    return answer, emergency_codes.issue(db, person) if answer is Answer.RIGHT else None


def request_new_email(db: Db, person: Person, proof: Proof, email: str) -> Answer:
    """Mail a link to the new address, after the password.

    Raises:
        RuleViolation: ``details.email_fixed``, ``details.email_same`` or ``details.email_taken``.
    """
    new_email.check(db, person, email)
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT:
        new_email.request(db, person, email)
    return answer


def send_code(db: Db, person: Person, session_id: str, proof: Proof, number: str) -> Answer:
    """Send a code to a telephone number, after the password; typing the code verifies the number.

    Raises:
        RuleViolation: ``details.two_step_off``, ``details.authenticator_lost``, ``details.number`` or ``details.sms_<why>``.

    Source: Connect help: SMS is a backup for the authenticator, never the only method.
    """
    _must_be_on(db, person)
    normalised = enrolment.normal_number(number)
    if normalised is None:
        raise RuleViolation("details.number", field="number")
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT:
        sending = text_codes.send(db, session_id, SMS, normalised, person.language)
        if sending is not Sending.SENT:
            raise RuleViolation(f"details.sms_{sending}")
    return answer


def unverified_number(db: Db, session_id: str) -> str | None:
    """Return the number that a code was sent to and that is not verified yet, or None."""
    sent = db.get(TextCode, (session_id, SMS))
    return sent.number if sent is not None and sent.hash is not None else None


def verify_number(db: Db, person: Person, session_id: str, code: str) -> Outcome:
    """Check the code sent to a number, and save the number for codes by SMS."""
    number = unverified_number(db, session_id)
    outcome = attempt(db, person.email, "code", lambda: text_codes.use(db, session_id, SMS, code))
    if outcome is Outcome.RIGHT and number is not None:
        person.sms_number = number
        text_codes.forget(db, session_id)
        events.record(db, "two_step.number_verified", actor=person.email, subject=person.email, number=number)
        outbox.mail(db, "number_verified", **_mail_data(person), number=number)
    return outcome


def remove_number(db: Db, person: Person, proof: Proof) -> Answer:
    """Remove the number for codes by SMS after the password."""
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT and person.sms_number is not None:
        events.record(db, "two_step.number_removed", actor=person.email, subject=person.email, number=person.sms_number)
        person.sms_number = None
    return answer


def _must_be_on(db: Db, person: Person) -> None:
    state = two_step.state(db, person)
    if state is not State.ON:
        raise RuleViolation("details.two_step_off" if state is State.OFF else "details.authenticator_lost")


def _mail_data(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
