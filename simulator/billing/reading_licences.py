"""Licences for reading: a customer whose contract has ended can look up what it has in an accounting or payroll system.

Source: "Brukertips i Kundeservice", on access after notice: such a licence is ordered by mail. Own choice: for the products that
are needed for the books, from the day on which the desk registers it, without an end and without a price.
"""

from sqlalchemy import select

from simulator.billing import access, cancellations, licences
from simulator.billing.access import AccessState
from simulator.billing.contract_days import AccessAfterEnd
from simulator.billing.models import InvoiceSystem, Licence
from simulator.billing.products import PRODUCTS as ALL_PRODUCTS
from simulator.billing.products import LicensedProduct
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Customer, Person

events.declare(
    licence__reading_registered="The desk registered a licence for reading, of a product whose contract has ended."
)

PRODUCTS = tuple(product for product in ALL_PRODUCTS if product.after_end is not AccessAfterEnd.STOPS)
"""Products that can be read after their contract."""


def register(db: Db, staff: Person, customer_number: str, product: LicensedProduct, sender: str) -> Licence:
    """Register a licence for reading.

    Raises:
        RuleViolation: ``cancellation.no_customer``, ``cancellation.no_right``, ``cancellation.no_contract`` (it never had the
            product under a contract), ``access.not_ended`` or ``access.reads_already``.
    """
    customer = db.scalar(select(Customer).where(Customer.number == customer_number.strip()))
    if customer is None:
        raise RuleViolation("cancellation.no_customer", field="customer_number", number=customer_number.strip()[:40])
    if not cancellations.may_cancel(db, sender, customer):
        raise RuleViolation("cancellation.no_right", field="written", email=sender, customer=customer.name)
    today = licences.today_of(db, customer)
    current = access.of_product(db, customer, product.code, today)
    facts = {"product": product.name, "customer": customer.name}
    if current is None:
        raise RuleViolation("cancellation.no_contract", field="product", subject=product.name, customer=customer.name)
    if current.state in (AccessState.OPEN, AccessState.ENDING):
        raise RuleViolation("access.not_ended", field="product", **facts)
    if current.state is AccessState.READ_ONLY:
        raise RuleViolation("access.reads_already", field="product", **facts)
    licence = Licence(
        customer_id=customer.id,
        product=product.code,
        customer_number=customer.number,
        kind=product.kind,
        quantity=1,
        valid_from=today,
        system=InvoiceSystem.LEGACY,
        read_only=True,
    )
    db.add(licence)
    db.flush()
    events.record(db, "licence.reading_registered", actor=staff.email, subject=customer.number, product=product.code)
    return licence
