"""Passwords and authenticator codes: hashing, comparing and changing them as on a real platform.

Source: Connect help, password policy (the rules of the address, no breached password, none of the last five). Own choice: the
list of breached passwords.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory.email_domains import policies
from simulator.directory.models import ClearTextSecrets, PasswordEntry, Person, Status
from simulator.directory.password_profile import present_profile
from simulator.directory.password_rules import LONGEST

if TYPE_CHECKING:
    from argon2 import PasswordHasher

HISTORY = 5
TOTP_PERIOD = 30
TOTP_ISSUER = "Visma Connect"

_announce_activated = late("simulator.directory.announcements:user_activated")

events.declare(
    password__changed="A password was set or changed.",
    user__activated="An invited person set the first password.",
)


@cache
def _hasher(profile: str) -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher() if profile == "realistic" else PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, as a PHC string."""
    return _hasher(present_profile()).hash(normal_forms.password(password))


def matches(hash_: str | None, password: str) -> bool:
    """Return whether a password belongs to a hash; takes the same time if there is no hash, or a cheaper one."""
    results = [_verify(compared, password) for compared in compared_hashes(hash_)]
    return hash_ is not None and results[0]


def compared_hashes(hash_: str | None) -> list[str]:
    """Return the hashes that a password is compared with: also nobody's, unless the hash costs what the present profile does."""
    nobody = _nobody(present_profile())
    return [nobody] if hash_ is None else [hash_, nobody] if costs_otherwise(hash_) else [hash_]


def costs_otherwise(hash_: str) -> bool:
    """Return whether a hash was made with another cost than the present profile has."""
    return _hasher(present_profile()).check_needs_rehash(hash_)


def renew_hash(person: Person, password: str) -> None:
    """Hash a person's password, which was just proven right, with the cost of the present profile."""
    if person.password_hash is not None and costs_otherwise(person.password_hash):
        person.password_hash = hash_password(password)


def _verify(hash_: str, password: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        return _hasher(present_profile()).verify(hash_, normal_forms.password(password))
    except VerificationError:
        return False


@cache
def _nobody(profile: str) -> str:
    return _hasher(profile).hash("nobody has this password")


@cache
def _breached() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "breached.txt").read_text(encoding="utf-8").split())


def has_to_change(db: Db, person: Person, password: str) -> bool:
    """Return whether a person's present password has to be changed: a rule that holds by now is broken, or it was breached.

    Source: Connect help, password policy: checked at the next sign-in.
    """
    password = normal_forms.password(password)
    return password in _breached() or not policies.password_rules_of(db, person.email).is_met(password)


def set_password(db: Db, person: Person, password: str) -> None:
    """Set a new password of a person, by the rules that hold for the address.

    Raises:
        RuleViolation: ``password.<rule>`` for the first rule it breaks, ``password.breached`` or ``password.reused``.
    """
    password = normal_forms.password(password)
    rules = policies.password_rules_of(db, person.email)
    facts = {"shortest": rules.shortest, "longest": LONGEST, "forbidden": " ".join(rules.forbidden)}
    for rule in rules.check(password):
        if not rule.is_met:
            raise RuleViolation(f"password.{rule.code}", field="password", **facts)
    if password in _breached():
        raise RuleViolation("password.breached", field="password")
    entries = select(PasswordEntry.hash).where(PasswordEntry.person_id == person.id).order_by(PasswordEntry.id.desc())
    if any(matches(hash_, password) for hash_ in db.scalars(entries.limit(HISTORY))):
        raise RuleViolation("password.reused", field="password", history=HISTORY)
    first = person.status == Status.NOT_ACTIVATED
    store_password(db, person, password)
    if first:
        activate(db, person)
    events.record(db, "password.changed", actor=person.email, subject=person.email)


def activate(db: Db, person: Person) -> None:
    """Activate the account of a person who has just set the first password, or registered a passkey."""
    person.status = Status.ACTIVE
    events.record(db, "user.activated", actor=person.email, subject=person.email)
    _announce_activated(db, person)


def store_password(db: Db, person: Person, password: str) -> None:
    """Store a password without checking the rules, for scenarios; also in clear text for testers (``ClearTextSecrets``)."""
    person.password_hash = hash_password(password)
    db.flush()
    db.add(PasswordEntry(person_id=person.id, hash=person.password_hash))
    secrets = db.get(ClearTextSecrets, person.id) or ClearTextSecrets(person_id=person.id)
    secrets.password = password
    db.add(secrets)


class CodeCheck(StrEnum):
    """The result of comparing a code with an authenticator."""

    RIGHT = "right"
    USED = "used"
    WRONG = "wrong"


def check_code(db: Db, person: Person, code: str) -> CodeCheck:
    """Compare a code with a person's authenticator at the sandbox's time.

    Args:
        db: the transaction; the step of a right code is stored in it.
        person: the owner of the authenticator.
        code: the typed code; with anything that stands between its digits.

    Returns:
        RIGHT once per code, USED for a code of that 30-second step or an earlier one, WRONG otherwise.

    Source: Connect, six digits every 30 seconds. Own choice: one step of drift either way, each code once.
    """
    if person.totp_secret is None:
        return CodeCheck.WRONG
    check, step = compare_code(db, person.totp_secret, person.totp_step, code)
    if check is CodeCheck.RIGHT:
        person.totp_step = step
    return check


def compare_code(db: Db, secret: str, used: int | None, code: str) -> tuple[CodeCheck, int | None]:
    """Compare a code with an authenticator's secret, without changes.

    Args:
        db: the transaction, for the time.
        secret: base32.
        used: the last step whose code was used.
        code: the typed code.

    Returns:
        The result, and the 30-second step that the code belongs to.
    """
    from pyotp import TOTP

    typed = normal_forms.code(code)
    totp = TOTP(secret, issuer=TOTP_ISSUER)
    now = totp.timecode(db.clock.now())
    for step in (now - 1, now, now + 1):
        if totp.generate_otp(step) == typed:
            return (CodeCheck.USED if used is not None and step <= used else CodeCheck.RIGHT), step
    return CodeCheck.WRONG, None


@dataclass(frozen=True)
class PhoneCode:
    """A code on an authenticator's screen; ``valid_for`` is the number of whole seconds until its 30-second step ends."""

    code: str
    valid_for: int


def has_phone(db: Db, person: Person) -> bool:
    """Return whether a person has an authenticator, and a phone that shows its codes.

    Own choice: in a scenario a phone can be lost; an authenticator that is set up afterwards is on a new phone.
    """
    secrets = db.get(ClearTextSecrets, person.id)
    return person.totp_secret is not None and (secrets is None or secrets.lost_secret != person.totp_secret)


def next_code(db: Db, person: Person) -> PhoneCode | None:
    """Return the code that a person would type now: of the first unused step, at most one step ahead.

    Returns:
        None if every acceptable step is used, or the person has no authenticator on a phone.
    """
    if person.totp_secret is None or not has_phone(db, person):
        return None
    return next_code_of(db, person.totp_secret, person.totp_step)


def next_code_of(db: Db, secret: str, used: int | None) -> PhoneCode | None:
    """Return the code of the first unused step of a secret, at most one step ahead, or None if every such step is used."""
    from pyotp import TOTP

    totp = TOTP(secret)
    instant = db.clock.now()
    now = totp.timecode(instant)
    step = now if used is None else max(now, used + 1)
    if step > now + 1:
        return None
    return PhoneCode(totp.generate_otp(step), (step + 1) * TOTP_PERIOD - int(instant.timestamp()))
