"""The form of an invoice or credit note with its lines, where invoices are made in a client's books.

Lines are fields of the same name (``name``, ``quantity``, ``price``, ``rate``), once per line, so that they can be filled in
without scripts; ``ui/invoice_lines.html`` renders them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice, zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from simulator.core import normal_forms
from simulator.core.numbers import whole_number
from simulator.documents.model.content import CREDIT_NOTE, INVOICE
from simulator.sales.books import MOST_LINES, LineEntry
from simulator.sales.models import Buyer
from simulator.web import i18n
from simulator.web.forms import LONGEST, Form, choice_field, text_field
from simulator.web.problems import Problem

ROWS = 5
"""Own choice: how many lines an empty invoice has, and how many are added to it."""
KINDS = (INVOICE.code, CREDIT_NOTE.code)


@dataclass(frozen=True)
class TypedLine:
    """A line as it was typed; ``problem`` says what is wrong with it."""

    name: str = ""
    quantity: str = ""
    price: str = ""
    rate: str = ""
    problem: str = ""


class InvoiceForm(Form):
    """The head of an invoice, and its lines.

    Args:
        buyers: who can be chosen.
        rates: rates of VAT in percent, the usual one first.
        values: as for ``Form``.
    """

    buyer = choice_field("sales.invoice.buyer")
    kind = choice_field("sales.invoice.kind")
    issued_on = text_field("sales.invoice.issued_on", longest=10)
    due_on = text_field("sales.invoice.due_on", required=False, longest=10)
    reference = text_field("sales.invoice.reference", required=False)

    def __init__(self, buyers: Sequence[Buyer], rates: Sequence[int], **values: Any) -> None:
        super().__init__(**values)
        self.buyer.choices = [(str(buyer.id), f"{buyer.number} {buyer.name}") for buyer in buyers]
        self.kind.choices = [(kind, i18n.t(f"sales.kind.{kind}")) for kind in KINDS]
        self.rates = [(str(rate), f"{i18n.show_number(rate)} %") for rate in rates]
        self.lines: list[TypedLine] = [TypedLine()] * ROWS

    def read_lines(self, sent: MultiDict[str, str]) -> None:
        """Take the lines as they were sent; what is missing is empty."""
        columns = (sent.getlist(name) for name in ("name", "quantity", "price", "rate"))
        rows = islice(zip_longest(*columns, fillvalue=""), MOST_LINES + 1)
        self.lines = [TypedLine(*(cell.strip() for cell in row)) for row in rows] or [TypedLine()]

    def add_lines(self) -> None:
        """Show more empty lines."""
        self.lines = [*self.lines, *[TypedLine()] * ROWS][:MOST_LINES]

    def entries(self) -> list[LineEntry]:
        """Return the lines in which something was typed, and say of each what is wrong with it."""
        read = [self._entry(line) for line in self.lines]
        self.lines = [replace(line, problem=problem) for line, (_, problem) in zip(self.lines, read, strict=True)]
        return [entry for entry, _ in read if entry is not None]

    def _entry(self, line: TypedLine) -> tuple[LineEntry | None, str]:
        if not (line.name or line.quantity or line.price):
            return None, ""
        if not line.name:
            return None, i18n.t("sales.line.without_name")
        if len(line.name) > LONGEST:
            return None, i18n.t("form.too_long", longest=LONGEST)
        if any(normal_forms.is_control(character) for character in line.name):
            return None, i18n.t("form.control_characters")
        numbers: list[Decimal] = []
        for typed, label in ((line.quantity, "sales.line.quantity"), (line.price, "sales.line.price")):
            number = i18n.read_number(typed)
            if number is None:
                return None, i18n.t("sales.line.no_number", label=i18n.t(label), typed=typed[:40])
            numbers.append(number)
        quantity, price = numbers
        if not quantity:
            return None, i18n.t("sales.line.zero_quantity")
        if price < 0:
            return None, i18n.t("sales.line.negative_price")
        rate = line.rate if line.rate in dict(self.rates) else self.rates[0][0]
        return LineEntry(line.name, quantity, price, Decimal(whole_number(rate) or 0)), ""

    def days(self) -> tuple[date, date | None] | None:
        """Return the days of issue and payment, the latter None when it is empty; None when one is no day, which is said there."""
        days = []
        for field in (self.issued_on, self.due_on):
            typed = (field.data or "").strip()
            day = i18n.read_day(typed)
            if typed and day is None:
                field.errors = [*field.errors, i18n.t("filter.day", typed=typed[:40], example=i18n.show_date(i18n.EXAMPLE))]
            days.append(day)
        issued_on, due_on = days
        return (issued_on, due_on) if issued_on is not None and not self.due_on.errors else None

    @property
    def problems(self) -> list[Problem]:
        """What the form was refused for: the fields, then line by line."""
        lines = [
            Problem(i18n.t("sales.line.problem", line=number, problem=line.problem), f"name-{number}")
            for number, line in enumerate(self.lines, 1)
            if line.problem
        ]
        return [*super().problems, *lines]
