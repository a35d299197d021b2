"""Where and when a scenario is put into a sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.core.errors import AlreadyExists, BadInput, RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Customer

from .dates import When

_SENTENCES = {
    "billing.no_licence": "expected a licence for %(product)s that %(company)s's customer has on %(day)s, found none",
    "billing.no_price": "expected a unit that has a price in %(currency)s, found '%(unit)s'",
    "billing.not_monthly": "expected a unit that is sold by the month, found '%(unit)s'",
    "billing.correction_same": "expected another quantity than that of the invoice, found %(quantity)s",
    "billing.correction_months": "expected a multiple of %(months)s, because the quantity is users x months there, found another",
    "billing.correction_of_correction": "expected an invoice that is no correction, found %(number)s",
    "billing.correction_too_early": "expected a day that is not before the invoice's, %(day)s, found an earlier one",
    "billing.not_inv": "expected a licence for %(product)s with system: inv beside billed and subscriptions, found another",
    "billing.subscription_taken": "expected a subscription of this company and licence, found %(number)s of another",
    "email_domain.taken": "expected a domain that no other customer has verified, found '%(domain)s'",
    "email_domain.too_many": "expected at most %(most)s domains of a customer, found more",
    "sales.no_buyer": "expected the number of one of the client's buyers, found '%(number)s'",
    "sales.cannot_receive": "expected a delivery other than einvoice, because no register says that %(name)s receives, found it",
    "sales.negative_total": "expected lines of at least 0 in all, found less; use credit_note: true with positive lines",
    "sales.bad_line": "expected lines with a quantity that is not 0, found line %(line)s",
    "sales.due_before_issue": "expected a due day that is not before the day of the invoice, found an earlier one",
    "openid.webhook_address": "expected an address that this server may call, found '%(address)s'",
    "openid.webhook_taken": "expected each address once on an event, found '%(address)s' again",
    "webfaktura.access_of_role": "expected the access that %(name)s has by the role at Visma.net, found another",
    "sales.number_taken": "expected each number of a buyer once, found %(number)s again",
}


@dataclass
class Setting:
    """The context in which entries are written.

    Attributes:
        db: the transaction.
        scenario: the scenario's name, from which generated quantities are drawn.
        creation_day: the day that relative days count from, in the scenario's time zone.
        time_zone: the scenario's.
        country: the scenario's.
        raw: the entries as read, see ``keys_of``.
        below: prefix of the path of every problem, with its final dot, or empty.
    """

    db: Db
    scenario: str
    creation_day: date
    time_zone: str
    country: str
    raw: dict[str, Any]
    below: str = ""

    def day(self, when: When) -> date:
        """Return a day of the scenario as a date."""
        return when.on(self.creation_day)

    def instant(self, when: When, at: time) -> datetime:
        """Return a time of day, in the scenario's time zone, on a day of the scenario."""
        return datetime.combine(self.day(when), at, ZoneInfo(self.time_zone))

    def keys_of(self, section: str, at: int) -> frozenset[str]:
        """Return the keys of an entry that the scenario or overlay has."""
        return frozenset(self.raw[section][at])

    def customer(self, key: str) -> Customer:
        """Return the customer with a key, which has been checked."""
        return self.db.scalars(select(Customer).where(Customer.key == key)).one()

    def company(self, key: str) -> Company:
        """Return the company with a key, which has been checked."""
        return self.db.scalars(select(Company).where(Company.key == key)).one()

    @contextmanager
    def reporting(self, where: str) -> Iterator[None]:
        """Report a rule violation as a problem of this entry.

        Raises:
            BadInput: a rule of the platform was violated.
        """
        try:
            yield
        except RuleViolation as refusal:
            sentence = _SENTENCES.get(refusal.code)
            text = sentence % refusal.facts if sentence else f"expected what the platform allows, found {refusal.code}"
            raise BadInput([(self.below + where, text)]) from None
        except AlreadyExists as taken:
            raise BadInput([(self.below + where, f"expected each {taken.kind} once, found {taken.name!r} again")]) from None
