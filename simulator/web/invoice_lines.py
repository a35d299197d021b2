"""What a line of an invoice says of its quantity, for the pages of both kinds of invoices."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from simulator.billing import periodic
from simulator.billing.units import Counts, unit_of
from simulator.web import i18n


class Line(Protocol):
    """A line of an invoice, as a row of it has it."""

    unit: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    users: int | None
    months: int | None
    has_period: bool


def explanations(line: Line, code: str | None, ordered_on: date | None) -> list[str]:
    """Return sentences that explain a line of a contract, in the language of the page; none for a line of use.

    Source: "Brukertips i Kundeservice": the quantity of a line without a period is divided by the months, that of a line with one
    is the users; extra users have an invoice and a code of their own; what *Distribusjonskost* is due for.

    Args:
        line: the line.
        code: the code of its order, if it has one.
        ordered_on: the day of its order.
    """
    if line.unit == periodic.DISTRIBUTION:
        return [i18n.t("invoice.explain.distribution")]
    if line.users is None or line.months is None:
        return []
    counted = "users" if unit_of(line.unit).counts is Counts.USERS else "licences"
    sentences = [
        i18n.t(
            f"invoice.explain.{'period' if line.has_period else 'months'}.{counted}",
            quantity=i18n.show_number(line.quantity),
            users=i18n.show_number(line.users),
            months=line.months,
            price=i18n.show_money(line.unit_price),
            amount=i18n.show_money(line.amount),
        )
    ]
    if code is not None and ordered_on is not None:
        sentences.append(i18n.t("invoice.explain.extra", code=code, day=i18n.show_date(ordered_on)))
    return sentences
