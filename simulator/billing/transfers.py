"""Transfers: all or some licences of a contract go over to another company, as a request with its steps.

Source: "Brukertips i Kundeservice": there are guidelines for transferring all or some licences to a new company; they are not
printed. Own choice: the steps. The customer requests it, the receiver's administrator (or, of a new customer, the contact) confirms
by a link, and the customer centre carries it out or refuses it. From the first day of a period on the receiver is invoiced, in the
same country and on the terms and binding of the same contract; what was invoiced stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from simulator.billing import access, cancellations, contracts, countries, licences, orders
from simulator.billing.contract_days import DAY, ContractKind, next_period
from simulator.billing.models import Contract, InvoiceSystem, Licence, Order, Transfer, TransferItem, TransferState
from simulator.billing.products import BY_CODE
from simulator.core import events, normal_forms, outbox
from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import announcements, companies, people
from simulator.directory import countries as of_directory
from simulator.directory.actors import Actor
from simulator.directory.companies import Details, is_present
from simulator.directory.models import Company, Customer, Person
from simulator.directory.people import Particulars
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR

events.declare(
    transfer__requested="A customer requested that licences be transferred to another company.",
    transfer__confirmed="The receiver confirmed a transfer of licences.",
    transfer__carried_out="The customer centre transferred licences to another customer.",
    transfer__refused="The customer centre refused a transfer of licences, with the reason.",
    transfer__withdrawn="The customer withdrew its request to transfer licences.",
)

FIRST_DAYS = 4
"""From how many days on a transfer can be requested. Own choice."""
LONGEST_REASON = 500
_FAR = date(9000, 1, 1)


class TransferOver(RuleViolation):
    """Nothing more can be done with a transfer, or not yet."""

    status = 409


@dataclass(frozen=True)
class Receiver:
    """Who receives licences: a customer, or a company that becomes one."""

    customer: Customer | None
    name: str
    organisation_number: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None


def first_days(contract: Contract, today: date) -> list[date]:
    """Return the first days of the next periods of a contract."""
    days: list[date] = []
    for _ in range(FIRST_DAYS):
        days.append(next_period(ContractKind(contract.kind), contract.signed_on, days[-1] if days else today))
    return days


def transferable(db: Db, contract: Contract, day: date) -> dict[Licence, int]:
    """Return the licences of a contract that can be transferred from a day on, each with its users then and for good."""
    ordered = select(Order.licence_id).where(Order.contract_id == contract.id)
    query = select(Licence).where(Licence.id.in_(ordered), Licence.contract_id == contract.id, Licence.valid_to.is_(None))
    users = {
        licence: min(orders.users_of(db, licence, day), orders.users_of(db, licence, _FAR))
        for licence in db.scalars(query.order_by(Licence.id))
    }
    return {licence: count for licence, count in users.items() if count}


def find_receiver(db: Db, contract: Contract, number: str, name: str, contact_name: str, contact_email: str) -> Receiver:
    """Return the receiver with a number of a customer or of a company, or a new one with its contact.

    Raises:
        RuleViolation: ``transfer.to_oneself``, ``transfer.other_country``, ``transfer.no_administrator``, ``transfer.no_company``,
            ``transfer.receiver_unknown`` (nobody has the number, and the contact is missing) or
            ``directory.bad_organisation_number``.
    """
    country, typed = contract.customer.country, of_directory.compact(number)
    company = companies.holder_of(db, country, typed)
    customer = company.customer if company is not None else None
    customer = customer or db.scalar(select(Customer).where(Customer.number == number.strip()))
    if customer is not None:
        if customer.id == contract.customer_id:
            raise RuleViolation("transfer.to_oneself", field="receiver", customer=customer.name)
        if customer.country != country:
            raise RuleViolation("transfer.other_country", field="receiver", customer=customer.name)
        if not people.customer_administrators(db, customer.id):
            raise RuleViolation("transfer.no_administrator", field="receiver", customer=customer.name)
        if _company_of(db, customer, typed) is None:
            raise RuleViolation("transfer.no_company", field="receiver", customer=customer.name)
        return Receiver(customer, customer.name, typed if company is not None else None)
    if not (name.strip() and contact_name.strip() and normal_forms.is_email(contact_email)):
        raise RuleViolation("transfer.receiver_unknown", field="receiver", number=number.strip()[:40])
    of_country = of_directory.BY_CODE[country]
    if not of_country.is_number(typed):
        facts = {"number": typed[:40], "example": of_country.number}
        raise RuleViolation("directory.bad_organisation_number", field="receiver", **facts)
    email = normal_forms.email(contact_email)
    return Receiver(None, name.strip(), typed, contact_name.strip(), email)


def request(
    db: Db, actor: Actor, contract: Contract, users: Mapping[int, int], receiver: Receiver, first_day: date, today: date
) -> Transfer:
    """Request a transfer, and mail the receiver a link to confirm it.

    Args:
        db: the transaction.
        actor: the administrator.
        contract: the contract.
        users: how many users (or licences) of which licence, by its id; 0 for none.
        receiver: the receiver.
        first_day: the first day of a period, from which the receiver is invoiced.
        today: the day, where the customer is.

    Raises:
        RuleViolation: ``transfer.ending`` (notice was given), ``transfer.already`` (another one waits), ``transfer.day``,
            ``transfer.nothing`` or ``transfer.too_many``.
    """
    if contract.ends_on is not None:
        raise RuleViolation("transfer.ending", number=contract.number, day=contract.ends_on)
    if cancellations.open_transfer(db, contract) is not None:
        raise RuleViolation("transfer.already", number=contract.number)
    if first_day not in first_days(contract, today):
        raise RuleViolation("transfer.day", field="first_day")
    chosen = {licence_id: count for licence_id, count in users.items() if count}
    if not chosen:
        raise RuleViolation("transfer.nothing")
    _check_users(db, contract, chosen, first_day)
    transfer = Transfer(
        contract=contract,
        receiver=receiver.customer,
        name=receiver.name,
        organisation_number=receiver.organisation_number,
        contact_name=receiver.contact_name,
        contact_email=receiver.contact_email,
        token=db.chance.token(),
        first_day=first_day,
        state=TransferState.REQUESTED,
        requested_at=db.clock.now(),
        requested_by=actor.email,
        items=[TransferItem(licence_id=licence_id, users=count) for licence_id, count in chosen.items()],
    )
    db.add(transfer)
    db.flush()
    _mail_receiver(db, transfer, actor.language)
    _record(db, "transfer.requested", transfer, actor.email)
    return transfer


def of_contract(db: Db, contract: Contract) -> Sequence[Transfer]:
    """Return the transfers of a contract, the newest first, and the one that it came by."""
    query = select(Transfer).where(or_(Transfer.contract_id == contract.id, Transfer.contract_after_id == contract.id))
    return db.scalars(query.order_by(Transfer.id.desc())).all()


def by_token(db: Db, token: str) -> Transfer | None:
    """Return the transfer that a mailed link opens, or None."""
    identifier = db.unseal(outbox.LINK, token)
    return db.scalar(select(Transfer).where(Transfer.token == identifier)) if identifier is not None else None


def may_confirm(db: Db, transfer: Transfer, email: str | None) -> bool:
    """Return whether a visitor with an address may confirm: an administrator of the receiver; of a new one, by the link."""
    if transfer.receiver is None:
        return True
    administrators = people.customer_administrators(db, transfer.receiver.id)
    return email is not None and email in [person.email for person in administrators]


def confirm(db: Db, transfer: Transfer, email: str | None) -> None:
    """Confirm a transfer as its receiver; nothing changes when it is confirmed already.

    Raises:
        Forbidden: ``transfer.not_receiver``.
        TransferOver: ``transfer.over``.
    """
    if not may_confirm(db, transfer, email):
        raise Forbidden("transfer.not_receiver", name=transfer.name)
    if transfer.state == TransferState.CONFIRMED:
        return
    _check_unfinished(transfer)
    transfer.state, transfer.confirmed_at = TransferState.CONFIRMED, db.clock.now()
    transfer.confirmed_by = email if transfer.receiver is not None else transfer.contact_email
    _record(db, "transfer.confirmed", transfer, transfer.confirmed_by)


def withdraw(db: Db, actor: Actor, transfer: Transfer) -> None:
    """Withdraw a request before it is carried out.

    Raises:
        TransferOver: ``transfer.over``.
    """
    _finish(db, transfer, TransferState.WITHDRAWN)
    _record(db, "transfer.withdrawn", transfer, actor.email)


def refuse(db: Db, staff: Person, transfer: Transfer, reason: str) -> None:
    """Refuse a transfer.

    Raises:
        RuleViolation: ``transfer.reason``.
        TransferOver: ``transfer.over``.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise RuleViolation("transfer.reason", field="reason", most=LONGEST_REASON)
    _finish(db, transfer, TransferState.REFUSED)
    transfer.reason = reason.strip()
    _record(db, "transfer.refused", transfer, staff.email, reason=transfer.reason)


