"""What the vendor lets a customer's administrators know: a notice to everybody who may see the thing, and a mail to the contact.

Own choice: the mail goes to the primary contact if that person may see the thing, else to the Customer administrators who may, else
to everybody who may. People who cannot sign in get neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, false, or_, select

from simulator.core import formats, notices, outbox
from simulator.core.events import Event
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.core.texts import text as text_of
from simulator.directory.models import Customer, Grant, Membership, Person, Status
from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    BUSINESS_CONTACT,
    CUSTOMER_ADMINISTRATOR,
    PRIMARY_CONTACT,
    Role,
)

SENDER = "do.not.reply@visma-sim.example"
SENDER_NAME = "Visma (simulator)"


ADMINISTRATORS = (CUSTOMER_ADMINISTRATOR, BUSINESS_CONTACT, APPLICATION_ADMINISTRATOR, PRIMARY_CONTACT)
"""Roles on a customer with which people see all its users."""


class Amount(NamedTuple):
    """An amount with its currency, as a mail says it in its language."""

    value: Decimal
    currency: str


Value = str | int | date | Amount


def holders(db: Db, customer_id: int, roles: Iterable[Role]) -> Sequence[Person]:
    """Return the people with one of some roles on a customer who may sign in, by id."""
    codes = [role.code for role in roles]
    granted = select(Grant.person_id).where(Grant.customer_id == customer_id, Grant.role.in_(codes))
    contact = _contact(customer_id) if PRIMARY_CONTACT.code in codes else select(Person.id).where(false())
    query = select(Person).where(Person.status == Status.ACTIVE, or_(Person.id.in_(granted), Person.id.in_(contact)))
    return db.scalars(query.order_by(Person.id)).all()


def correspondents(db: Db, customer_id: int, people: Sequence[Person]) -> Sequence[Person]:
    """Return those people to whom the vendor writes: the primary contact, else the Customer administrators, else all."""
    contact: int | None = db.scalar(_contact(customer_id))
    administrators = select(Grant.person_id).where(
        Grant.customer_id == customer_id,
        Grant.role == CUSTOMER_ADMINISTRATOR.code,
        Grant.person_id.in_(p.id for p in people),
    )
    chosen = {contact} if any(person.id == contact for person in people) else set(db.scalars(administrators))
    return [person for person in people if person.id in chosen] or people


def announce(
    db: Db,
    customer: Customer,
    roles: Iterable[Role],
    kind: NoticeKind,
    *,
    link: str,
    text: str | None = None,
    mail: str | None = None,
    in_mail: Mapping[str, Value] | None = None,
    **data: Any,
) -> None:
    """Notify everybody with one of some roles on a customer, and mail the customer's contact.

    Args:
        db: the transaction.
        customer: the customer.
        roles: the roles that open the page behind ``link``.
        kind: the kind of notice.
        link: address of the page, below the sandbox.
        text: text key of the notice; that of its kind if None.
        mail: name of the mail; no mail if None.
        in_mail: values that only the mail has.
        data: values of notice and mail.
    """
    people = holders(db, customer.id, roles)
    for person in people:
        notices.notify(db, person.id, kind, text=text, link=link, customer_id=customer.id, customer=customer.name, **data)
    for person in correspondents(db, customer.id, people) if mail is not None else ():
        assert mail is not None
        values: dict[str, Any] = {
            name: in_words(value, person.language) for name, value in {**data, **(in_mail or {})}.items()
        }
        outbox.mail(
            db,
            mail,
            to=person.email,
            language=person.language,
            link=db.address(link.removeprefix("/")),
            sender=SENDER,
            sender_name=SENDER_NAME,
            first_name=person.first_name,
            customer=customer.name,
            **values,
        )


def in_words(value: Value, language: str) -> str | int:
    """Return a value as a text in a language has it."""
    if isinstance(value, Amount):
        return formats.money(language, value.value, value.currency)
    return formats.short_date(language, value) if isinstance(value, date) else value


def roles_changed(db: Db, person: Person, actor_email: str | None, customer_id: int | None) -> None:
    """Notify somebody that another person has changed the own roles at a customer, once for all changes of a transaction."""
    if db.precedes_creation or actor_email in (None, person.email) or person.status != Status.ACTIVE or customer_id is None:
        return
    announced: set[tuple[int, int]] = db.info.setdefault("roles_changed", set())
    if (person.id, customer_id) in announced:
        return
    announced.add((person.id, customer_id))
    name = _name_of(db, actor_email)
    on = db.get_one(Customer, customer_id).name
    notices.notify(db, person.id, NoticeKind.ROLES_CHANGED, link="/home/", customer_id=customer_id, actor=name, on=on)


def user_activated(db: Db, person: Person) -> None:
    """Notify, at each customer of a person who has activated the account, who invited them; else the customer's contact."""
    for customer_id in db.scalars(select(Membership.customer_id).where(Membership.person_id == person.id)).all():
        invited = select(Event.actor).where(
            Event.type == "user.invited", Event.subject == person.email, Event.customer_id == customer_id
        )
        inviter = db.scalar(select(Person.id).where(Person.email == db.scalar(invited.order_by(Event.id.desc()).limit(1))))
        people = holders(db, customer_id, ADMINISTRATORS)
        recipients = [other for other in people if other.id == inviter] or correspondents(db, customer_id, people)[:1]
        for recipient in recipients:
            notices.notify(
                db,
                recipient.id,
                NoticeKind.USER_ACTIVATED,
                link=f"/admin/users/{person.id}",
                customer_id=customer_id,
                name=person.name,
            )


def details_changed(db: Db, person: Person, fields: Iterable[str], actor_email: str | None) -> None:
    """Mail somebody that details of the account were changed, unless they want no such mails.

    Source: "Brukertips i Visma.net Expense", sign-in: these mails, and the tick box in My details that switches them off.
    """
    if not person.mails_of_changes or person.status != Status.ACTIVE:
        return
    outbox.mail(
        db,
        "details_changed",
        to=person.email,
        language=person.language,
        link=db.address("details", ""),
        first_name=person.first_name,
        actor=_name_of(db, actor_email),
        fields=", ".join(text_of(person.language, f"details.{field}") for field in fields),
    )


def _name_of(db: Db, email: str | None) -> str:
    person = db.scalar(select(Person).where(Person.email == email))
    return person.name if person is not None else str(email)


def _contact(customer_id: int) -> Select[int]:
    return select(Membership.person_id).where(Membership.customer_id == customer_id, Membership.primary_contact.is_(True))
