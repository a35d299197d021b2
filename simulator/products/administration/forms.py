"""Forms of Visma Administration 2000."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import StopValidation

from simulator.core import normal_forms
from simulator.core.numbers import whole_number
from simulator.directory.countries import COUNTRIES
from simulator.documents.registers.document_types import CREDIT_NOTE
from simulator.products.administration.queries import KINDS
from simulator.products.administration.services import CHOICES
from simulator.sales.books import MOST_LINES, BuyerDetails, LineEntry
from simulator.sales.models import Buyer, Client, Delivery
from simulator.web import i18n
from simulator.web.forms import LONGEST, Form, area_field, choice_field, normal_email, text_field, tick_field
from simulator.web.problems import Problem

RATES = (25, 12, 6, 0)
"""The rates of Swedish VAT, in percent. Source: mervärdesskattelagen."""
ROWS = 5
"""Own choice: how many lines an empty invoice has, and how many are added to it."""
LONGEST_REMARK = 1000


class AmongChoices:
    """Refuses what is none of a field's choices."""

    def __call__(self, form: Form, field: SelectField) -> None:
        """Raise when it is none."""
        if field.data not in [value for value, _ in field.choices]:
            raise StopValidation(i18n.t("form.required"))


class AmongDeliveries:
    """Refuses what is none of the values of Utskriftsval."""

    def __call__(self, form: Form, field: RadioField) -> None:
        """Raise when it is none."""
        if field.data not in list(CHOICES):
            raise StopValidation(i18n.t("form.required"))


class AutoInvoiceSettings(Form):
    """What goes through AutoInvoice."""

    send_all = tick_field("administration.settings.send_all")
    receive = tick_field("administration.settings.receive")


class BuyerForm(Form):
    """A customer, on the tab with the basic data; ``version`` is the one that the page shows."""

    number = text_field("administration.customer.number", longest=20)
    name = text_field("administration.customer.name")
    country = choice_field("administration.customer.country", validators=[AmongChoices()], validate_choice=False)
    organisation_number = text_field("administration.customer.organisation_number", required=False, longest=40)
    email = text_field("administration.customer.email", required=False, longest=254, filters=[normal_email])
    street = text_field("administration.customer.street", required=False)
    postal_code = text_field("administration.customer.postal_code", required=False, longest=20)
    city = text_field("administration.customer.city", required=False)
    version = HiddenField()

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.country.choices = [(country.code, i18n.t(country.text)) for country in COUNTRIES]

    @property
    def stored_version(self) -> int | None:
        """The version of the customer that the page showed."""
        return whole_number(self.version.data or "")

    def details(self, delivery: Delivery) -> BuyerDetails:
        """Return what was typed."""
        texts = {
            name: (self[name].data or "").strip() or None
            for name in ("organisation_number", "email", "street", "postal_code", "city")
        }
        return BuyerDetails(
            number=self.number.data.strip(),
            name=self.name.data.strip(),
            country=self.country.data,
            delivery=delivery,
            **texts,
        )


class DeliveryForm(Form):
    """A choice among the ways of delivery; those that are impossible are there with the reason, and refused when sent."""

    delivery = RadioField("administration.delivery", [AmongDeliveries()], validate_choice=False)
    version = HiddenField()

    @property
    def choice(self) -> Delivery:
        """What was chosen, of a form that is valid."""
        return Delivery(self.delivery.data)

    @property
    def stored_version(self) -> int | None:
        """The version of the customer that the page showed."""
        return whole_number(self.version.data or "")


class ManualForm(Form):
    """Why an invoice is handled without AutoInvoice."""

    remark = area_field("administration.manual.remark", required=False, longest=LONGEST_REMARK, render_kw={"rows": 3})


@dataclass(frozen=True)
class TypedLine:
    """A line of an invoice as it was typed; ``problem`` says what is wrong with it."""

    name: str = ""
    quantity: str = ""
    price: str = ""
    rate: str = str(RATES[0])
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name or self.quantity or self.price)


