"""Cancellations: notice in writing that a contract, or a product of one, is to end; registered by the vendor's desk, or refused.

Source: "Brukertips i Kundeservice", on binding and notice: notice is given in writing to the cancellation mailbox, until 30
September for the year after, or a month before the next period of a subscription; a confirmation says that it is registered. Own
choice: the instant at which the mail arrived counts, on the calendar of the customer's country, not when the desk reads it; until
the desk has registered it, nothing changes; periods after the end that were invoiced meanwhile are credited; who may give notice;
that a registered notice can be withdrawn while the contract runs; that a contract which came by a transfer ends with the first
period of its receiver at the earliest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from simulator.billing import access, announcements, corrections, licences
from simulator.billing.contract_days import ContractKind, end_with_notice, last_day_of_notice_for, period_of
from simulator.billing.models import Contract, Invoice, InvoiceLine, Licence, Order, Transfer, TransferState
from simulator.billing.products import BY_CODE, PRODUCTS
from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import countries, people
from simulator.directory.models import Customer, Grant, Membership, Person, Status
from simulator.directory.roles import BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR

events.declare(
    cancellation__registered="The desk registered notice that a contract, or a product of one, is to end.",
    cancellation__refused="The desk refused a notice, with the reason.",
    cancellation__withdrawn="A registered notice was withdrawn; the contract goes on.",
)

MAY_CANCEL = (CUSTOMER_ADMINISTRATOR, BUSINESS_CONTACT)
"""Roles on the customer whose holders may give notice for it; so may its primary contact."""


class CancellationRefused(RuleViolation):
    """A notice does not count, for a reason that the customer can be told."""


@dataclass(frozen=True)
class CancellationRequest:
    """Notice as it arrived.

    Attributes:
        customer_number: number of the customer.
        subject: number of a contract, or name or code of a product.
        sender: the address that it came from.
        arrived_at: when.
        end: the day with which it shall end, or None for as soon as notice allows.
    """

    customer_number: str
    subject: str
    sender: str
    arrived_at: datetime
    end: date | None = None


@dataclass(frozen=True)
class Cancellation:
    """What a notice leads to.

    Attributes:
        contract: the contract.
        licences: the licences that end.
        whole: whether all of the contract ends.
        arrived_on: the day on which it arrived, where the customer is.
        ends_on: the last day.
    """

    contract: Contract
    licences: Sequence[Licence]
    whole: bool
    arrived_on: date
    ends_on: date

    @property
    def products(self) -> str:
        """Names of the products that end."""
        return ", ".join(dict.fromkeys(BY_CODE[licence.product].name for licence in self.licences))


def day_of(customer: Customer, instant: datetime) -> date:
    """Return the day of an instant in a customer's country."""
    return instant.astimezone(ZoneInfo(countries.BY_CODE[customer.country].time_zone)).date()


