"""Registering an administrator from a case: for a customer that has none, so that nobody there gets in.

Source: "Brukertips i Kundeservice", *Ikke tilgang til Visma.net*: an administrator is reported to Visma by e-mail with contact
details. Own choice: the checks. Somebody listed at another customer only is refused, because the desk cannot know by a mail that
they work at this one; a customer that has an administrator already needs a tick.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from simulator.core import events
from simulator.core.desks import CUSTOMER_CENTRE, SUPPORT
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import administration, people
from simulator.directory.cases import commands
from simulator.directory.cases.actions import ActionField, CaseAction, FieldKind
from simulator.directory.cases.models import CaseState, SupportCase
from simulator.directory.models import Customer, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR

events.declare(case__administrator_registered="The desk registered an administrator of a customer, from a case.")


def register(
    db: Db,
    staff: Person,
    case: SupportCase,
    *,
    customer_number: str,
    particulars: Particulars,
    although_there_is_another: bool = False,
) -> Person:
    """Make a person, who may be new, Customer administrator of a customer, and confirm it to the requester of the case.

    Args:
        db: the transaction.
        staff: the member of the staff.
        case: the case in which the administrator was reported.
        customer_number: number of the customer.
        particulars: the administrator; an account that exists keeps its names.
        although_there_is_another: go on when the customer has an active administrator.

    Raises:
        RuleViolation: ``case.no_customer``, ``case.has_administrator``, ``case.administrator_already``, ``case.person_is_staff``,
            ``case.person_inactive``, ``case.person_elsewhere``, or those of ``administration.give``.
        CaseOver: ``case.closed_for_staff``.
    """
    if case.state == CaseState.CLOSED:
        raise commands.CaseOver("case.closed_for_staff", number=case.number)
    customer = db.scalar(select(Customer).where(Customer.number == customer_number.strip()))
    if customer is None:
        raise RuleViolation("case.no_customer", field="customer_number", number=customer_number.strip()[:40])
    person = people.by_email(db, particulars.email)
    if person is not None:
        _check_person(db, person, customer)
    others = [other for other in people.customer_administrators(db, customer.id) if person is None or other.id != person.id]
    if others and not although_there_is_another:
        names = ", ".join(other.name for other in others)
        raise RuleViolation("case.has_administrator", field="although", customer=customer.name, names=names)
    if person is None or db.get(Membership, (person.id, customer.id)) is None:
        person = people.invite(db, staff, customer, particulars, [(CUSTOMER_ADMINISTRATOR, None)])
    else:
        administration.give(db, staff.email, person, CUSTOMER_ADMINISTRATOR, customer=customer, company=None)
        if person.status == Status.NOT_ACTIVATED:
            people.send_activation(db, person)
        else:
            people.mail_new_rights(db, staff.name, person, at=customer.name)
    case.customer_id = customer.id
    commands.add_change(db, case, "administrator", staff.email, staff.name, name=person.name, customer=customer.name)
    events.record(
        db,
        "case.administrator_registered",
        actor=staff.email,
        subject=person.email,
        customer=customer.number,
        case=case.number,
    )
    confirmation = text(
        case.reply_language,
        "case.administrator.confirmation",
        name=person.name,
        email=person.email,
        customer=customer.name,
    )
    commands.answer(db, case, staff, confirmation, version=None, solve=True)
    return person


def _check_person(db: Db, person: Person, customer: Customer) -> None:
    """Refuse an account that cannot become the administrator of a customer."""
    if person.desk:
        raise RuleViolation("case.person_is_staff", field="email", email=person.email)
    if person.status == Status.INACTIVE:
        raise RuleViolation("case.person_inactive", field="email", email=person.email)
    if person.status == Status.ACTIVE and person.id in administration.administrators(db, customer.id):
        raise RuleViolation("case.administrator_already", field="email", email=person.email, customer=customer.name)
    listed = people.customers_of(db, person.id)
    if listed and customer.id not in listed:
        raise RuleViolation("case.person_elsewhere", field="email", email=person.email, customer=customer.name)


def _initial(db: Db, case: SupportCase) -> Mapping[str, str]:
    first, _, last = case.requester_name.rpartition(" ")
    return {
        "customer_number": case.customer.number if case.customer is not None else "",
        "email": case.requester,
        "first_name": first or case.requester_name,
        "last_name": last if first else "",
        "phone": case.requester_phone or (case.person.phone if case.person is not None else None) or "",
    }


def _run(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    person = register(
        db,
        staff,
        case,
        customer_number=values["customer_number"],
        particulars=Particulars(
            email=values["email"],
            first_name=values["first_name"],
            last_name=values["last_name"],
            language=case.reply_language,
            phone=values["phone"] or None,
        ),
        although_there_is_another=bool(values["although"]),
    )
    return {"name": person.name}


ACTIONS = (
    CaseAction(
        code="administrator",
        desks=(SUPPORT.code, CUSTOMER_CENTRE.code),
        fields=(
            ActionField("customer_number", "case.administrator.customer_number"),
            ActionField("email", "details.email", FieldKind.EMAIL),
            ActionField("first_name", "details.first_name"),
            ActionField("last_name", "details.last_name"),
            ActionField("phone", "details.phone", required=False),
            ActionField("although", "case.administrator.although", FieldKind.TICK, required=False),
        ),
        initial=_initial,
        run=_run,
    ),
)
