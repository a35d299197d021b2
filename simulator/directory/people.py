"""People: finding them, inviting them, giving them roles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import links
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer, Grant, LinkKind, Membership, Person, Status
from simulator.directory.roles import BY_CODE, CUSTOMER_ADMINISTRATOR, Level, Role

EMAIL = re.compile(r"[a-z0-9!#$%&'*+^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
"""Own choice: letters, digits and signs of ASCII, without those that mean something in a mail's head or in an address."""
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
LONGEST_EMAIL = 254
LONGEST_DOMAIN = 252

events.declare(
    user__invited="A new account was made and its activation mail sent.",
    user__confirmed="Somebody followed the link of a welcome mail; a mail to create the password was sent.",
    user__added="A person who had an account was added to a customer.",
    role__granted="A role was given.",
    role__revoked="A role was taken away.",
)


def normal_email(text: str) -> str:
    """Return an address the way it is stored: trimmed, in lower case."""
    return text.strip().lower()


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address."""
    return len(text) <= LONGEST_EMAIL and EMAIL.fullmatch(normal_email(text)) is not None


def is_domain(text: str) -> bool:
    """Say whether a text has the form of an e-mail domain: what stands behind the @ of an address."""
    return len(text) <= LONGEST_DOMAIN and DOMAIN.fullmatch(text.strip().lower()) is not None


def by_email(db: Db, email: str) -> Person | None:
    """Return the person with an address, or None."""
    return db.scalar(select(Person).where(Person.email == normal_email(email)))


def visible_to(db: Db, actor: Actor, person_id: int) -> Person | None:
    """Return a person that an actor may see: one listed at the actor's customer."""
    member = select(Membership.person_id).where(Membership.customer_id == actor.customer_id)
    return db.scalar(select(Person).where(Person.id == person_id, Person.id.in_(member)))


def customer_administrators(db: Db, customer_id: int) -> Sequence[Person]:
    """Return the active Customer administrators of a customer, by name."""
    query = (
        select(Person)
        .join(Grant)
        .where(
            Grant.customer_id == customer_id,
            Grant.role == CUSTOMER_ADMINISTRATOR.code,
            Person.status == Status.ACTIVE,
        )
        .order_by(Person.first_name, Person.last_name, Person.id)
    )
    return db.scalars(query).all()


class Activation(StrEnum):
    """How a new account is activated: by one mail that leads to a password, or by a welcome and a second mail for that."""

    ONE_MAIL = "one_mail"
    TWO_MAILS = "two_mails"


