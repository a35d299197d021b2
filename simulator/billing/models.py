"""Tables of the billing."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.billing import units
from simulator.billing.contract_days import ContractKind
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.billing.products import Kind
from simulator.core.database import CURRENCY, SINGLE_LINE, Base, among, holding
from simulator.directory.cases.models import SupportCase  # noqa: F401  transfers refer to its table
from simulator.directory.models import Company, Customer

_OF_USE = "system = 'inv' AND contract_id IS NULL AND corrects_id IS NULL"

UNIT = holding(lambda code: code in units.catalogue())
"""The ``info`` of a column with the code of a unit."""


class InvoiceSystem(StrEnum):
    """The two systems that make invoices.

    Source: "Brukertips i Kundeservice": numbers 7XXXXXXX are found under Settings, numbers that begin with
    INV under Admin.
    """

    LEGACY = "legacy"
    INV = "inv"


class InvoiceKind(StrEnum):
    """The kinds of invoices: those of the licences, and corrections.

    Source: "Brukertips i Kundeservice": transaction, maintenance and subscription invoices; the vendor's news of an error on
    invoices, which was put right by credit notes and additional invoices.
    """

    TRANSACTION = Kind.TRANSACTION.value
    SUBSCRIPTION = Kind.SUBSCRIPTION.value
    MAINTENANCE = Kind.MAINTENANCE.value
    CORRECTION = "correction"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"licence.kind.{self.value}"


class Contract(Base):
    """An agreement of a company of a customer with the vendor, under which licences are ordered.

    ``notice_on`` is the day on which notice arrived that was confirmed, and ``ends_on`` the last day; both are None while nobody
    gave notice. ``successor_id`` is the contract under which another customer goes on after everything was transferred to it.
    Licences of use alone, such as AutoInvoice's, have no contract: they bind nobody.
    """

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(info=among(ContractKind))
    system: Mapped[str] = mapped_column(info=among(InvoiceSystem))
    signed_on: Mapped[date]
    notice_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    customer: Mapped[Customer] = relationship()
    company: Mapped[Company] = relationship()
    orders: Mapped[list["Order"]] = relationship(back_populates="contract", order_by="Order.id")


class Licence(Base):
    """A customer's right to use a product, from one day to another, both included.

    ``customer_number`` is the number printed in its row. ``billed_until`` is the last day of the last month
    that was billed, even if no charge was due. ``contract_id`` is the contract that it is under, None for one of use alone.
    With ``read_only`` it is the right to look up what is there, and nothing else.
    """

    __tablename__ = "licence"
    __table_args__ = (UniqueConstraint("customer_id", "product", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    product: Mapped[str] = mapped_column(info=among(PRODUCTS))
    customer_number: Mapped[str]
    kind: Mapped[str] = mapped_column(info=among(Kind))
    quantity: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    system: Mapped[str] = mapped_column(info=among(InvoiceSystem))
    billed_until: Mapped[date | None]
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    read_only: Mapped[bool] = mapped_column(default=False)
    customer: Mapped[Customer] = relationship()
    contract: Mapped[Contract | None] = relationship()


class Order(Base):
    """What was ordered under a contract: so many users or licences of a unit, from one day to another, both included.

    Every order is a line of its own on the invoices. ``code`` is the code printed on invoices of extra users, which are invoices of
    their own, or None. ``billed_until`` is the last day of the last period that was invoiced.
    """

    __tablename__ = "contract_order"
    __table_args__ = (Index("order_of_contract", "contract_id", "licence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"), index=True)
    unit: Mapped[str] = mapped_column(info=UNIT)
    quantity: Mapped[int]
    ordered_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    code: Mapped[str | None]
    billed_until: Mapped[date | None]
    contract: Mapped[Contract] = relationship(back_populates="orders")
    licence: Mapped[Licence] = relationship()


class Subscription(Base):
    """A number under which INV invoices list a company's use of a licence; a company may have several."""

    __tablename__ = "subscription"
    __table_args__ = (Index("subscription_of_company", "company_id", "licence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    licence: Mapped[Licence] = relationship()


class Invoice(Base):
    """An invoice of one of the two systems.

    Of use, with a number 7XXXXXXX, it is for one month of one licence: the period is the month billed, and lines may be of
    earlier months, billed late. Of use, with a number INV…, it is for all that a customer's licences of that system owe on a day,
    so it has no licence, and its period reaches from the first day of use on it to the last. With a contract it is for one period
    of that contract. With ``corrects_id`` it corrects that invoice, for the ``reason``: a credit note when its total is below 0,
    an additional invoice otherwise.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        Index("one_invoice_a_month", "licence_id", "period_from", unique=True, sqlite_where=text("corrects_id IS NULL")),
        Index("one_invoice_a_day", "customer_id", "invoice_date", unique=True, sqlite_where=text(_OF_USE)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licence.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    system: Mapped[str] = mapped_column(info=among(InvoiceSystem))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    reason: Mapped[str | None]
    kind: Mapped[str] = mapped_column(info=among(InvoiceKind))
    invoice_date: Mapped[date]
    due_date: Mapped[date]
    period_from: Mapped[date]
    period_to: Mapped[date]
    currency: Mapped[str] = mapped_column(info=CURRENCY)
    total_excluding_vat: Mapped[Decimal]
    vat: Mapped[Decimal]
    total: Mapped[Decimal]
    licence: Mapped[Licence | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    corrects: Mapped["Invoice | None"] = relationship(remote_side=[id])
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", cascade="all, delete-orphan"
    )


class InvoiceLine(Base):
    """A company's consumption of a unit in a month, under one subscription if the invoice is an INV one; or an ordered unit.

    ``unit_price`` has four decimals, the amounts two. The columns that identify the company are copies as of the invoice's
    date: an invoice does not change with a company.

    A line of an order is for ``users`` (or licences) and ``months``, and its price is that of a month. Where the period is
    printed (``has_period``), the quantity is the users and the amount is quantity × price × months; where it is not, the quantity
    is users × months and the amount quantity × price. Source: "Brukertips i Kundeservice", the two example invoices.
    ``corrects_line_id`` is the line that a line of a correction puts right, by the difference.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"))
    customer_account: Mapped[str]
    organisation_number: Mapped[str]
    internal_number: Mapped[str | None]
    unit: Mapped[str] = mapped_column(info=UNIT)
    period_from: Mapped[date]
    period_to: Mapped[date]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    amount: Mapped[Decimal]
    vat_amount: Mapped[Decimal]
    users: Mapped[int | None]
    months: Mapped[int | None]
    has_period: Mapped[bool] = mapped_column(default=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("contract_order.id"), index=True)
    corrects_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)
    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    company: Mapped[Company] = relationship()
    subscription: Mapped[Subscription | None] = relationship()
    order: Mapped[Order | None] = relationship()


class Charge(Base):
    """A company's consumption of a unit on a day.

    It is unbilled while ``invoice_line_id`` is None. A day that is charged again after it was billed has
    a second row, for the next invoice. ``due_on`` is the first day on which it may be on an INV invoice;
    if it is None, that is the day after its month.
    """

    __tablename__ = "charge"
    __table_args__ = (
        Index("charge_of_day", "company_id", "day", "unit"),
        Index("charge_waiting", "licence_id", "invoice_line_id", "company_id", "unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"))
    unit: Mapped[str] = mapped_column(info=UNIT)
    day: Mapped[date]
    quantity: Mapped[int]
    due_on: Mapped[date | None]
    invoice_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)


