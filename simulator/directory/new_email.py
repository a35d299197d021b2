"""Changing the own e-mail address: a link to the new address confirms it, and the old address gets a notice.

Source: Connect help, managing methods; Visma Admin help, Customer, tab Configuration: only if every customer that the user
belongs to permits it. Own choice: the link is valid for 24 hours, and the password stays.
"""

from sqlalchemy import delete, select

from simulator.core import events, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import links, people
from simulator.directory.models import Customer, FailedAttempt, LinkKind, Lock, MailedLink, Membership, Person
from simulator.directory.signing_in import pending_sign_ins

events.declare(
    email__requested="A person asked to change the own e-mail address; the new address got a link.",
    email__changed="A person confirmed a new e-mail address.",
)


def forbidden_by(db: Db, person: Person) -> str | None:
    """Return the name of the first customer, by name, that does not let this person change the address, or None."""
    query = (
        select(Customer.name)
        .join(Membership, Membership.customer_id == Customer.id)
        .where(Membership.person_id == person.id, Customer.may_change_email.is_(False))
        .order_by(Customer.name, Customer.id)
    )
    return db.scalar(query.limit(1))


def check(db: Db, person: Person, email: str) -> None:
    """Check that a person may have another address, and that it is free.

    Raises:
        RuleViolation: ``details.email_fixed``, ``details.email_same`` or ``details.email_taken``.
    """
    customer = forbidden_by(db, person)
    if customer is not None:
        raise RuleViolation("details.email_fixed", customer=customer)
    if normal_forms.email(email) == person.email:
        raise RuleViolation("details.email_same", field="email")
    if people.by_email(db, email) is not None:
        raise RuleViolation("details.email_taken", field="email")


def request(db: Db, person: Person, email: str) -> None:
    """Mail a link to a new address that was checked; an earlier one no longer works."""
    email = normal_forms.email(email)
    token = links.make(db, person, LinkKind.EMAIL, new_email=email)
    events.record(db, "email.requested", actor=person.email, subject=person.email, email=email)
    outbox.mail(
        db,
        "confirm_email",
        to=email,
        language=person.language,
        link=db.address("connect", "email", token),
        first_name=person.first_name,
        email=email,
    )


def confirm(db: Db, link: MailedLink) -> str:
    """Change the address of a person to the one that the link confirms.

    Returns:
        The new address.

    Raises:
        RuleViolation: it may no longer be changed, or somebody else has it by now.
    """
    person, email = link.person, link.new_email or ""
    check(db, person, email)
    links.use(db, link)
    before = person.email
    lock = db.get(Lock, before)
    if lock is not None:
        db.merge(Lock(email=email, until=lock.until))
        db.delete(lock)
    db.execute(delete(FailedAttempt).where(FailedAttempt.email == before))
    pending_sign_ins.restart(db, person)
    links.withdraw(db, person)
    person.email = email
    db.flush()
    events.record(db, "email.changed", actor=email, subject=email, changes={"email": [before, email]})
    outbox.mail(db, "email_changed", to=before, language=person.language, first_name=person.first_name, email=email)
    return email