def check(db: Db, request: CancellationRequest, *, later: bool = False) -> Cancellation:
    """Return what a notice leads to.

    Args:
        db: the transaction.
        request: the notice.
        later: when it is late for the end that it names, count it for the next end that it is in time for.

    Raises:
        RuleViolation: ``cancellation.no_customer``, the desk typed a number that nobody has.
        CancellationRefused: ``cancellation.no_right``, ``cancellation.no_contract`` (it has no such contract or product),
            ``cancellation.ended``, ``cancellation.already``, ``cancellation.already_ending`` (of the product),
            ``cancellation.transferred``, ``cancellation.in_transfer``, ``cancellation.late`` or ``cancellation.bound`` (before the
            first possible end).
    """
    customer = db.scalar(select(Customer).where(Customer.number == request.customer_number.strip()))
    if customer is None:
        raise RuleViolation("cancellation.no_customer", field="customer_number", number=request.customer_number.strip()[:40])
    if not may_cancel(db, request.sender, customer):
        raise CancellationRefused("cancellation.no_right", field="subject", email=request.sender, customer=customer.name)
    contract, own = _subject(db, customer, request.subject)
    arrived_on = day_of(customer, request.arrived_at)
    last_days = [licence.valid_to for licence in own if licence.valid_to is not None]
    ended = contract.ends_on or (max(last_days) if own and len(last_days) == len(own) else None)
    facts = {"number": contract.number, "product": _names(own)}
    if ended is not None and ended < arrived_on:
        raise CancellationRefused("cancellation.ended", field="subject", day=ended, **facts)
    if contract.successor_id is not None and contract.ends_on is not None:
        raise CancellationRefused("cancellation.transferred", field="subject", day=contract.ends_on, **facts)
    if contract.ends_on is not None:
        since = contract.notice_on or contract.ends_on
        raise CancellationRefused("cancellation.already", field="subject", since=since, day=contract.ends_on, **facts)
    if ended is not None:
        raise CancellationRefused("cancellation.already_ending", field="subject", day=ended, **facts)
    if open_transfer(db, contract) is not None:
        raise CancellationRefused("cancellation.in_transfer", field="subject", **facts)
    kind = ContractKind(contract.kind)
    first_end, binds_until = (end_with_notice(kind, contract.signed_on, day) for day in (arrived_on, contract.signed_on))
    begins_on = db.scalar(select(func.min(Order.starts_on)).where(Order.contract_id == contract.id)) or contract.signed_on
    end_of_first = period_of(kind, contract.signed_on, begins_on).last
    first_end, binds_until = max(first_end, end_of_first), max(binds_until, end_of_first)
    ends_on = first_end
    if request.end is not None:
        requested = period_of(kind, contract.signed_on, request.end).last
        if requested < first_end and not later:
            if requested < binds_until:
                raise CancellationRefused("cancellation.bound", field="end", end=requested, later=first_end, **facts)
            until = last_day_of_notice_for(kind, requested)
            days = {"end": requested, "until": until, "arrived": arrived_on, "later": first_end}
            raise CancellationRefused("cancellation.late", field="end", **days, **facts)
        ends_on = max(requested, first_end)
    beyond = [licence for licence in _licences(db, contract) if licence.valid_to is None or licence.valid_to > ends_on]
    whole = {licence.id for licence in own} >= {licence.id for licence in beyond}
    return Cancellation(contract, beyond if whole else own, whole, arrived_on, ends_on)


def register(db: Db, staff: Person, request: CancellationRequest, *, later: bool = False) -> Cancellation:
    """Register a notice: the contract has an end then, what is invoiced beyond it is credited, and its people are told.

    Raises:
        RuleViolation: as ``check``.
    """
    cancellation = check(db, request, later=later)
    contract = cancellation.contract
    if cancellation.whole:
        contract.notice_on = cancellation.arrived_on
        end(db, contract, cancellation.ends_on)
    else:
        for licence in cancellation.licences:
            licence.valid_to = cancellation.ends_on
    db.flush()
    credit_beyond(db, contract, cancellation.licences, cancellation.ends_on, whole=cancellation.whole)
    for licence in cancellation.licences:
        access.plan(db, licence)
    announcements.cancellation_registered(db, contract.customer, cancellation.products, cancellation.ends_on)
    events.record(
        db,
        "cancellation.registered",
        actor=staff.email,
        subject=contract.number,
        customer_id=contract.customer_id,
        customer=contract.customer.number,
        sender=request.sender,
        whole=cancellation.whole,
        products=[licence.product for licence in cancellation.licences],
        notice_on=cancellation.arrived_on.isoformat(),
        ends_on=cancellation.ends_on.isoformat(),
    )
    return cancellation


def refuse(db: Db, staff: Person, request: CancellationRequest, refusal: CancellationRefused) -> None:
    """Record that a notice was refused, and tell the customer's administrators, unless its sender has no right there."""
    customer = db.scalars(select(Customer).where(Customer.number == request.customer_number.strip())).one()
    events.record(
        db,
        "cancellation.refused",
        actor=staff.email,
        subject=str(refusal.facts.get("number") or request.subject.strip()[:40]),
        customer_id=customer.id,
        customer=customer.number,
        sender=request.sender,
        reason=refusal.code,
    )
    if "product" in refusal.facts:
        announcements.cancellation_refused(db, customer, refusal.facts["product"], request.sender)


