"""Writes people: accounts, passwords, authenticators, locks, memberships and roles."""

from collections.abc import Iterable
from datetime import time, timedelta

from sqlalchemy import delete, select

from simulator.core.sandbox import Db
from simulator.directory import administration, credentials, emergency_codes, lockout, people, support_access
from simulator.directory.models import ClearTextSecrets, Company, Customer, EmergencyCode, Lock, Membership, Person, Status
from simulator.directory.people import Activation, Particulars
from simulator.directory.roles import BY_NAME

from . import mails, person_entries, security_keys
from .dates import When
from .setting import Setting
from .vocabulary import ALL, LOST

LOCKED_FOR = When(days=30)
"""Own choice: far longer than the half hour of the platform, so that the scenario's locked person stays locked."""

IN_ACTIVATION_MAIL = frozenset({"email", "first_name", "last_name", "language", "status"})
"""Keys of a person from which an activation mail is made."""

SIGNED_IN_AT = time(8, 30)
MAILED_AT = time(10)


def write_people(setting: Setting, entries: list[person_entries.Person]) -> None:
    """Add people, or change existing ones (with the same key or address) in the keys of their entries."""
    for at, entry in enumerate(entries):
        person = _existing(setting.db, entry)
        before = None
        keys = setting.keys_of("people", at)
        if person is None:
            person, fresh = people.create(setting.db, _particulars(setting, entry), entry.key), True
        else:
            fresh = False
            before = mails.sent_activation(setting.db, person)
            _change(setting, person, entry, keys)
        _account(setting, person, entry, keys, fresh=fresh)
        _help_for_others(setting.db, person, entry, keys)
        _write_memberships(setting, person, entry, keys)
        for number, access in enumerate(entry.support_access):
            with setting.reporting(f"people.{at}.support_access.{number}"):
                _give_access(setting, person, access)
        if entry.activation:
            _send_activation(setting, person, entry)
        elif before is not None and keys & IN_ACTIVATION_MAIL and person.status == Status.NOT_ACTIVATED:
            # The mail was made from what the entry changes.
            mails.withdraw_activation(setting.db, person)
            people.send_activation(setting.db, person, before[0])
            mails.date_activation(setting.db, person, before[1])
        setting.db.flush()


def _existing(db: Db, entry: person_entries.Person) -> Person | None:
    person = db.scalar(select(Person).where(Person.key == entry.key)) if entry.key else None
    return person or people.by_email(db, entry.email)


def _particulars(setting: Setting, entry: person_entries.Person) -> Particulars:
    language = entry.language or setting.db.record.language
    return Particulars(
        email=entry.email, first_name=entry.first_name, last_name=entry.last_name, language=language, phone=entry.phone
    )


def _change(setting: Setting, person: Person, entry: person_entries.Person, keys: frozenset[str]) -> None:
    if keys & {"email", "status", "activation"}:
        mails.withdraw_activation(setting.db, person)
    if entry.email != person.email:
        lock = setting.db.get(Lock, person.email)
        if lock is not None:
            lockout.lock(setting.db, entry.email, lock.until)
            setting.db.delete(lock)
    for name in keys & {"key", "email", "first_name", "last_name", "phone", "language"}:
        setattr(person, name, getattr(entry, name))
    setting.db.flush()


def _account(setting: Setting, person: Person, entry: person_entries.Person, keys: frozenset[str], *, fresh: bool) -> None:
    """Write status, lock, password and authenticator."""
    db = setting.db
    if fresh or "status" in keys:
        person.status = Status.ACTIVE if entry.status == "locked" else Status(entry.status)
        if entry.status == "locked":
            until = entry.locked_until or LOCKED_FOR
            ends = db.clock.now() + until if isinstance(until, timedelta) else setting.instant(until, time())
            lockout.lock(db, person.email, ends)
        else:
            db.execute(delete(Lock).where(Lock.email == person.email))
    if person.status == Status.NOT_ACTIVATED:
        person.password_hash = person.totp_secret = person.sms_number = person.terms_accepted_at = None
        person.push = False
        security_keys.forget_keys(db, person)
        emergency_codes.forget(db, person)
        db.merge(ClearTextSecrets(person_id=person.id, password=None))
        return
    if fresh or "terms" in keys:
        person.terms_accepted_at = person.created_at if entry.terms else None
    if entry.password is not None and (fresh or "password" in keys):
        credentials.store_password(db, person, entry.password)
    _two_step(db, person, entry, keys, fresh=fresh)
    if entry.last_signed_in and (fresh or "last_signed_in" in keys):
        person.last_signed_in_at = min(setting.instant(entry.last_signed_in, SIGNED_IN_AT), db.clock.now())


