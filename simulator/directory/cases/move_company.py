"""Moving a company to another customer from a case, or refusing it: the old customer has asked for it in writing.

Source: "Hva må gjøres ved bytte av organisasjonsnummer", by mail to the licence department, with written confirmation. Own choice:
the customer centre does it, and ticks that the confirmation is there. Of a request by the form, company and customer are filled in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from simulator.core.desks import CUSTOMER_CENTRE
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.cases import commands, company_moves
from simulator.directory.cases.actions import ActionField, CaseAction, FieldKind
from simulator.directory.cases.models import CaseState, SupportCase
from simulator.directory.companies import is_present
from simulator.directory.models import Company, Customer, Person
from simulator.directory.moving_companies import move_company


def _companies(db: Db, case: SupportCase, _: str) -> Sequence[tuple[str, str]]:
    """Return the companies of the customer of the case, by name."""
    query = select(Company.id, Company.name, Company.organisation_number).where(
        Company.customer_id == case.customer_id, is_present(db.clock.now())
    )
    rows = db.execute(query.order_by(func.sort_key(Company.name), Company.id))
    return [(str(id_), f"{name} ({number})") for id_, name, number in rows]


def _run(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    if case.state == CaseState.CLOSED:
        raise commands.CaseOver("case.closed_for_staff", number=case.number)
    number = values["customer_number"].strip()
    customer = db.scalar(select(Customer).where(Customer.number == number))
    if customer is None:
        raise RuleViolation("case.no_customer", field="customer_number", number=number[:40])
    choices = [value for value, _ in _companies(db, case, "")]
    if values["company"] not in choices:
        raise RuleViolation("directory.no_company_of_case", field="company")
    company = db.get_one(Company, int(values["company"]))
    move = company_moves.open_request(db, company)
    move_company(db, staff.email, company, customer)
    if move is not None:
        company_moves.carried_out(db, move, customer)
    answer = text(case.reply_language, "case.move_company.confirmation", company=company.name, customer=customer.name)
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"company": company.name, "customer": customer.name}


def _initial(db: Db, case: SupportCase) -> Mapping[str, str]:
    move = company_moves.of_case(db, case)
    return {} if move is None else {"company": str(move.company_id), "customer_number": move.receiver.number}


def _refuse(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    move = company_moves.refuse(db, staff, case, values["reason"])
    return {"company": move.company.name}


ACTIONS = (
    CaseAction(
        code="move_company",
        desks=(CUSTOMER_CENTRE.code,),
        fields=(
            ActionField("company", "case.move_company.company", FieldKind.CHOICE, choices=_companies),
            ActionField("customer_number", "case.move_company.customer_number"),
            ActionField("confirmed", "case.move_company.confirmed", FieldKind.TICK),
        ),
        initial=_initial,
        run=_run,
    ),
    CaseAction(
        code="refuse_move",
        desks=(CUSTOMER_CENTRE.code,),
        fields=(ActionField("reason", "company_move.refusal", FieldKind.AREA),),
        initial=lambda _, __: {},
        run=_refuse,
    ),
)