class TransferState(StrEnum):
    """How far a transfer of licences has got. *Withdrawn*, *refused* and *carried out* are over."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"transfer.state.{self.value}"

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self not in (TransferState.REQUESTED, TransferState.CONFIRMED)


class Transfer(Base):
    """A request to transfer licences of a contract to another company, which is a customer or becomes one.

    ``receiver_id`` is the customer that receives them, None until a new one is added, which then has ``name``,
    ``organisation_number`` and ``contact_name``. ``contact_email`` is the address that confirms for a new customer. ``token`` is
    the identifier of the link in the mail to the receiver. ``first_day`` is the first day of a period, from which the receiver is
    invoiced. ``case_number`` is the case at the customer centre. ``contract_after_id`` is the contract that the receiver got.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    organisation_number: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    contact_name: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    contact_email: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    token: Mapped[str] = mapped_column(unique=True)
    first_day: Mapped[date]
    state: Mapped[str] = mapped_column(default=TransferState.REQUESTED, info=among(TransferState))
    case_number: Mapped[int | None] = mapped_column(ForeignKey("support_case.number"), index=True)
    contract_after_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    reason: Mapped[str | None]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str] = mapped_column(info=SINGLE_LINE)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    finished_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship(foreign_keys=contract_id)
    receiver: Mapped[Customer | None] = relationship()
    items: Mapped[list["TransferItem"]] = relationship(order_by="TransferItem.id", cascade="all, delete-orphan")


class TransferItem(Base):
    """So many users (or licences) of a licence that are transferred."""

    __tablename__ = "transfer_item"
    __table_args__ = (UniqueConstraint("transfer_id", "licence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"), index=True)
    users: Mapped[int]
    licence: Mapped[Licence] = relationship()


class NextNumber(Base):
    """The number that the next invoice of a system gets, or the next subscription."""

    __tablename__ = "next_invoice_number"

    system: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


CHARGES, LINES, SUBSCRIPTIONS = (cast(Table, table.__table__) for table in (Charge, InvoiceLine, Subscription))
"""The tables, for inserting many rows at once: several times faster than through mapped classes."""
