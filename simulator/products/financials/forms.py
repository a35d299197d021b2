"""Forms of Financials."""

from typing import Any

from wtforms import HiddenField

from simulator.directory import countries
from simulator.sales.books import BuyerDetails
from simulator.sales.models import Buyer
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, normal_email, text_field, tick_field

LONGEST_NUMBER = 30


class Customer(Form):
    """A customer of the books."""

    version = HiddenField()
    number = text_field("financials.customer.number", longest=LONGEST_NUMBER)
    name = text_field("financials.customer.name")
    country = choice_field("financials.customer.country")
    organisation_number = text_field("financials.customer.organisation_number", required=False, longest=60)
    email = text_field("financials.customer.email", required=False, longest=254, filters=[normal_email])
    street = text_field("financials.customer.street", required=False)
    postal_code = text_field("financials.customer.postal_code", required=False, longest=20)
    city = text_field("financials.customer.city", required=False)

    def __init__(self, buyer: Buyer | None = None, **values: Any) -> None:
        super().__init__(obj=buyer, **values)
        self.country.choices = [(code, i18n.t(country.text)) for code, country in countries.BY_CODE.items()]

    @property
    def details(self) -> BuyerDetails:
        """What was typed."""

        def typed(name: str) -> str | None:
            return (self[name].data or "").strip() or None

        return BuyerDetails(
            number=self.number.data.strip(),
            name=self.name.data.strip(),
            country=self.country.data,
            organisation_number=typed("organisation_number"),
            email=typed("email"),
            street=typed("street"),
            postal_code=typed("postal_code"),
            city=typed("city"),
        )


class Sending(Form):
    """*Send to AutoInvoice* of a customer or an invoice."""

    send_to_autoinvoice = tick_field("financials.send_to_autoinvoice")
