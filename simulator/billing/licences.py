"""Licences: which one is in force, how a customer registers one by its key, and the services that need one.

Source: "WebFaktura og Visma.net", the office must have a licence of WebFaktura and registers it in Visma.net. Own choice: the
form of a key; a key names its product and its customer and ends with two check digits (ISO 7064, mod 97-10); it says nothing of
the number of users or of an end. A licence that has ended switches nothing off: its service stays active where it is, and cannot
be activated anywhere else until a licence is registered again, with the same key.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from stdnum.iso7064 import mod_97_10

from simulator.billing.models import InvoiceSystem, Licence
from simulator.billing.products import PRODUCTS, LicensedProduct
from simulator.core import events, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer

events.declare(licence__registered="A customer registered a licence by its key.")

_KEY = re.compile(r"([A-Z]{2})([0-9A-Z]{1,20})([0-9]{2})")
_BY_PREFIX = {product.key_prefix: product for product in PRODUCTS if product.key_prefix}
_BY_SERVICE = {product.service: product for product in PRODUCTS if product.service}

REGISTERED_BY_KEY = tuple(_BY_PREFIX.values())
"""Products whose licences customers register by a key."""


@dataclass(frozen=True)
class LicenceKey:
    """What a key says: the product, and the number of the customer that it is for."""

    product: LicensedProduct
    customer_number: str

    def __str__(self) -> str:
        """Write the key with dashes, ``WF-200300-25``."""
        number = normal_forms.code(self.customer_number)
        return f"{self.product.key_prefix}-{number}-{mod_97_10.calc_check_digits(f'{self.product.key_prefix}{number}')}"


EXAMPLE = LicenceKey(REGISTERED_BY_KEY[0], "100000")
"""The key with which pages show what keys look like."""


def read_key(text: str) -> LicenceKey:
    """Read a licence key as a person types it: with or without dashes and blanks, in any case.

    Raises:
        RuleViolation: ``billing.no_licence_key``.
    """
    match = _KEY.fullmatch(normal_forms.code(text))
    if match is None or match[1] not in _BY_PREFIX or not mod_97_10.is_valid(match[0]):
        raise RuleViolation("billing.no_licence_key", field="key", example=EXAMPLE)
    return LicenceKey(_BY_PREFIX[match[1]], match[2])


def today_of(db: Db, customer: Customer) -> date:
    """Return the day of the sandbox's clock in a customer's country."""
    return db.clock.now().astimezone(ZoneInfo(countries.BY_CODE[customer.country].time_zone)).date()


def of_product(db: Db, customer: Customer, product: LicensedProduct) -> Sequence[Licence]:
    """Return the licences of a product that a customer has, had or will have, by first day."""
    query = select(Licence).filter_by(customer_id=customer.id, product=product.code)
    return db.scalars(query.order_by(Licence.valid_from)).all()


def register(db: Db, actor: Actor, customer: Customer, customer_number: str, key: str) -> Licence:
    """Register a licence by its key: it is in force from today, without an end.

    Args:
        db: the transaction.
        actor: the administrator.
        customer: the administrator's customer.
        customer_number: the customer number as typed.
        key: the licence key as typed.

    Raises:
        RuleViolation: ``billing.other_customer_number`` (the typed number is another one), ``billing.no_licence_key``,
            ``billing.key_of_other_customer`` or ``billing.licence_registered``.
    """
    own = normal_forms.code(customer.number)
    if normal_forms.code(customer_number) != own:
        raise RuleViolation(
            "billing.other_customer_number", field="customer_number", customer=customer.name, number=customer.number
        )
    read = read_key(key)
    if read.customer_number != own:
        raise RuleViolation(
            "billing.key_of_other_customer",
            field="key",
            customer=customer.name,
            number=customer.number,
            other=read.customer_number,
        )
    today = today_of(db, customer)
    existing = [licence for licence in of_product(db, customer, read.product) if not _has_ended(licence, today)]
    if existing:
        facts = {"product": read.product.name, "customer": customer.name, "day": existing[0].valid_from}
        raise RuleViolation("billing.licence_registered", field="key", **facts)
    licence = Licence(
        customer_id=customer.id,
        product=read.product.code,
        customer_number=customer.number,
        kind=read.product.kind,
        quantity=1,
        valid_from=today,
        system=InvoiceSystem.LEGACY,
    )
    db.add(licence)
    db.flush()
    events.record(db, "licence.registered", actor=actor.email, subject=customer.number, product=read.product.code)
    return licence


def mail_key(db: Db, actor: Actor, customer: Customer, product: LicensedProduct) -> None:
    """Mail the key of a product's licence to the administrator who asks for it.

    Own choice: in place of the order confirmation that a customer of the vendor has the key from.
    """
    key = str(LicenceKey(product, customer.number))
    outbox.mail(
        db,
        "licence_key",
        to=actor.email,
        language=actor.language,
        link=db.address("settings", "licenses/register"),
        codes=[key],
        product=product.name,
        customer=customer.name,
        number=customer.number,
        licence_key=key,
    )


def refusal(db: Db, customer: Customer, service: str) -> RuleViolation | None:
    """Return why a service cannot be activated on a customer's companies as far as licences go; None when it can.

    Returns:
        ``billing.licence_missing``, ``billing.licence_ended`` or ``billing.licence_not_yet``.
    """
    product = _BY_SERVICE.get(service)
    if product is None:
        return None
    licences, today = of_product(db, customer, product), today_of(db, customer)
    facts = {"product": product.name, "customer": customer.name}
    if not licences:
        return RuleViolation("billing.licence_missing", field="service", **facts)
    remaining = [licence for licence in licences if not _has_ended(licence, today)]
    if not remaining:
        day = max(licence.valid_to for licence in licences if licence.valid_to is not None)
        return RuleViolation("billing.licence_ended", field="service", day=day, **facts)
    if remaining[0].valid_from > today:
        return RuleViolation("billing.licence_not_yet", field="service", day=remaining[0].valid_from, **facts)
    return None


def check_service(db: Db, company: Company, service: str) -> None:
    """Check that a company's customer has the licence that a service needs.

    Raises:
        RuleViolation: the ``refusal``.
    """
    violation = refusal(db, company.customer, service)
    if violation is not None:
        raise violation


def _has_ended(licence: Licence, today: date) -> bool:
    return licence.valid_to is not None and licence.valid_to < today