@dataclass(frozen=True)
class Withdrawal:
    """What the withdrawal of a notice leads to.

    Attributes:
        contract: the contract.
        licences: the licences that go on.
    """

    contract: Contract
    licences: Sequence[Licence]

    @property
    def products(self) -> str:
        """Names of the products that go on."""
        return _names(self.licences)


def withdraw(db: Db, staff: Person, customer_number: str, subject: str, sender: str) -> Withdrawal:
    """Withdraw registered notice of a contract, or of one product, so that it goes on.

    Own choice: a product that was cancelled by itself stays so when notice of the whole contract is withdrawn. Of a contract under
    notice one product can go on: the others end as before.

    Raises:
        RuleViolation: ``cancellation.no_right``, ``cancellation.no_contract``, ``cancellation.no_notice`` (none is registered) or
            ``cancellation.ended``.
    """
    customer = db.scalar(select(Customer).where(Customer.number == customer_number.strip()))
    if customer is None or not may_cancel(db, sender, customer):
        name = customer.name if customer is not None else customer_number.strip()[:40]
        raise RuleViolation("cancellation.no_right", field="customer_number", email=sender, customer=name)
    contract, own = _subject(db, customer, subject, ending=True)
    of_contract = contract.number == normal_forms.folded(subject.strip())
    under_notice = [licence for licence in own if _is_under_notice(db, contract, licence)]
    if of_contract and contract.ends_on is not None:
        alone = _cancelled_alone(db, contract)
        under_notice = [licence for licence in under_notice if licence.product not in alone]
    facts = {"number": contract.number, "product": _names(own)}
    if not under_notice:
        raise RuleViolation("cancellation.no_notice", field="subject", **facts)
    today = licences.today_of(db, customer)
    running = [licence for licence in under_notice if licence.valid_to is not None and licence.valid_to >= today]
    if not running:
        day = max(licence.valid_to for licence in under_notice if licence.valid_to is not None)
        raise RuleViolation("cancellation.ended", field="subject", day=day, **facts)
    ends_on = contract.ends_on
    stays = ends_on is not None and not of_contract and all(licence.valid_to != ends_on for licence in running)
    for licence in running:
        licence.valid_to = ends_on if stays else None
    if not stays:
        contract.notice_on = contract.ends_on = None
    db.flush()
    for licence in running:
        access.plan(db, licence)
    events.record(
        db,
        "cancellation.withdrawn",
        actor=staff.email,
        subject=contract.number,
        customer_id=customer.id,
        customer=customer.number,
        products=[licence.product for licence in running],
    )
    return Withdrawal(contract, running)


def _is_under_notice(db: Db, contract: Contract, licence: Licence) -> bool:
    """Return whether a licence ends by notice: its orders would go on. Those of one that was transferred have ended."""
    if licence.valid_to is None or contract.successor_id is not None:
        return False
    if contract.ends_on is not None and contract.notice_on is None:
        return False
    goes_on = or_(Order.ends_on.is_(None), Order.ends_on > licence.valid_to)
    query = select(Order.id).where(Order.licence_id == licence.id, Order.contract_id == contract.id, goes_on)
    return db.scalar(query.limit(1)) is not None


def _cancelled_alone(db: Db, contract: Contract) -> set[str]:
    """Return the products of which notice was given by itself, and not withdrawn."""
    types = ("cancellation.registered", "cancellation.withdrawn")
    lines = select(Event).where(Event.type.in_(types), Event.subject == contract.number).order_by(Event.id)
    alone: set[str] = set()
    for line in db.scalars(lines):
        if line.type == "cancellation.withdrawn":
            alone -= set(line.data["products"])
        elif not line.data["whole"]:
            alone |= set(line.data["products"])
    return alone


def end(db: Db, contract: Contract, ends_on: date) -> None:
    """Let a contract end on a day, and its licences that no other contract goes on with."""
    contract.ends_on = ends_on
    db.flush()
    for licence in _licences(db, contract):
        goes_on = select(Order.id).join(Contract).where(Order.licence_id == licence.id, Order.ends_on.is_(None))
        lasts = licence.valid_to is None or licence.valid_to > ends_on
        if lasts and db.scalar(goes_on.where(Contract.ends_on.is_(None)).limit(1)) is None:
            licence.valid_to = ends_on
    db.flush()


