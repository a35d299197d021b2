"""Step-up: a signed-in person proves their identity again before a sensitive action: password, then second factor.

Source: Connect help, managing methods and enrolment from account settings: a fresh password. Own choice: errors are
counted as at sign-in, with the same lock; nothing is remembered, so each action asks again; a person who has no password has signed
in with a passkey, or with the external provider, in this browser just now.
"""

from datetime import timedelta
from enum import StrEnum

from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes, lockout
from simulator.directory.credentials import CodeCheck
from simulator.directory.identity_providers import BY_EXTERNAL
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person, SignInSession

JUST_NOW = timedelta(minutes=5)
"""Own choice: for how long such a sign-in stands in for the password that a person does not have."""

Proof = str | SignInSession
"""The password that was typed; of a person who has none, the session of this browser."""


class Answer(StrEnum):
    """The result of a step-up. A failure is recorded in the transaction, so it is not an exception."""

    RIGHT = "right"
    PASSWORD = "password"
    PASSKEY = "passkey"
    CODE = "code"
    LOCKED = "locked"


def check_password(db: Db, person: Person, proof: Proof) -> Answer:
    """Compare a person's own password, and count it if it is wrong; of a person who has none, look at the sign-in."""
    if isinstance(proof, SignInSession):
        is_own = proof.person_id == person.id and person.password_hash is None
        return Answer.RIGHT if is_own and is_proof_just_now(db, proof) else Answer.PASSKEY
    outcome = lockout.attempt(db, person.email, "password", lambda: credentials.matches(person.password_hash, proof))
    return _answer(outcome, Answer.PASSWORD)


def is_proof_just_now(db: Db, session: SignInSession) -> bool:
    """Return whether somebody signed in with a passkey, or the provider of the organisation, a moment ago."""
    methods = set(session.methods)
    return ({"pwdless", "hwk"} <= methods or BY_EXTERNAL in methods) and db.clock.now() - session.started_at <= JUST_NOW


def check_both(db: Db, person: Person, proof: Proof, code: str, *, lost_phone: bool = False) -> Answer:
    """Compare the own password, and then a code of the authenticator.

    Args:
        db: the transaction; a right code is used up in it.
        person: the signed-in person.
        proof: the typed password.
        code: the typed code.
        lost_phone: whether the code is the one-time emergency code.

    Source: Connect help, managing methods: the emergency code stands in for a lost phone.
    """
    answer = check_password(db, person, proof)
    if answer is not Answer.RIGHT:
        return answer

    def is_right() -> bool:
        if lost_phone:
            return emergency_codes.use(db, person, code)
        return credentials.check_code(db, person, code) is CodeCheck.RIGHT

    return _answer(lockout.attempt(db, person.email, "code", is_right), Answer.CODE)


def _answer(outcome: Outcome, wrong: Answer) -> Answer:
    if outcome is Outcome.RIGHT:
        return Answer.RIGHT
    return Answer.LOCKED if outcome is Outcome.LOCKED else wrong