def carry_out(db: Db, staff: Person, transfer: Transfer) -> Contract:
    """Carry a confirmed transfer out. When its first day has come meanwhile, it is from the next period on.

    Returns:
        The contract of the receiver.

    Raises:
        TransferOver: ``transfer.not_confirmed`` or ``transfer.over``.
        RuleViolation: ``transfer.ending`` or ``transfer.too_many``, it changed meanwhile; or those of adding a new customer.
    """
    _check_unfinished(transfer)
    if transfer.state != TransferState.CONFIRMED:
        raise TransferOver("transfer.not_confirmed", name=transfer.name)
    contract = transfer.contract
    if contract.ends_on is not None:
        raise RuleViolation("transfer.ending", number=contract.number, day=contract.ends_on)
    today = licences.today_of(db, contract.customer)
    if transfer.first_day <= today:
        transfer.first_day = next_period(ContractKind(contract.kind), contract.signed_on, today)
    day = transfer.first_day
    _check_users(db, contract, {item.licence_id: item.users for item in transfer.items}, day)
    transfer.receiver = receiver = transfer.receiver or _add_customer(db, staff, transfer)
    company = _company_of(db, receiver, transfer.organisation_number)
    if company is None:
        raise RuleViolation("transfer.no_company", customer=receiver.name)
    system = InvoiceSystem(contract.system)
    after = contracts.sign(db, company, ContractKind(contract.kind), contract.signed_on, system=system)
    available = transferable(db, contract, day)
    for item in transfer.items:
        _move(db, item.licence, item.users, after, day, today, whole=item.users == available[item.licence])
    db.flush()
    if not transferable(db, contract, day):
        contract.ends_on, contract.successor_id = day - DAY, after.id
        db.flush()
    for item in transfer.items:
        access.plan(db, item.licence)
    _finish(db, transfer, TransferState.CARRIED_OUT)
    transfer.contract_after_id = after.id
    _record(db, "transfer.carried_out", transfer, staff.email, contract_after=after.number)
    return after


