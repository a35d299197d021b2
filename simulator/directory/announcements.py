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
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory.models import Customer, Grant, Membership, Person, Status
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR, PRIMARY_CONTACT, Role

SENDER = "do.not.reply@visma-sim.example"
SENDER_NAME = "Visma (simulator)"


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


def support_access_started(db: Db, customer: Customer, consultant: Person, last_day: date) -> None:
    """Announce that a consultant of support has access to a customer until a day."""
    _announce_support(db, customer, consultant, NoticeKind.SUPPORT_ACCESS_STARTED, last_day)


def support_access_ending(db: Db, customer: Customer, consultant: Person, last_day: date) -> None:
    """Announce that the access of a consultant of support ends after a day."""
    _announce_support(db, customer, consultant, NoticeKind.SUPPORT_ACCESS_ENDING, last_day)


def _announce_support(db: Db, customer: Customer, consultant: Person, kind: NoticeKind, last_day: date) -> None:
    announce(
        db,
        customer,
        (CUSTOMER_ADMINISTRATOR,),
        kind,
        link="/admin/support",
        mail=str(kind),
        name=consultant.name,
        last_day=last_day,
    )


def _contact(customer_id: int) -> Select[int]:
    return select(Membership.person_id).where(Membership.customer_id == customer_id, Membership.primary_contact.is_(True))