def _two_step(db: Db, person: Person, entry: person_entries.Person, keys: frozenset[str], *, fresh: bool) -> None:
    """Write the authenticator, the telephone for text messages, the security keys and passkeys, and the emergency code."""
    new = entry.two_step and (fresh or entry.totp_secret is not None or person.totp_secret is None)
    if new:
        person.totp_secret = entry.totp_secret or db.chance.base32()
    if not entry.two_step:
        person.totp_secret, person.sms_number, person.push = None, None, False
    if fresh or "sms" in keys:
        person.sms_number = entry.sms
    if fresh or "push" in keys:
        person.push = entry.push
    if keys & security_keys.KEYS:
        new = new or bool(entry.security_keys and db.get(EmergencyCode, person.id) is None)
        security_keys.write_keys(db, person, entry)
    if not entry.two_step and not entry.security_keys:
        emergency_codes.forget(db, person)
    elif new or "emergency_code" in keys:
        drawn = entry.emergency_code in (None, LOST)
        emergency_codes.store(db, person, emergency_codes.draw(db) if drawn else str(entry.emergency_code))
    secrets = db.get_one(ClearTextSecrets, person.id)
    if entry.emergency_code == LOST:
        secrets.emergency_code = None
    if "lost_phone" in keys:
        secrets.lost_secret = person.totp_secret if entry.lost_phone else None


def _send_activation(setting: Setting, person: Person, entry: person_entries.Person) -> None:
    """Mail the activation link; a mail of an earlier day gets that date."""
    activation = Activation.TWO_MAILS if entry.activation == "welcome" else Activation.SINGLE_MAIL
    people.send_activation(setting.db, person, activation)
    if entry.activation_sent is not None:
        mails.date_activation(setting.db, person, setting.instant(entry.activation_sent, MAILED_AT))


def _help_for_others(db: Db, person: Person, entry: person_entries.Person, keys: frozenset[str]) -> None:
    """Write whether the person works at the vendor's support desk, and the e-mail domains for which they may generate codes."""
    if "desk" in keys:
        person.desk = entry.desk
    if "code_domains" in keys:
        emergency_codes.grant_right(db, person, entry.code_domains, None)


def _write_memberships(setting: Setting, person: Person, entry: person_entries.Person, keys: frozenset[str]) -> None:
    """Write the person's customers, roles, and the company chosen last."""
    db = setting.db
    if "customers" in keys:
        db.execute(delete(Membership).where(Membership.person_id == person.id))
    for customer in map(setting.customer, [*entry.customers, *entry.primary_contact]):
        _list_at(db, person, customer.id)
    for customer in map(setting.customer, entry.primary_contact):
        _make_contact(db, person, customer)
    if "grants" in keys:
        for held in list(person.grants):
            if administration.is_inherited(db, held):
                held.direct = False
            else:
                db.delete(held)
        db.flush()
        db.expire(person, ["grants"])
    for grant in entry.grants:
        give(setting, person, grant)
    if entry.company:
        person.company_id = setting.company(entry.company).id


def give(setting: Setting, person: Person, entry: person_entries.Grant) -> None:
    """Grant a role on all companies and customers named, and list the person at those customers."""
    role = BY_NAME[entry.role]
    for company, customer in _targets(setting, entry.on):
        people.grant(setting.db, None, person, role, customer=customer, company=company)
        _list_at(setting.db, person, customer.id if customer else company.customer_id if company else 0)


def write_grants(setting: Setting, entries: list[person_entries.GrantTo]) -> None:
    """Grant the roles of the section ``grants``."""
    for entry in entries:
        person = setting.db.scalar(select(Person).where(Person.key == entry.person)) or people.by_email(
            setting.db, entry.person
        )
        assert person is not None
        give(setting, person, entry)


def _targets(setting: Setting, keys: Iterable[str]) -> Iterable[tuple[Company | None, Customer | None]]:
    for key in keys:
        if key == ALL:
            yield from ((company, None) for company in setting.db.scalars(select(Company).order_by(Company.id)).all())
            continue
        company = setting.db.scalar(select(Company).where(Company.key == key))
        yield (company, None) if company is not None else (None, setting.customer(key))


def _give_access(setting: Setting, person: Person, entry: person_entries.SupportAccess) -> None:
    """Give a consultant access to a customer; an access whose last day is over has ended with that day."""
    db, customer, last_day = setting.db, setting.customer(entry.customer), setting.day(entry.until)
    if last_day >= support_access.today(db, customer):
        support_access.give(db, None, customer, person, last_day)
    else:
        support_access.write_past(db, customer, person, last_day)


def _list_at(db: Db, person: Person, customer_id: int) -> None:
    if db.get(Membership, (person.id, customer_id)) is None:
        db.add(Membership(person_id=person.id, customer_id=customer_id))
        db.flush()


def _make_contact(db: Db, person: Person, customer: Customer) -> None:
    """Make a person the primary contact of a customer."""
    for membership in db.scalars(select(Membership).where(Membership.customer_id == customer.id)):
        membership.primary_contact = membership.person_id == person.id
    db.flush()
