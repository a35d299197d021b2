"""Types of the control API's answers about the vendor's contracts and invoices."""

from typing import Annotated, TypedDict

from simulator.billing.access import AccessState
from simulator.billing.contract_days import ContractKind
from simulator.billing.facts import CONTRACT_STATES
from simulator.billing.models import InvoiceKind
from simulator.web.calls.openapi import Day, Words


class InvoiceLine(TypedDict):
    """A line of the vendor's invoice; ``users`` and ``months`` are None for use, ``period`` where none is printed."""

    line: int
    unit: str
    quantity: int
    users: int | None
    months: int | None
    unit_price: str
    amount: str
    code: str | None
    period: list[Day] | None


class Invoice(TypedDict):
    """One of the vendor's invoices; ``customer`` is a number, ``corrects`` the number of the invoice that it corrects."""

    number: str
    customer: str
    kind: Annotated[str, Words(InvoiceKind)]
    date: Day
    due: Day
    currency: str
    total_excluding_vat: str
    vat: str
    total: str
    contract: str | None
    corrects: str | None
    lines: list[InvoiceLine]


class ProductAccess(TypedDict):
    """A customer's access to a product by a licence; ``until`` is the last day, or None."""

    product: str
    state: Annotated[str, Words(AccessState)]
    until: Day | None


class Contract(TypedDict):
    """A contract of a customer (its number), with its state and the access that it gives."""

    number: str
    customer: str
    kind: Annotated[str, Words(ContractKind)]
    state: Annotated[str, Words(CONTRACT_STATES)]
    notice_on: Day | None
    ends_on: Day | None
    access: list[ProductAccess]
