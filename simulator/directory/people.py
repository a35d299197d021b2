"""People: finding them, inviting them, granting them roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from simulator.core import events, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory import links
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer, Grant, LinkKind, Membership, Person, Status
from simulator.directory.roles import BY_CODE, CUSTOMER_ADMINISTRATOR, Level, Role

events.declare(
    user__invited="A new account was made and its activation mail sent.",
    user__confirmed="Somebody followed the link of a welcome mail; a mail to create the password was sent.",
    user__added="A person who had an account was added to a customer.",
    role__granted="A role was given.",
    role__revoked="A role was taken away.",
)


def by_email(db: Db, email: str) -> Person | None:
    """Return the person with an address, or None."""
    return db.scalar(select(Person).where(Person.email == normal_forms.email(email)))


def visible_to(db: Db, actor: Actor, person_id: int) -> Person | None:
    """Return a person if they are listed at the actor's customer."""
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
        .order_by(func.sort_key(Person.first_name), func.sort_key(Person.last_name), Person.id)
    )
    return db.scalars(query).all()


class Activation(StrEnum):
    """How a new account is activated: by one mail with a link to a password, or by a welcome and a second mail with that link."""

    SINGLE_MAIL = "one_mail"
    TWO_MAILS = "two_mails"


def customers_of(db: Db, person_id: int) -> Sequence[int]:
    """Return the ids of the customers that list a person, by id."""
    listed = select(Membership.customer_id).where(Membership.person_id == person_id)
    return db.scalars(listed.order_by(Membership.customer_id)).all()


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """The particulars of a person that an administrator enters. Forms check lengths and formats."""

    email: str
    first_name: str
    last_name: str
    language: str
    phone: str | None = None


def invite(
    db: Db,
    actor: Actor | Person,
    customer: Customer,
    particulars: Particulars,
    grants: Sequence[tuple[Role, Company | None]],
    *,
    activation: Activation = Activation.SINGLE_MAIL,
    mails_rights: bool = True,
) -> Person:
    """Add a person to a customer and grant roles.

    A new address gets an account and an activation mail; an existing account stays and gets a mail about the new rights.

    Args:
        db: the transaction.
        actor: the administrator, or a member of the support staff.
        customer: the customer.
        particulars: the person's data.
        grants: roles, each with its company, or None for roles on the customer.
        activation: the mails with which a new account is activated.
        mails_rights: whether a person who has an account is mailed here; otherwise the caller does, with all that was given.

    Raises:
        RuleViolation: ``directory.already_member``.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "WebFaktura og Visma.net" for
    people who have an account.
    """
    person = by_email(db, particulars.email)
    has_account = person is not None
    if person is None:
        person = create(db, particulars)
    elif db.get(Membership, (person.id, customer.id)) is not None:
        raise RuleViolation("directory.already_member", field="email", email=person.email)
    db.add(Membership(person_id=person.id, customer_id=customer.id))
    for role, company in grants:
        grant(db, actor.email, person, role, customer=customer, company=company)
    if has_account:
        if mails_rights:
            mail_new_rights(db, actor.name, person, at=customer.name)
        record_change(db, person, "user.added", actor.email, customer_id=customer.id, customer=customer.number)
    else:
        send_activation(db, person, activation)
        events.record(
            db,
            "user.invited",
            actor=actor.email,
            subject=person.email,
            customer_id=customer.id,
            customer=customer.number,
            name=person.name,
        )
    return person


def mail_new_rights(db: Db, by: str, person: Person, *, at: str, roles: Sequence[str] = ()) -> None:
    """Mail somebody who has an account that they have new rights.

    Args:
        db: the transaction.
        by: name of the person who gave them.
        person: the recipient.
        at: name of the customer or company.
        roles: one line per customer or company, in the recipient's language: its name and the new roles there.
    """
    outbox.mail(
        db,
        "new_rights",
        to=person.email,
        language=person.language,
        link=db.address("home", ""),
        first_name=person.first_name,
        customer=at,
        actor=by,
        more=roles,
    )