def _move(db: Db, licence: Licence, users: int, after: Contract, day: date, today: date, *, whole: bool) -> None:
    """Move orders of a licence from a day on: all of it, or so many users."""
    own = db.scalar(select(Licence).filter_by(customer_id=after.customer_id, product=licence.product, valid_from=day))
    receiving = own or Licence(
        customer_id=after.customer_id,
        product=licence.product,
        customer_number=after.customer.number,
        kind=licence.kind,
        quantity=users,
        valid_from=day,
        system=after.system,
    )
    db.add(receiving)
    receiving.contract_id = after.id
    db.flush()
    if not whole:
        current = orders.of_licence(db, licence, day)
        unit = orders.unit_of(current)
        of_unit = [order for order in current if order.unit == unit]
        contracts.reduce(db, of_unit, users, day, today)
        _order(db, after, receiving, of_unit[0], users, day)
        return
    lasting = select(Order).where(Order.licence_id == licence.id, or_(Order.ends_on.is_(None), Order.ends_on >= day))
    for order in db.scalars(lasting.order_by(Order.id)).all():
        _order(db, after, receiving, order, order.quantity, max(day, order.starts_on), order.ends_on)
        order.ends_on = day - DAY
    licence.valid_to = day - DAY


def _order(
    db: Db, after: Contract, receiving: Licence, source: Order, quantity: int, starts_on: date, ends_on: date | None = None
) -> None:
    db.add(
        Order(
            contract=after,
            licence=receiving,
            unit=source.unit,
            quantity=quantity,
            ordered_on=source.ordered_on,
            starts_on=starts_on,
            ends_on=ends_on,
            code=source.code,
        )
    )