def credit_beyond(db: Db, contract: Contract, own: Sequence[Licence], ends_on: date, *, whole: bool) -> list[Invoice]:
    """Credit what a contract was invoiced for periods after a day; its orders are billed until that day then."""
    query = (
        select(InvoiceLine)
        .join(Invoice)
        .outerjoin(Order, Order.id == InvoiceLine.order_id)
        .where(Invoice.contract_id == contract.id, Invoice.corrects_id.is_(None), InvoiceLine.period_from > ends_on)
    )
    of_licences = Order.licence_id.in_([licence.id for licence in own])
    query = query.where(or_(of_licences, InvoiceLine.order_id.is_(None)) if whole else of_licences)
    language = countries.BY_CODE[contract.customer.country].language or "en"
    reason = text(language, "cancellation.credit_reason", number=contract.number)
    today = licences.today_of(db, contract.customer)
    lines_of: dict[Invoice, list[InvoiceLine]] = {}
    for line in db.scalars(query.order_by(InvoiceLine.id)).all():
        lines_of.setdefault(line.invoice, []).append(line)
        if line.order is not None:
            line.order.billed_until = ends_on if line.order.starts_on <= ends_on else None
    db.flush()
    made = [
        corrections.credit(db, invoice, lines, reason, max(today, invoice.invoice_date))
        for invoice, lines in lines_of.items()
    ]
    return [credit_note for credit_note in made if credit_note is not None]


def may_cancel(db: Db, email: str, customer: Customer) -> bool:
    """Return whether an address is that of an active user who may give notice for a customer."""
    person = people.by_email(db, email) if normal_forms.is_email(email) else None
    membership = db.get(Membership, (person.id, customer.id)) if person is not None else None
    if person is None or membership is None or person.status != Status.ACTIVE:
        return False
    roles = [role.code for role in MAY_CANCEL]
    grants = select(Grant.id).where(Grant.person_id == person.id, Grant.customer_id == customer.id, Grant.role.in_(roles))
    return membership.primary_contact or db.scalar(grants.limit(1)) is not None


def open_transfer(db: Db, contract: Contract) -> Transfer | None:
    """Return the transfer of a contract that waits to be confirmed or carried out, or None."""
    unfinished = [state for state in TransferState if not state.is_over]
    query = select(Transfer).where(Transfer.contract_id == contract.id, Transfer.state.in_(unfinished))
    return db.scalar(query.limit(1))


def _subject(db: Db, customer: Customer, subject: str, *, ending: bool = False) -> tuple[Contract, Sequence[Licence]]:
    """Return the contract that is named, with its licences; of a product its running licence, with ``ending`` the one that ends."""
    typed = normal_forms.folded(subject.strip())
    contract = db.scalar(select(Contract).filter_by(customer_id=customer.id, number=typed))
    if contract is not None:
        return contract, _licences(db, contract)
    product = next((item for item in PRODUCTS if typed in (item.code, normal_forms.folded(item.name))), None)
    if product is not None:
        query = select(Licence).filter_by(customer_id=customer.id, product=product.code)
        own = [licence for licence in db.scalars(query.order_by(Licence.valid_from.desc(), Licence.id.desc()))]
        own = [licence for licence in own if licence.contract is not None]
        running = [licence for licence in own if (licence.valid_to is not None) == ending] or own
        if running and running[0].contract is not None:
            return running[0].contract, running[:1]
    raise CancellationRefused(
        "cancellation.no_contract", field="subject", subject=subject.strip()[:40], customer=customer.name
    )


def _licences(db: Db, contract: Contract) -> Sequence[Licence]:
    ordered = select(Order.licence_id).where(Order.contract_id == contract.id)
    query = select(Licence).where(Licence.customer_id == contract.customer_id)
    return db.scalars(
        query.where(or_(Licence.contract_id == contract.id, Licence.id.in_(ordered))).order_by(Licence.id)
    ).all()


def _names(own: Sequence[Licence]) -> str:
    return ", ".join(dict.fromkeys(BY_CODE[licence.product].name for licence in own))