def customers_of(db: Db, person_id: int) -> Sequence[int]:
    """Return the ids of the customers that list a person, by id."""
    listed = select(Membership.customer_id).where(Membership.person_id == person_id)
    return db.scalars(listed.order_by(Membership.customer_id)).all()


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What an administrator types about a person. Lengths and form are checked where it is typed."""

    email: str
    first_name: str
    last_name: str
    language: str
    phone: str | None = None


def invite(
    db: Db,
    actor: Actor,
    customer: Customer,
    particulars: Particulars,
    grants: Sequence[tuple[Role, Company | None]],
    *,
    activation: Activation = Activation.ONE_MAIL,
) -> Person:
    """Add a person to a customer and give roles.

    An unknown address gets an account and an activation mail; a known one keeps its account and gets a mail about the new rights.

    Args:
        db: the transaction.
        actor: who adds the person.
        customer: to whom the person is added.
        particulars: the person's data.
        grants: roles, each with the company it is given on; None for roles on the customer.
        activation: by which mails a new account is activated.

    Raises:
        RuleViolation: ``directory.already_member``.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "WebFaktura og Visma.net" for
    people who have an account.
    """
    person = by_email(db, particulars.email)
    known = person is not None
    if person is None:
        person = create(db, particulars)
    elif db.get(Membership, (person.id, customer.id)) is not None:
        raise RuleViolation("directory.already_member", field="email", email=person.email)
    db.add(Membership(person_id=person.id, customer_id=customer.id))
    for role, company in grants:
        grant(db, actor.email, person, role, customer=customer, company=company)
    if known:
        outbox.mail(
            db,
            "new_rights",
            to=person.email,
            language=person.language,
            link=db.address("home", ""),
            first_name=person.first_name,
            customer=customer.name,
            actor=actor.name,
        )
        record_change(db, person, "user.added", actor.email, customer=customer.number)
    else:
        send_activation(db, person, activation)
        events.record(db, "user.invited", actor=actor.email, subject=person.email, customer=customer.number)
    return person


def create(db: Db, particulars: Particulars, key: str | None = None) -> Person:
    """Make an account that is not activated yet; sends nothing."""
    person = Person(
        key=key,
        email=normal_email(particulars.email),
        first_name=particulars.first_name.strip(),
        last_name=particulars.last_name.strip(),
        phone=particulars.phone,
        language=particulars.language,
        status=Status.NOT_ACTIVATED,
        created_at=db.clock.now(),
    )
    db.add(person)
    db.flush()
    return person


def send_activation(db: Db, person: Person, activation: Activation = Activation.ONE_MAIL) -> None:
    """Mail a fresh activation link; an older one no longer works.

    Source: "WebFaktura og Visma.net", moving users, for the variant with two mails.
    """
    if activation is Activation.ONE_MAIL:
        _mail_link(db, person, "activation", LinkKind.ACTIVATION, "activate")
    else:
        _mail_link(db, person, "welcome", LinkKind.WELCOME, "welcome")


def send_password_link(db: Db, person: Person) -> None:
    """Mail the link by which somebody who has followed a welcome creates the password."""
    _mail_link(db, person, "create_password", LinkKind.ACTIVATION, "activate")


def _mail_link(db: Db, person: Person, mail: str, kind: LinkKind, path: str) -> None:
    token = links.make(db, person, kind)
    outbox.mail(
        db,
        mail,
        to=person.email,
        language=person.language,
        link=db.address("connect", path, token),
        first_name=person.first_name,
        email=person.email,
    )


def grant(
    db: Db,
    actor: str | None,
    person: Person,
    role: Role,
    *,
    customer: Customer | None = None,
    company: Company | None = None,
) -> None:
    """Give a role on its level; a role on a customer that was asked for on a company is given on that company's customer.

    Own choice: a person who has the role there already keeps it and nothing is recorded.
    """
    on_customer = role.level is Level.CUSTOMER and not (role.also_on_company and company is not None)
    if on_customer and customer is None:
        assert company is not None
        customer = company.customer
    target = {
        "customer_id": customer.id if on_customer and customer else None,
        "company_id": None if on_customer or company is None else company.id,
    }
    if db.scalar(select(Grant.id).filter_by(person_id=person.id, role=role.code, **target)) is not None:
        return
    db.add(Grant(person=person, role=role.code, **target))
    db.flush()
    on = customer.name if on_customer and customer else company.name if company else ""
    place = f"customer-{target['customer_id']}" if on_customer else f"company-{target['company_id']}"
    record_change(db, person, "role.granted", actor, role=role.name, on=on, place=place)


def place_of(grant: Grant) -> str:
    """Return what a role was given on as one word: ``customer-<id>`` or ``company-<id>``."""
    return f"customer-{grant.customer_id}" if grant.customer_id is not None else f"company-{grant.company_id}"


def record_revoked(db: Db, actor: str | None, grant: Grant, on: str) -> None:
    """Write down that a role was taken, or went with the company that it was given on."""
    record_change(db, grant.person, "role.revoked", actor, role=BY_CODE[grant.role].name, on=on, place=place_of(grant))


def record_change(db: Db, person: Person, type_: str, actor: str | None, **data: Any) -> None:
    """Count a person's version up and write the change into the journal.

    Whoever changes something about a person that administrators see does it this way, so that an administrator who is editing
    the same person meanwhile is told.

    Args:
        db: the transaction.
        person: who was changed.
        type_: a declared event type.
        actor: address of who did it.
        data: further facts.
    """
    person.version += 1
    events.record(db, type_, actor=actor, subject=person.email, version=person.version, **data)