def _check_users(db: Db, contract: Contract, chosen: Mapping[int, int], day: date) -> None:
    available = {licence.id: (licence, count) for licence, count in transferable(db, contract, day).items()}
    for licence_id, count in chosen.items():
        if licence_id not in available:
            raise RuleViolation("transfer.nothing")
        licence, most = available[licence_id]
        if not 1 <= count <= most:
            raise RuleViolation("transfer.too_many", product=BY_CODE[licence.product].name, most=most)


def _check_unfinished(transfer: Transfer) -> None:
    if TransferState(transfer.state).is_over:
        raise TransferOver("transfer.over", name=transfer.name)


def _finish(db: Db, transfer: Transfer, state: TransferState) -> None:
    _check_unfinished(transfer)
    transfer.state, transfer.finished_at = state, db.clock.now()
    db.flush()


def _company_of(db: Db, customer: Customer, organisation_number: str | None) -> Company | None:
    """Return the company of a customer that gets the contract: that of the number, else the oldest."""
    own = select(Company).where(Company.customer_id == customer.id, is_present(db.clock.now())).order_by(Company.id)
    candidates: Sequence[Company] = db.scalars(own).all()
    named = [company for company in candidates if company.organisation_number == organisation_number]
    return next(iter(named or candidates), None)


def _add_customer(db: Db, staff: Person, transfer: Transfer) -> Customer:
    """Add a new customer with its company, and invite its contact as administrator."""
    country = transfer.contract.customer.country
    assert transfer.organisation_number is not None
    assert transfer.contact_email is not None
    names = (transfer.contact_name or transfer.name).rsplit(" ", 1)
    number = str(_next_customer_number(db))
    customer = Customer(key=f"customer-{number}", number=number, name=transfer.name, country=country)
    db.add(customer)
    db.flush()
    details = Details(name=transfer.name, organisation_number=transfer.organisation_number, email=transfer.contact_email)
    companies.add(db, staff, customer, country, countries.country_of(country).currency, details)
    particulars = Particulars(
        email=transfer.contact_email,
        first_name=names[0],
        last_name=names[-1],
        language=of_directory.BY_CODE[country].language or "en",
    )
    people.invite(db, staff, customer, particulars, [(CUSTOMER_ADMINISTRATOR, None)])
    return customer


def _next_customer_number(db: Db) -> int:
    taken = [int(number) for number in db.scalars(select(Customer.number)) if number.isdecimal()]
    return max(taken, default=100_000) + 1


def _mail_receiver(db: Db, transfer: Transfer, language: str) -> None:
    """Mail the link to the people who can confirm."""
    contract, link = transfer.contract, db.address("settings", "transfer", db.sealed(outbox.LINK, transfer.token))
    if transfer.receiver is not None:
        administrators = people.customer_administrators(db, transfer.receiver.id)
        recipients = [(person.email, person.first_name, person.language) for person in administrators]
    else:
        recipients = [(transfer.contact_email or "", transfer.contact_name or transfer.name, language)]
    for email, name, of_recipient in recipients:
        outbox.mail(
            db,
            "transfer_confirm",
            to=email,
            language=of_recipient,
            link=link,
            sender=announcements.SENDER,
            sender_name=announcements.SENDER_NAME,
            first_name=name,
            customer=contract.customer.name,
            receiver=transfer.name,
            number=contract.number,
            first_day=announcements.in_words(transfer.first_day, of_recipient),
        )


def _record(db: Db, type_: str, transfer: Transfer, actor: str | None, **data: Any) -> None:
    contract = transfer.contract
    events.record(
        db,
        type_,
        actor=actor,
        subject=contract.number,
        customer_id=contract.customer_id,
        customer=contract.customer.number,
        receiver=transfer.receiver.number if transfer.receiver is not None else transfer.name,
        first_day=transfer.first_day.isoformat(),
        **data,
    )
