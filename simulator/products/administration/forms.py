"""Forms of Visma Administration 2000."""

from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.validators import StopValidation

from simulator.core.numbers import whole_number
from simulator.directory.countries import COUNTRIES
from simulator.documents.registers.document_types import CREDIT_NOTE
from simulator.products.administration.services import CHOICES
from simulator.sales.books import BuyerDetails
from simulator.sales.models import Client, Delivery
from simulator.web import i18n
from simulator.web.forms import Form, area_field, choice_field, normal_email, text_field, tick_field

RATES = (25, 12, 6, 0)
"""The rates of Swedish VAT, in percent. Source: mervärdesskattelagen."""
LONGEST_REMARK = 1000


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
    country = choice_field("administration.customer.country")
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


def country_of(client: Client, typed: str | None) -> str:
    """Return the country that was chosen for a customer; that of the client when it is none."""
    return typed if typed in {country.code for country in COUNTRIES} and typed is not None else client.country


def kind_name(kind: str) -> str:
    """Return the name of a type of document in the language of the page."""
    return i18n.t("administration.kind.credit_note" if kind == CREDIT_NOTE.code else "administration.kind.invoice")