def create(db: Db, particulars: Particulars, key: str | None = None) -> Person:
    """Create an account that is not activated yet; sends nothing."""
    person = Person(
        key=key,
        email=normal_forms.email(particulars.email),
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


def send_activation(db: Db, person: Person, activation: Activation = Activation.SINGLE_MAIL) -> None:
    """Mail a new activation link; older ones no longer work.

    Source: "WebFaktura og Visma.net", moving users, for the variant with two mails.
    """
    if activation is Activation.SINGLE_MAIL:
        mail_link(db, person, "activation", LinkKind.ACTIVATION, "activate")
    else:
        mail_link(db, person, "welcome", LinkKind.WELCOME, "welcome")


def send_password_link(db: Db, person: Person) -> None:
    """Mail the link to create a password, after a person followed the link of a welcome mail."""
    mail_link(db, person, "create_password", LinkKind.ACTIVATION, "activate")


def mail_link(db: Db, person: Person, mail: str, kind: LinkKind, path: str) -> None:
    """Mail a fresh link to one of Connect's pages.

    Args:
        db: the transaction.
        person: the recipient.
        mail: name of the mail.
        kind: what the link is for.
        path: path of the page, without the token.
    """
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
    """Grant a role on its level; a customer role that is requested for a company is granted on that company's customer.

    Own choice: if the role was given to the person there already, nothing is recorded. A role that the person has there through a
    group becomes a direct one too, and stays when the person leaves the group.
    """
    on_customer = role.level is Level.CUSTOMER and not (role.also_on_company and company is not None)
    if on_customer and customer is None:
        assert company is not None
        customer = company.customer
    target = {
        "customer_id": customer.id if on_customer and customer else None,
        "company_id": None if on_customer or company is None else company.id,
    }
    held = db.scalar(select(Grant).filter_by(person_id=person.id, role=role.code, **target))
    if held is not None and held.direct:
        return
    if held is not None:
        held.direct = True
    else:
        db.add(Grant(person=person, role=role.code, **target))
    db.flush()
    on = customer.name if on_customer and customer else company.name if company else ""
    target_name = f"customer-{target['customer_id']}" if on_customer else f"company-{target['company_id']}"
    customer_id = target["customer_id"] or (company.customer_id if company else None)
    record_change(
        db,
        person,
        "role.granted",
        actor,
        customer_id=customer_id,
        role=role.name,
        on=on,
        place=target_name,
        name=person.name,
    )


def grant_target(grant: Grant) -> str:
    """Return the customer or company of a grant as one word: ``customer-<id>`` or ``company-<id>``."""
    return f"customer-{grant.customer_id}" if grant.customer_id is not None else f"company-{grant.company_id}"


def record_revoked(db: Db, actor: str | None, grant: Grant, on: str) -> None:
    """Record that a role was revoked, or was deleted with its company."""
    record_change(
        db,
        grant.person,
        "role.revoked",
        actor,
        customer_id=grant.customer_id or (grant.company.customer_id if grant.company else None),
        role=BY_CODE[grant.role].name,
        on=on,
        place=grant_target(grant),
        name=grant.person.name,
    )


def only_customer(db: Db, person: Person) -> int | None:
    """Return the id of the customer that lists a person; None when several do, or none."""
    customers = customers_of(db, person.id)
    return customers[0] if len(customers) == 1 else None


_announce_roles = late("simulator.directory.announcements:roles_changed")
_announce_details = late("simulator.directory.announcements:details_changed")

ROLE_CHANGES = ("role.granted", "role.revoked", "user.access_changed")
"""Events of which the person gets a notice."""
DETAIL_CHANGES = ("user.changed", "details.changed")
"""Events of which the person gets a mail; ``fields`` are the names of what was changed."""


def record_change(
    db: Db, person: Person, type_: str, actor: str | None, *, customer_id: int | None = None, **data: Any
) -> None:
    """Increment a person's version and record the change in the journal.

    Every change of a person that administrators can see is recorded with this, so that an administrator who is editing
    the same person at that time is informed.

    Args:
        db: the transaction.
        person: the changed person.
        type_: a declared event type.
        actor: address of the person who made the change.
        customer_id: the customer whose change log lists it; None for a change of the account, which the only customer of the
            person lists, and no customer when there are several.
        data: further facts.
    """
    person.version += 1
    listed_by = customer_id or only_customer(db, person)
    events.record(db, type_, actor=actor, subject=person.email, customer_id=listed_by, version=person.version, **data)
    if type_ in ROLE_CHANGES:
        _announce_roles(db, person, actor, customer_id)
    if type_ in DETAIL_CHANGES:
        _announce_details(db, person, data["fields"], actor)


def record_security_change(db: Db, person: Person, type_: str, actor: str | None, **data: Any) -> None:
    """Record in the journal how a person's ways to sign in changed, or were used in an emergency.

    Own choice: each customer that lists the person has it in its change log, also when there are several: ``customers`` are their
    ids then. ``door`` is the product by which it was done.

    Args:
        db: the transaction.
        person: the owner of the account.
        type_: a declared event type.
        actor: address of the person who did it.
        data: further facts.
    """
    customers = list(customers_of(db, person.id))
    only = customers[0] if len(customers) == 1 else None
    if len(customers) > 1:
        data["customers"] = customers
    events.record(db, type_, actor=actor, subject=person.email, customer_id=only, door=db.sandbox.door, **data)


def role_keys(person: Person) -> list[str]:
    """Return the text keys of a person's roles, and of the vendor's support desk for its staff."""
    roles = [BY_CODE[role].text for role in dict.fromkeys(grant.role for grant in person.grants)]
    return [*roles, *(["support.name"] if person.desk else [])]
