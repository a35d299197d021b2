"""Requests to move a company to another customer: made in Admin, and decided on by the customer centre from their case.

Source: "Hva må gjøres ved bytte av organisasjonsnummer": the licence department does it, with written confirmation. Own choice: the
form instead of a mail, the state on the company's page, and that the customer can withdraw it.
"""

from sqlalchemy import select

from simulator.core import events, normal_forms
from simulator.core.desks import CUSTOMER_CENTRE
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.actors import Actor
from simulator.directory.cases import commands
from simulator.directory.cases.models import CaseChannel, CaseState, CompanyMove, MoveState, SupportCase
from simulator.directory.models import Company, Customer, Person
from simulator.directory.moving_companies import check_move

LONGEST_REASON = 500

events.declare(
    company_move__requested="A customer requested that a company be moved to another customer.",
    company_move__refused="The customer centre refused to move a company, with the reason.",
    company_move__withdrawn="A customer withdrew its request to move a company.",
)


class MoveOver(RuleViolation):
    """A request was decided on or withdrawn already."""

    status = 409


def request(
    db: Db, actor: Actor, company: Company, customer_number: str, reason: str, confirmer_name: str, confirmer_email: str
) -> CompanyMove:
    """Request that a company be moved to another customer; it becomes a case of the customer centre.

    Args:
        db: the transaction.
        actor: the administrator.
        company: the company.
        customer_number: number of the receiving customer.
        reason: plain text.
        confirmer_name: name of the person who confirms it in writing for the receiving customer.
        confirmer_email: the address of that person.

    Raises:
        RuleViolation: ``company_move.already`` (a request waits), ``case.no_customer``, or what ``check_move`` raises.
        TooMany: ``case.too_many``.
    """
    if open_request(db, company) is not None:
        raise RuleViolation("company_move.already", company=company.name)
    number = customer_number.strip()
    receiver = db.scalar(select(Customer).where(Customer.number == number))
    if receiver is None:
        raise RuleViolation("case.no_customer", field="customer_number", number=number[:40])
    check_move(db, company, receiver)
    person = db.get_one(Person, actor.id)
    facts = {
        "company": company.name,
        "organisation_number": company.organisation_number,
        "from_number": company.customer.number,
        "to_number": receiver.number,
        "reason": reason.strip(),
        "confirmer": f"{confirmer_name.strip()} ({normal_forms.email(confirmer_email)})",
    }
    case = commands.open_case(
        db,
        desk=CUSTOMER_CENTRE,
        channel=CaseChannel.FORM,
        subject=text(person.language, "company_move.case.subject", **facts),
        text=text(person.language, "company_move.case.text", **facts),
        requester=person.email,
        requester_name=person.name,
        language=person.language,
        person=person,
        customer=company.customer,
    )
    move = CompanyMove(
        company=company,
        customer=company.customer,
        receiver=receiver,
        case_number=case.number,
        state=MoveState.REQUESTED,
        reason=reason.strip(),
        confirmer_name=confirmer_name.strip(),
        confirmer_email=normal_forms.email(confirmer_email),
        requested_at=db.clock.now(),
        requested_by=actor.email,
    )
    db.add(move)
    db.flush()
    _record(db, "company_move.requested", move, actor.email)
    return move


def open_request(db: Db, company: Company) -> CompanyMove | None:
    """Return the request for a company that waits, or None."""
    query = select(CompanyMove).where(CompanyMove.company_id == company.id, CompanyMove.state == MoveState.REQUESTED)
    return db.scalar(query)


def latest(db: Db, company: Company) -> CompanyMove | None:
    """Return the newest request of a company's present customer, or None."""
    query = select(CompanyMove).where(CompanyMove.company_id == company.id, CompanyMove.customer_id == company.customer_id)
    return db.scalar(query.order_by(CompanyMove.id.desc()).limit(1))


def of_case(db: Db, case: SupportCase) -> CompanyMove | None:
    """Return the request that a case is about, or None."""
    return db.scalar(select(CompanyMove).where(CompanyMove.case_number == case.number))


def withdraw(db: Db, actor: Actor, company: Company) -> None:
    """Withdraw the request for a company; its case is closed.

    Raises:
        MoveOver: ``company_move.over``.
    """
    move = open_request(db, company)
    if move is None:
        raise MoveOver("company_move.over", company=company.name)
    _finish(db, move, MoveState.WITHDRAWN)
    case = db.get_one(SupportCase, move.case_number)
    commands.add_change(db, case, "company_move_withdrawn", actor.email, actor.name, public=True)
    commands.close(db, case, author=actor.email, author_name=actor.name)
    _record(db, "company_move.withdrawn", move, actor.email)


def refuse(db: Db, staff: Person, case: SupportCase, reason: str) -> CompanyMove:
    """Refuse the request of a case, and answer the customer with the reason.

    Raises:
        RuleViolation: ``company_move.none`` (the case is about none) or ``company_move.reason``.
        MoveOver: ``company_move.over``.
        CaseOver: ``case.closed_for_staff``.
    """
    if case.state == CaseState.CLOSED:
        raise commands.CaseOver("case.closed_for_staff", number=case.number)
    move = of_case(db, case)
    if move is None:
        raise RuleViolation("company_move.none")
    if move.state != MoveState.REQUESTED:
        raise MoveOver("company_move.over", company=move.company.name)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise RuleViolation("company_move.reason", field="reason", most=LONGEST_REASON)
    _finish(db, move, MoveState.REFUSED)
    move.refusal = reason.strip()
    commands.add_change(db, case, "company_move_refused", staff.email, staff.name)
    answer = text(case.reply_language, "company_move.refused", company=move.company.name, reason=move.refusal)
    commands.answer(db, case, staff, answer, version=None, solve=True)
    _record(db, "company_move.refused", move, staff.email, reason=move.refusal)
    return move


def carried_out(db: Db, move: CompanyMove, receiver: Customer) -> None:
    """Record that the company of a request has been moved, and to whom."""
    move.receiver = receiver
    _finish(db, move, MoveState.CARRIED_OUT)


def _finish(db: Db, move: CompanyMove, state: MoveState) -> None:
    move.state, move.finished_at = state, db.clock.now()
    db.flush()


def _record(db: Db, type_: str, move: CompanyMove, actor: str, **data: str) -> None:
    events.record(
        db,
        type_,
        actor=actor,
        subject=move.company.name,
        customer_id=move.customer_id,
        company=move.company_id,
        receiver=move.receiver.number,
        case=move.case_number,
        **data,
    )