class InvoiceForm(Form):
    """The head of an invoice, and its lines, which are fields of the same name once per line."""

    buyer = choice_field("administration.invoice.customer", validators=[AmongChoices()], validate_choice=False)
    kind = choice_field("administration.invoice.type", validators=[AmongChoices()], validate_choice=False)
    issued_on = text_field("administration.invoice.issued_on", longest=10)
    due_on = text_field("administration.invoice.due_on", required=False, longest=10)
    reference = text_field("administration.invoice.reference", required=False)

    def __init__(self, buyers: Sequence[Buyer], **values: Any) -> None:
        super().__init__(**values)
        self.buyer.choices = [(str(buyer.id), f"{buyer.number} {buyer.name}") for buyer in buyers]
        self.kind.choices = [(kind, kind_name(kind)) for kind in KINDS]
        self.lines: list[TypedLine] = [TypedLine()] * ROWS

    def read_lines(
        self, names: Sequence[str], quantities: Sequence[str], prices: Sequence[str], rates: Sequence[str]
    ) -> None:
        """Take the lines as they were sent; fields that are missing are empty."""
        columns = [
            [*column[: MOST_LINES + 1], *[""] * (MOST_LINES + 1 - len(column))] for column in (names, quantities, prices)
        ]
        columns.append([*rates[: MOST_LINES + 1], *[str(RATES[0])] * (MOST_LINES + 1 - len(rates))])
        count = min(max(len(names), len(quantities), len(prices), 1), MOST_LINES + 1)
        self.lines = [
            TypedLine(name.strip(), quantity.strip(), price.strip(), rate)
            for name, quantity, price, rate in list(zip(*columns, strict=True))[:count]
        ]

    def entries(self) -> list[LineEntry]:
        """Return the lines that are not empty, and say of each what is wrong with it."""
        entries, lines = [], []
        for line in self.lines:
            entry, problem = _entry(line)
            lines.append(TypedLine(line.name, line.quantity, line.price, line.rate, problem))
            if entry is not None:
                entries.append(entry)
        self.lines = lines
        return entries

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
            Problem(i18n.t("administration.invoice.line_problem", line=number, problem=line.problem), f"name-{number}")
            for number, line in enumerate(self.lines, 1)
            if line.problem
        ]
        return [*super().problems, *lines]


def _entry(line: TypedLine) -> tuple[LineEntry | None, str]:
    """Return what a line says; or what is wrong with it, if it is not empty."""
    if line.is_empty:
        return None, ""
    if not line.name:
        return None, i18n.t("administration.invoice.line_without_name")
    if len(line.name) > LONGEST:
        return None, i18n.t("form.too_long", longest=LONGEST)
    if any(normal_forms.is_control(character) for character in line.name):
        return None, i18n.t("form.control_characters")
    numbers: list[Decimal] = []
    for typed, label in ((line.quantity, "administration.invoice.quantity"), (line.price, "administration.invoice.price")):
        number = i18n.read_number(typed)
        if number is None:
            return None, i18n.t("administration.invoice.no_number", label=i18n.t(label), typed=typed[:40])
        numbers.append(number)
    quantity, price = numbers
    if not quantity:
        return None, i18n.t("administration.invoice.zero_quantity")
    if price < 0:
        return None, i18n.t("administration.invoice.negative_price")
    rate = whole_number(line.rate)
    return LineEntry(line.name, quantity, price, Decimal(rate if rate in RATES else RATES[0])), ""


def country_of(client: Client, typed: str | None) -> str:
    """Return the country that was chosen for a customer; that of the client when it is none."""
    return typed if typed in {country.code for country in COUNTRIES} and typed is not None else client.country


def kind_name(kind: str) -> str:
    """Return the name of a type of document in the language of the page."""
    return i18n.t("administration.kind.credit_note" if kind == CREDIT_NOTE.code else "administration.kind.invoice")
